import type { Dialect } from './dialect-name.js';

/** A member, spelled exactly, or a look at the body that a member's name alone cannot answer. */
export type Sign = string | ((body: Record<string, unknown>) => boolean);

/** What tells the dialects of one path apart. Source: contract/legacy/dialects.md section 2. */
export interface Collision {
  dialects: readonly Dialect[];
  v1?: readonly Sign[];
  v2?: readonly Sign[];
  v3?: readonly Sign[];
  /** Where nothing else decides between v1 and v2. */
  default: 'v1' | 'v2' | ((body: Record<string, unknown>, request: { hasToken: boolean }) => 'v1' | 'v2');
  /** The default holds whatever the token was issued in. */
  defaultAlways?: boolean;
  /** Members that decide even beside another dialect's. */
  decisive?: { dialect: Dialect; signs: readonly Sign[] };
  /** A requirement document describes the path in v1, in v2. */
  documentedV1?: boolean;
  documentedV2?: boolean;
}

const has = (member: string) => (body: Record<string, unknown>) => Object.hasOwn(body, member) && body[member] !== null;
const typed = (member: string, type: string) => (body: Record<string, unknown>) => typeof body[member] === type;
const valued = (member: string, values: readonly unknown[]) => (body: Record<string, unknown>) =>
  values.includes(body[member]);
/** An element of the list has one of the members. */
const listed = (list: string, members: readonly string[]) => (body: Record<string, unknown>) =>
  Array.isArray(body[list]) &&
  body[list].some(
    (item) =>
      typeof item === 'object' &&
      item !== null &&
      members.some((member) => has(member)(item as Record<string, unknown>)),
  );

export const COLLISIONS: Readonly<Record<string, Collision>> = {
  'auth/user_register': {
    dialects: ['v1', 'v2'],
    v1: ['uid', 'name', 'icon', 'mobile'],
    v2: ['userID', 'nickname', 'phoneNum', 'phoneNumber', 'operationID'],
    default: 'v1',
    documentedV1: true,
    documentedV2: true,
  },
  'auth/user_token': {
    dialects: ['v1', 'v2', 'v3'],
    v1: ['uid'],
    v2: [(body) => has('userID')(body) && has('platform')(body), 'operationID'],
    v3: ['platformID'],
    default: (body) => {
      if (has('uid')(body) && !has('userID')(body)) return 'v1';
      return has('userID')(body) || has('operationID')(body) ? 'v2' : 'v1';
    },
    defaultAlways: true,
    documentedV1: true,
    documentedV2: true,
  },
  'auth/parse_token': { dialects: ['v2', 'v3'], v3: ['token'], default: 'v2' },
  'auth/force_logout': {
    dialects: ['v2', 'v3'],
    v2: ['platform', 'fromUserID'],
    v3: ['platformID', 'userID'],
    default: 'v2',
  },
  'user/get_users_online_status': {
    dialects: ['v1', 'v2', 'v3'],
    decisive: { dialect: 'v1', signs: ['secret'] },
    v1: ['secret'],
    v2: ['userIDList'],
    v3: ['userIDs'],
    default: (body, { hasToken }) => (!has('userIDList')(body) && !has('userIDs')(body) && !hasToken ? 'v1' : 'v2'),
    documentedV1: true,
  },
  'user/update_user_info': {
    dialects: ['v1', 'v2', 'v3'],
    v1: ['uid', 'name', 'icon', 'mobile', typed('birth', 'string')],
    v2: ['userID', 'nickname', 'phoneNumber', typed('birth', 'number')],
    v3: ['userInfo'],
    default: 'v1',
    documentedV1: true,
  },
  'user/account_check': { dialects: ['v2', 'v3'], v2: ['checkUserIDList'], v3: ['checkUserIDs'], default: 'v2' },
  'user/get_users': {
    dialects: ['v2', 'v3'],
    v2: ['pageNumber', 'showNumber', 'userName', 'content'],
    v3: ['pagination'],
    default: 'v2',
  },
  'user/user_register': { dialects: ['v3'], default: 'v2' },
  'user/get_user_info': { dialects: ['v1'], default: 'v1', documentedV1: true },
  'auth/get_admin_token': { dialects: ['v3'], default: 'v2' },
  'auth/get_user_token': { dialects: ['v3'], default: 'v2' },
  'friend/import_friend': {
    dialects: ['v1', 'v2', 'v3'],
    v1: ['uid', 'uidList', 'ownerUid'],
    v2: ['friendUserIDList', 'fromUserID'],
    v3: ['ownerUserID', 'friendUserIDs'],
    default: 'v1',
    documentedV1: true,
  },
  'friend/add_blacklist': { dialects: ['v1'], default: 'v1', documentedV1: true },
  'group/create_group': {
    dialects: ['v1', 'v2', 'v3'],
    v1: [listed('memberList', ['uid', 'setRole'])],
    v2: ['ownerUserID', 'groupType', listed('memberList', ['userID', 'roleLevel'])],
    v3: ['groupInfo', 'memberUserIDs', 'adminUserIDs'],
    default: 'v1',
    documentedV1: true,
  },
  'group/invite_user_to_group': {
    dialects: ['v1', 'v2', 'v3'],
    v1: ['uidList'],
    v2: ['invitedUserIDList'],
    v3: ['invitedUserIDs'],
    default: 'v1',
    documentedV1: true,
  },
  'group/kick_group': {
    dialects: ['v1', 'v2', 'v3'],
    v1: ['uidListInfo'],
    v2: ['kickedUserIDList'],
    v3: ['kickedUserIDs'],
    default: 'v1',
    documentedV1: true,
  },
  'manager/get_all_users_uid': { dialects: ['v1', 'v2'], default: 'v1', defaultAlways: true, documentedV1: true },
  'manager/delete_user': {
    dialects: ['v1', 'v2'],
    v1: ['deleteUidList'],
    v2: ['deleteUserIDList'],
    default: 'v1',
    documentedV1: true,
  },
  'manager/send_msg': {
    dialects: ['v1', 'v2'],
    v2: [
      'senderNickname',
      'groupID',
      'notOfflinePush',
      'offlinePushInfo',
      'businessOperationID',
      valued('sessionType', [3, 4]),
      valued('contentType', [118, 119, 120, 1400]),
    ],
    default: 'v1',
    defaultAlways: true,
    documentedV1: true,
  },
  'msg/newest_seq': {
    dialects: ['v2', 'v3'],
    v2: ['reqIdentifier', 'sendID', 'msgIncr'],
    v3: ['userID'],
    default: 'v2',
  },
  'msg/pull_msg_by_seq': {
    dialects: ['v2', 'v3'],
    v2: ['sendID', 'seqList'],
    v3: ['userID', 'seqRanges'],
    default: 'v2',
  },
};
