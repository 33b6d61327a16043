import { ONLY_APP_ADMIN, ONLY_MEMBER_SELF, type RouteRow, type Routes } from './routes.js';

/** ONE-OF(member, owner). */
const EITHER_OF_TWO: RouteRow['expect'] = { stranger: 1002, member: 0, groupAdmin: 1002, owner: 0, appAdmin: 0 };
/** SELF(member), whom the administrator repeats. */
const BLOCKED_ONCE: RouteRow['expect'] = {
  stranger: 1002,
  member: 0,
  groupAdmin: 1002,
  owner: 1002,
  appAdmin: [0, 1003],
};
/** SELF(member), to whom no request was sent. */
const NOTHING_TO_ANSWER: RouteRow['expect'] = {
  stranger: 1002,
  member: 1004,
  groupAdmin: 1002,
  owner: 1002,
  appAdmin: 1004,
};

const pagination = { pageNumber: 1, showNumber: 10 };
const onesOwn = (): object => ({ userID: 'member', pagination });
const ofMember = (): object => ({ userID: 'member' });
// Changes are about administrators, who are there in every world, so that the four users stay what they are to each other.
const black = (): object => ({ ownerUserID: 'member', blackUserID: 'openIM654321' });

/** Every v3 route of friends. */
export const routes: Routes = {
  'friend/add_friend': {
    body: () => ({ fromUserID: 'member', toUserID: 'openIM654321', reqMsg: 'hello' }),
    expect: ONLY_MEMBER_SELF,
  },
  'friend/add_friend_response': {
    body: () => ({ toUserID: 'member', fromUserID: 'openIMAdmin', handleResult: 1 }),
    expect: NOTHING_TO_ANSWER,
  },
  'friend/delete_friend': {
    body: () => ({ ownerUserID: 'member', friendUserID: 'openIM654321' }),
    expect: ONLY_MEMBER_SELF,
  },
  'friend/set_friend_remark': {
    body: () => ({ ownerUserID: 'member', friendUserID: 'owner', remark: 'boss' }),
    expect: ONLY_MEMBER_SELF,
  },
  'friend/update_friends': {
    body: () => ({ ownerUserID: 'member', friendUserIDs: ['owner'], isPinned: true }),
    expect: ONLY_MEMBER_SELF,
  },
  'friend/import_friend': {
    body: () => ({ ownerUserID: 'member', friendUserIDs: ['openIMAdmin'] }),
    expect: ONLY_APP_ADMIN,
  },
  'friend/get_friend_list': { body: onesOwn, expect: ONLY_MEMBER_SELF },
  'friend/get_designated_friends': {
    body: () => ({ ownerUserID: 'member', friendUserIDs: ['owner'] }),
    expect: ONLY_MEMBER_SELF,
  },
  'friend/get_specified_friends_info': {
    body: () => ({ ownerUserID: 'member', userIDList: ['owner'] }),
    expect: ONLY_MEMBER_SELF,
  },
  'friend/get_friend_id': { body: ofMember, expect: ONLY_MEMBER_SELF },
  'friend/is_friend': { body: () => ({ userID1: 'member', userID2: 'owner' }), expect: EITHER_OF_TWO },
  'friend/get_friend_apply_list': { body: onesOwn, expect: ONLY_MEMBER_SELF },
  'friend/get_self_friend_apply_list': { body: onesOwn, expect: ONLY_MEMBER_SELF },
  'friend/get_designated_friend_apply': {
    body: () => ({ fromUserID: 'member', toUserID: 'owner' }),
    expect: EITHER_OF_TWO,
  },
  'friend/get_self_unhandled_apply_count': { body: () => ({ ...ofMember(), time: 0 }), expect: ONLY_MEMBER_SELF },
  'friend/get_incremental_friends': {
    body: () => ({ ...ofMember(), versionID: '', version: 0 }),
    expect: ONLY_MEMBER_SELF,
  },
  'friend/get_full_friend_user_ids': { body: () => ({ ...ofMember(), idHash: 0 }), expect: ONLY_MEMBER_SELF },
  'friend/add_black': { body: black, expect: BLOCKED_ONCE },
  'friend/remove_black': { body: black, expect: ONLY_MEMBER_SELF },
  'friend/get_black_list': { body: onesOwn, expect: ONLY_MEMBER_SELF },
  'friend/get_specified_blacks': {
    body: () => ({ ownerUserID: 'member', userIDList: ['stranger'] }),
    expect: ONLY_MEMBER_SELF,
  },
  'friend/get_incremental_blacks': {
    body: () => ({ ...ofMember(), versionID: '', version: 0 }),
    expect: ONLY_MEMBER_SELF,
  },
};
