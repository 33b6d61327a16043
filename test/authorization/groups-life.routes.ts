import { ANY_MEMBER, GROUP_ADMINS, ONLY_MEMBER_SELF, type Routes } from './routes.js';

/** Owner and application administrators. */
const OWNER = { stranger: 1002, member: 1002, groupAdmin: 1002, owner: 0, appAdmin: 0 };

/** As GADMIN, but to who is not in the group, it is not there. */
const GROUP_ADMINS_WITHIN = { stranger: 1004, member: 1002, groupAdmin: 0, owner: 0, appAdmin: 0 };

/** Creating, describing and ending groups, and who is in them as what. */
export const routes: Routes = {
  'group/create_group': {
    body: () => ({ groupInfo: { groupName: 'new', groupType: 2 }, ownerUserID: 'member', memberUserIDs: ['owner'] }),
    expect: ONLY_MEMBER_SELF,
  },
  'group/set_group_info': {
    body: ({ groupID }) => ({ groupInfoForSet: { groupID, introduction: 'new' } }),
    expect: GROUP_ADMINS_WITHIN,
  },
  'group/set_group_info_ex': {
    body: ({ groupID }) => ({ groupID, notification: 'new' }),
    expect: GROUP_ADMINS_WITHIN,
  },
  'group/dismiss_group': { body: ({ groupID }) => ({ groupID }), expect: OWNER },
  'group/mute_group': { body: ({ groupID }) => ({ groupID }), expect: GROUP_ADMINS },
  'group/cancel_mute_group': { body: ({ groupID }) => ({ groupID }), expect: GROUP_ADMINS },
  'group/transfer_group': {
    body: ({ groupID }) => ({ groupID, oldOwnerUserID: 'owner', newOwnerUserID: 'member' }),
    expect: OWNER,
  },
  'group/invite_user_to_group': {
    body: ({ groupID }) => ({ groupID, invitedUserIDs: ['stranger'] }),
    expect: ANY_MEMBER,
  },
  'group/kick_group': {
    body: ({ groupID }) => ({ groupID, kickedUserIDs: ['member'] }),
    // Who removes himself is told to quit instead.
    expect: { stranger: 1002, member: 1001, groupAdmin: 0, owner: 0, appAdmin: 0 },
  },
  'group/quit_group': {
    body: ({ groupID }) => ({ groupID, userID: 'member' }),
    expect: ONLY_MEMBER_SELF,
  },
  'group/mute_group_member': {
    body: ({ groupID }) => ({ groupID, userID: 'member', mutedSeconds: 60 }),
    expect: GROUP_ADMINS_WITHIN,
  },
  'group/cancel_mute_group_member': {
    body: ({ groupID }) => ({ groupID, userID: 'member' }),
    expect: GROUP_ADMINS_WITHIN,
  },
  'group/set_group_member_info': {
    body: ({ groupID }) => ({ members: [{ groupID, userID: 'member', nickname: 'new' }] }),
    expect: ANY_MEMBER,
  },
};
