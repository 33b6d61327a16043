import {
  ANY_MEMBER,
  EVERYBODY,
  GROUP_ADMINS,
  ONLY_MEMBER_SELF,
  type RouteRow,
  type Routes,
  type World,
} from './routes.js';

const PAGE = { pageNumber: 1, showNumber: 10 };

/** A body that says nothing but the group. */
const ofGroup = ({ groupID }: World): object => ({ groupID });

/** Who is in all the groups asked for. */
const members = (body: RouteRow['body']): RouteRow => ({ body, expect: ANY_MEMBER });

/** Whom it is about. */
const self = (body: RouteRow['body']): RouteRow => ({ body, expect: ONLY_MEMBER_SELF });

/** Joining groups, and reading groups, members and requests. */
export const routes: Routes = {
  // Who passes is in the group already, which is what the refusal says then.
  'group/join_group': {
    body: ({ groupID }) => ({ groupID, joinSource: 3, inviterUserID: 'member' }),
    expect: { stranger: 1002, member: 1001, groupAdmin: 1002, owner: 1002, appAdmin: 1001 },
  },
  // Nobody asked: who may answer hears that, and so does a stranger, to whom the group is not there.
  'group/group_application_response': {
    body: ({ groupID }) => ({ groupID, fromUserID: 'stranger', handleResult: 1 }),
    expect: { stranger: 1004, member: 1002, groupAdmin: 1004, owner: 1004, appAdmin: 1004 },
  },
  'group/get_recv_group_applicationList': self(() => ({ fromUserID: 'member', pagination: PAGE })),
  'group/get_user_req_group_applicationList': self(() => ({ userID: 'member', pagination: PAGE })),
  'group/get_group_users_req_application_list': {
    body: ({ groupID }) => ({ groupID, userIDs: ['stranger'] }),
    expect: GROUP_ADMINS,
  },
  'group/get_specified_user_group_request_info': {
    body: ({ groupID }) => ({ groupID, userID: 'member' }),
    expect: { stranger: 1002, member: 0, groupAdmin: 0, owner: 0, appAdmin: 0 },
  },
  'group/get_group_application_unhandled_count': self(() => ({ userID: 'member' })),
  'group/get_groups_info': { body: ({ groupID }) => ({ groupIDs: [groupID] }), expect: EVERYBODY },
  'group/get_groups': { body: () => ({ pagination: PAGE }), expect: EVERYBODY },
  'group/get_group_members_info': members(({ groupID }) => ({ groupID, userIDs: ['member'] })),
  'group/get_group_member_list': members(({ groupID }) => ({ groupID, pagination: PAGE })),
  'group/get_joined_group_list': self(() => ({ fromUserID: 'member', pagination: PAGE })),
  'group/get_group_abstract_info': members(({ groupID }) => ({ groupIDs: [groupID] })),
  'group/get_group_member_user_id': members(ofGroup),
  'group/get_incremental_join_groups': self(() => ({ userID: 'member' })),
  'group/get_incremental_group_members': members(ofGroup),
  'group/get_incremental_group_members_batch': members(({ groupID }) => ({ reqList: [{ groupID }] })),
  'group/get_full_group_member_user_ids': members(ofGroup),
  'group/get_full_join_group_ids': self(() => ({ userID: 'member' })),
};
