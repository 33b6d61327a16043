/** A call about the group, who hears what of it, and what the tips of each kind say. */
export interface GroupCall {
  as: string;
  path: string;
  body: object;
  heard: Record<string, string>;
  tips: Record<number, object>;
}

/** All of them hear the same. */
export const listening = (brief: string, ...userIDs: string[]): Record<string, string> =>
  Object.fromEntries(userIDs.map((userID) => [userID, brief]));

/** A user as tips show him. */
export const user = (userID: string, more: object = {}): object => ({ userID, ...more });

/** One after the other, in a group of olga (owner), gus (administrator) and mia. `admin` is an administrator of the application. */
export const GROUP_LIFE: Readonly<Record<string, GroupCall>> = {
  'somebody invited in v1': {
    as: 'v1',
    path: 'invite_user_to_group',
    body: { uidList: ['ann'], reason: 'r' },
    heard: { ...listening('1509 +1509', 'olga', 'gus', 'mia'), ann: '1509 +1509 1300' },
    tips: {
      1300: { userID: 'ann' },
      1509: { group: { memberCount: 4 }, invitedUserList: [user('ann', { roleLevel: 20 })], opUser: { roleLevel: 60 } },
    },
  },
  'several invited in v3': {
    as: 'olga',
    path: 'invite_user_to_group',
    body: { invitedUserIDs: ['bob', 'zoe'] },
    heard: { ...listening('1509 +1509', 'olga', 'gus', 'mia', 'ann'), ...listening('1509 +1509 1300', 'bob', 'zoe') },
    tips: {
      1300: {},
      1509: { group: { memberCount: 6 }, invitedUserList: [user('bob'), user('zoe')], inviterUser: user('olga') },
    },
  },
  'somebody kicked in v1': {
    as: 'v1',
    path: 'kick_group',
    body: { uidListInfo: [{ userId: 'zoe' }] },
    heard: { ...listening('1508 +1508', 'olga', 'gus', 'mia', 'ann', 'bob'), zoe: '1508 +1508 1300' },
    tips: { 1300: { userID: 'zoe' }, 1508: { group: { memberCount: 5 }, kickedUserList: [user('zoe')] } },
  },
  'somebody kicked in v3': {
    as: 'gus',
    path: 'kick_group',
    body: { kickedUserIDs: ['bob'] },
    heard: { ...listening('1508 +1508', 'olga', 'gus', 'mia', 'ann'), bob: '1508 +1508 1300' },
    tips: { 1300: {}, 1508: { group: { memberCount: 4 }, kickedUserList: [user('bob')], opUser: user('gus') } },
  },
  'somebody who quits': {
    as: 'ann',
    path: 'quit_group',
    body: { userID: 'ann' },
    heard: { ...listening('1504 +1504', 'olga', 'gus', 'mia'), ann: '1504 +1504 1300' },
    tips: { 1300: { userID: 'ann' }, 1504: { group: { memberCount: 3 }, quitUser: user('ann') } },
  },
  'somebody who asks to join': {
    as: 'ann',
    path: 'join_group',
    body: { joinSource: 3, inviterUserID: 'ann', reqMessage: 'please' },
    heard: { olga: '1503', gus: '1503', ann: '1503' },
    tips: { 1503: { applicant: user('ann'), reqMsg: 'please', request: { userInfo: user('ann'), handleResult: 0 } } },
  },
  'who is refused': {
    as: 'gus',
    path: 'group_application_response',
    body: { fromUserID: 'ann', handleResult: -1, handledMsg: 'no' },
    heard: { olga: '1506', gus: '1506', ann: '1506' },
    tips: { 1506: { handleMsg: 'no', opUser: user('gus'), request: { handleResult: -1, handleUserID: 'gus' } } },
  },
  'somebody who asks again': {
    as: 'ann',
    path: 'join_group',
    body: { joinSource: 3, inviterUserID: 'ann', reqMessage: 'again' },
    heard: { olga: '1503', gus: '1503', ann: '1503' },
    tips: { 1503: { reqMsg: 'again' } },
  },
  'who is let in': {
    as: 'olga',
    path: 'group_application_response',
    body: { fromUserID: 'ann', handleResult: 1, handledMsg: 'yes' },
    heard: {
      olga: '1505 1510 +1510',
      gus: '1505 1510 +1510',
      mia: '1510 +1510',
      ann: '1505 1510 +1510 1300',
    },
    tips: {
      1300: {},
      1505: { handleMsg: 'yes', request: { handleResult: 1 } },
      1510: { group: { memberCount: 4 }, entrantUser: user('ann') },
    },
  },
  'another owner': {
    as: 'olga',
    path: 'transfer_group',
    body: { oldOwnerUserID: 'olga', newOwnerUserID: 'mia' },
    heard: listening('1507 +1507', 'olga', 'gus', 'mia', 'ann'),
    tips: {
      1507: {
        group: { ownerUserID: 'mia' },
        newGroupOwner: user('mia', { roleLevel: 100 }),
        oldGroupOwnerInfo: user('olga', { roleLevel: 20 }),
      },
    },
  },
  'a muted member': {
    as: 'mia',
    path: 'mute_group_member',
    body: { userID: 'ann', mutedSeconds: 60 },
    heard: listening('1512 +1512', 'olga', 'gus', 'mia', 'ann'),
    tips: { 1512: { mutedUser: user('ann'), mutedSeconds: 60, opUser: user('mia', { roleLevel: 100 }) } },
  },
  'a member who may write again': {
    as: 'mia',
    path: 'cancel_mute_group_member',
    body: { userID: 'ann' },
    heard: listening('1513 +1513', 'olga', 'gus', 'mia', 'ann'),
    tips: { 1513: { mutedUser: user('ann', { muteEndTime: 0 }) } },
  },
  'a muted group': {
    as: 'gus',
    path: 'mute_group',
    body: {},
    heard: listening('1514 +1514', 'olga', 'gus', 'mia', 'ann'),
    tips: { 1514: { group: { status: 3 } } },
  },
  'a group that may write again': {
    as: 'gus',
    path: 'cancel_mute_group',
    body: {},
    heard: listening('1515 +1515', 'olga', 'gus', 'mia', 'ann'),
    tips: { 1515: { group: { status: 0 } } },
  },
  'everything about the group set': {
    as: 'mia',
    path: 'set_group_info_ex',
    body: { groupName: 'crew', notification: 'read', introduction: 'us' },
    heard: listening('1300 1519 +1519 1520 +1520 1502', 'olga', 'gus', 'mia', 'ann'),
    tips: Object.fromEntries([
      [1300, {}],
      ...[1502, 1519, 1520].map((type) => [type, { group: { groupName: 'crew', notification: 'read' } }]),
    ]),
  },
  'an announcement taken back': {
    as: 'mia',
    path: 'set_group_info_ex',
    body: { notification: '' },
    heard: listening('1519', 'olga', 'gus', 'mia', 'ann'),
    tips: { 1519: { group: { notification: '' } } },
  },
  'a member who becomes administrator, with a name': {
    as: 'mia',
    path: 'set_group_member_info',
    body: { members: [{ userID: 'ann', nickname: 'A', roleLevel: 60 }] },
    heard: listening('1517 1516', 'olga', 'gus', 'mia', 'ann'),
    tips: {
      1516: { changedUser: user('ann', { nickname: 'A', roleLevel: 60 }) },
      1517: { changedUser: user('ann', { nickname: 'A', roleLevel: 60 }) },
    },
  },
  'an administrator who becomes a member': {
    as: 'mia',
    path: 'set_group_member_info',
    body: { members: [{ userID: 'ann', roleLevel: 20 }] },
    heard: listening('1518', 'olga', 'gus', 'mia', 'ann'),
    tips: { 1518: { changedUser: user('ann', { roleLevel: 20 }) } },
  },
};
