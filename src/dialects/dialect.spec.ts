import { describe, expect, it } from 'vitest';
import { COLLISIONS } from './collisions.js';
import { decideDialect, type Signs } from './dialect.js';
import type { Dialect } from './dialect-name.js';

type Body = Record<string, unknown>;
/** Where a request names its operation. */
type Place = 'body' | 'header' | 'both' | 'neither';
/** The dialect a token was issued in, `legacy` for v1 or v2, `untold` for one that tells nothing, undefined for no token. */
type Token = Dialect | 'legacy' | 'untold' | undefined;

/** The dialect of a request; `body` undefined is one that is no JSON object. */
function decided(path: string, body: Body | undefined, place: Place, token?: Token): Dialect {
  const inBody = place === 'body' || place === 'both';
  const signs: Signs = {
    path,
    body: body && inBody ? { ...body, operationID: 'op' } : body,
    operationIDHeader: place === 'header' || place === 'both',
    token: token === 'untold' ? undefined : token,
    hasToken: token !== undefined,
  };
  return decideDialect(signs);
}

const PLACES: Place[] = ['body', 'header', 'both', 'neither'];
const TOKENS: Token[] = [undefined, 'untold', 'v1', 'v2', 'v3', 'legacy'];
/** Every way to name the operation, with every kind of token. */
const CIRCUMSTANCES = PLACES.flatMap((place) => TOKENS.map((token): [Place, Token] => [place, token]));

/** On these paths an operationID in the body is itself a member of v2. */
const OPERATION_ID_IS_V2 = ['auth/user_register', 'auth/user_token'];

/** A member that decides alone, whatever its value. */
type MemberRow = [path: string, dialect: Dialect, member: string];
/** A body that decides alone. */
type BodyRow = [path: string, dialect: Dialect, body: Body];
/** What a body that tells nothing is taken for: [operationID in the body, in the header, in both, in neither,
 *  in the body beside a token that tells neither v1 nor v2, beside a v1 token, beside a v2 token, no JSON, no JSON with the header]. */
type SilentRow = [path: string, expected: string];
/** Members of several columns. */
type MixedRow = [path: string, body: Body, place: Place, token: Token, dialect: Dialect];

interface Section {
  members: MemberRow[];
  bodies?: BodyRow[];
  silent: SilentRow[];
  mixed: MixedRow[];
}

/** One column of the collision map: every member of it. */
function column(path: string, dialect: Dialect, ...members: string[]): MemberRow[] {
  return members.map((member) => [path, dialect, member]);
}

const SECTIONS: Record<string, Section> = {
  '2.1 /auth': {
    members: [
      ...column('auth/user_register', 'v1', 'uid', 'name', 'icon', 'mobile'),
      ...column('auth/user_register', 'v2', 'userID', 'nickname', 'phoneNum', 'phoneNumber', 'operationID'),
      ...column('auth/user_token', 'v1', 'uid'),
      ...column('auth/user_token', 'v2', 'operationID'),
      ...column('auth/user_token', 'v3', 'platformID'),
      ...column('auth/parse_token', 'v3', 'token'),
      ...column('auth/force_logout', 'v2', 'platform', 'fromUserID'),
      ...column('auth/force_logout', 'v3', 'platformID', 'userID'),
    ],
    bodies: [
      ['auth/user_token', 'v2', { userID: 'ann', platform: 1 }],
      ['auth/user_token', 'v2', { userID: '', platform: 0 }],
    ],
    silent: [
      ['auth/user_register', 'v2 v1 v2 v1 v2 v2 v2 v1 v1'],
      ['auth/user_token', 'v2 v3 v2 v1 v2 v2 v2 v1 v3'],
      ['auth/parse_token', 'v2 v3 v2 v3 v2 v2 v2 v2 v3'],
      ['auth/force_logout', 'v2 v3 v2 v3 v2 v2 v2 v2 v3'],
      ['auth/get_admin_token', 'v3 v3 v3 v3 v3 v3 v3 v3 v3'],
      ['auth/get_user_token', 'v3 v3 v3 v3 v3 v3 v3 v3 v3'],
    ],
    mixed: [
      ['auth/user_register', { uid: 'ann', userID: 'ann' }, 'body', undefined, 'v1'],
      ['auth/user_register', { uid: 'ann', userID: 'ann' }, 'body', 'v2', 'v2'],
      ['auth/user_token', { uid: 'ann', platform: 1 }, 'body', undefined, 'v1'],
      ['auth/user_token', { uid: 'ann', userID: 'ann', platform: 1 }, 'neither', undefined, 'v2'],
      ['auth/user_token', { uid: 'ann', platformID: 1 }, 'neither', undefined, 'v1'],
      ['auth/user_token', { uid: 'ann', platformID: 1 }, 'header', undefined, 'v3'],
      ['auth/user_token', { userID: 'ann' }, 'neither', undefined, 'v2'],
      ['auth/user_token', { userID: 'ann', platform: 1, platformID: 1 }, 'header', undefined, 'v3'],
      ['auth/user_token', { userID: 'ann', platform: 1, platformID: 1 }, 'both', undefined, 'v3'],
      ['auth/user_token', { userID: 'ann', platform: 1, platformID: 1 }, 'body', undefined, 'v2'],
      ['auth/user_token', { userID: 'ann', platform: 1, platformID: 1 }, 'neither', undefined, 'v2'],
      ['auth/force_logout', { platform: 1, userID: 'ann' }, 'header', 'v2', 'v3'],
      ['auth/force_logout', { platform: 1, userID: 'ann' }, 'body', 'v3', 'v2'],
      ['auth/force_logout', { platform: 1, userID: 'ann' }, 'both', 'v2', 'v3'],
      ['auth/force_logout', { platform: 1, userID: 'ann' }, 'neither', 'untold', 'v2'],
    ],
  },
  '2.2 /user': {
    members: [
      ...column('user/get_users_online_status', 'v1', 'secret'),
      ...column('user/get_users_online_status', 'v2', 'userIDList'),
      ...column('user/get_users_online_status', 'v3', 'userIDs'),
      ...column('user/update_user_info', 'v1', 'uid', 'name', 'icon', 'mobile'),
      ...column('user/update_user_info', 'v2', 'userID', 'nickname', 'phoneNumber'),
      ...column('user/update_user_info', 'v3', 'userInfo'),
      ...column('user/account_check', 'v2', 'checkUserIDList'),
      ...column('user/account_check', 'v3', 'checkUserIDs'),
      ...column('user/get_users', 'v2', 'pageNumber', 'showNumber', 'userName', 'content'),
      ...column('user/get_users', 'v3', 'pagination'),
    ],
    bodies: [
      ['user/update_user_info', 'v1', { birth: '1998.12.15' }],
      ['user/update_user_info', 'v1', { birth: '' }],
      ['user/update_user_info', 'v2', { birth: 913680000 }],
      ['user/update_user_info', 'v2', { birth: 0 }],
    ],
    silent: [
      ['user/get_users_online_status', 'v1 v3 v1 v1 v2 v1 v2 v1 v3'],
      ['user/update_user_info', 'v1 v3 v1 v1 v1 v1 v2 v1 v3'],
      ['user/account_check', 'v2 v3 v2 v3 v2 v2 v2 v2 v3'],
      ['user/get_users', 'v2 v3 v2 v3 v2 v2 v2 v2 v3'],
      ['user/user_register', 'v3 v3 v3 v3 v3 v3 v3 v3 v3'],
      ['user/get_user_info', 'v1 v1 v1 v1 v1 v1 v1 v1 v1'],
    ],
    mixed: [
      ['user/get_users_online_status', { secret: 's', userIDList: [], userIDs: [] }, 'header', 'v3', 'v1'],
      ['user/get_users_online_status', { secret: null, userIDList: [] }, 'header', 'v3', 'v2'],
      ['user/get_users_online_status', { userIDList: [], userIDs: [] }, 'header', 'v2', 'v3'],
      ['user/get_users_online_status', { userIDList: [], userIDs: [] }, 'body', 'v3', 'v2'],
      ['user/update_user_info', { uid: 'ann', userID: 'ann' }, 'body', undefined, 'v1'],
      ['user/update_user_info', { uid: 'ann', userID: 'ann' }, 'body', 'v2', 'v2'],
      ['user/update_user_info', { uid: 'ann', userID: 'ann' }, 'both', 'v3', 'v1'],
      ['user/update_user_info', { uid: 'ann', userInfo: {} }, 'both', 'v1', 'v3'],
      ['user/update_user_info', { uid: 'ann', userInfo: {} }, 'body', 'v3', 'v1'],
      ['user/account_check', { checkUserIDList: [], checkUserIDs: [] }, 'header', 'v2', 'v3'],
      ['user/get_users', { pageNumber: 1, pagination: {} }, 'body', 'v3', 'v2'],
      ['user/get_users', { pageNumber: 1, pagination: {} }, 'both', 'v2', 'v3'],
    ],
  },
  '2.3 /friend': {
    members: [
      ...column('friend/import_friend', 'v1', 'uid', 'uidList', 'ownerUid'),
      ...column('friend/import_friend', 'v2', 'friendUserIDList', 'fromUserID'),
      ...column('friend/import_friend', 'v3', 'ownerUserID', 'friendUserIDs'),
    ],
    silent: [
      ['friend/import_friend', 'v1 v3 v1 v1 v1 v1 v2 v1 v3'],
      ['friend/add_blacklist', 'v1 v1 v1 v1 v1 v1 v1 v1 v1'],
    ],
    mixed: [
      ['friend/import_friend', { uidList: [], friendUserIDList: [] }, 'body', 'v2', 'v2'],
      ['friend/import_friend', { uidList: [], friendUserIDList: [] }, 'body', 'legacy', 'v1'],
      ['friend/import_friend', { uidList: [], friendUserIDs: [] }, 'header', 'v1', 'v3'],
      ['friend/import_friend', { uidList: [], friendUserIDs: [] }, 'both', 'v1', 'v3'],
    ],
  },
  '2.4 /group': {
    members: [
      ...column('group/create_group', 'v2', 'ownerUserID', 'groupType'),
      ...column('group/create_group', 'v3', 'groupInfo', 'memberUserIDs', 'adminUserIDs'),
      ...column('group/invite_user_to_group', 'v1', 'uidList'),
      ...column('group/invite_user_to_group', 'v2', 'invitedUserIDList'),
      ...column('group/invite_user_to_group', 'v3', 'invitedUserIDs'),
      ...column('group/kick_group', 'v1', 'uidListInfo'),
      ...column('group/kick_group', 'v2', 'kickedUserIDList'),
      ...column('group/kick_group', 'v3', 'kickedUserIDs'),
    ],
    bodies: [
      ['group/create_group', 'v1', { memberList: [{ uid: 'ann' }] }],
      ['group/create_group', 'v1', { memberList: ['ann', null, { setRole: 0 }] }],
      ['group/create_group', 'v2', { memberList: [{ userID: '' }] }],
      ['group/create_group', 'v2', { memberList: [{}, { roleLevel: 1 }] }],
      ['group/create_group', 'v2', { memberList: [{ uid: null, userID: 'ann' }] }],
    ],
    silent: [
      ['group/create_group', 'v1 v3 v1 v1 v1 v1 v2 v1 v3'],
      ['group/invite_user_to_group', 'v1 v3 v1 v1 v1 v1 v2 v1 v3'],
      ['group/kick_group', 'v1 v3 v1 v1 v1 v1 v2 v1 v3'],
    ],
    mixed: [
      ['group/create_group', { memberList: [{ uid: 'ann', userID: 'ann' }] }, 'body', undefined, 'v1'],
      ['group/create_group', { memberList: [{ uid: 'ann' }], ownerUserID: 'ann' }, 'body', 'v2', 'v2'],
      ['group/create_group', { memberList: [{ uid: 'ann' }], groupInfo: {} }, 'header', 'v1', 'v3'],
      ['group/create_group', { memberList: 'ann' }, 'body', 'untold', 'v1'],
      ['group/invite_user_to_group', { uidList: [], invitedUserIDs: [] }, 'body', 'v3', 'v1'],
      ['group/kick_group', { uidListInfo: [], kickedUserIDList: [] }, 'body', 'v2', 'v2'],
      ['group/kick_group', { uidListInfo: [], kickedUserIDList: [] }, 'header', 'v2', 'v3'],
    ],
  },
  '2.5 /manager and /msg': {
    members: [
      ...column('manager/delete_user', 'v1', 'deleteUidList'),
      ...column('manager/delete_user', 'v2', 'deleteUserIDList'),
      ...column('manager/send_msg', 'v2', 'senderNickname', 'groupID', 'notOfflinePush', 'offlinePushInfo'),
      ...column('manager/send_msg', 'v2', 'businessOperationID'),
      ...column('msg/newest_seq', 'v2', 'reqIdentifier', 'sendID', 'msgIncr'),
      ...column('msg/newest_seq', 'v3', 'userID'),
      ...column('msg/pull_msg_by_seq', 'v2', 'sendID', 'seqList'),
      ...column('msg/pull_msg_by_seq', 'v3', 'userID', 'seqRanges'),
    ],
    bodies: [
      ...[3, 4].map((sessionType): BodyRow => ['manager/send_msg', 'v2', { sessionType }]),
      ...[118, 119, 120, 1400].map((contentType): BodyRow => ['manager/send_msg', 'v2', { contentType }]),
      ['manager/send_msg', 'v1', { sessionType: 2, contentType: 101, senderNickName: 'Ann', recvID: 'group' }],
    ],
    silent: [
      ['manager/get_all_users_uid', 'v1 v1 v1 v1 v1 v1 v1 v1 v1'],
      ['manager/delete_user', 'v1 v1 v1 v1 v1 v1 v2 v1 v1'],
      ['manager/send_msg', 'v1 v1 v1 v1 v1 v1 v1 v1 v1'],
      ['msg/newest_seq', 'v2 v3 v2 v3 v2 v2 v2 v2 v3'],
      ['msg/pull_msg_by_seq', 'v2 v3 v2 v3 v2 v2 v2 v2 v3'],
    ],
    mixed: [
      ['manager/delete_user', { deleteUidList: [], deleteUserIDList: [] }, 'body', 'v2', 'v2'],
      ['manager/delete_user', { deleteUidList: [], deleteUserIDList: [] }, 'body', 'v3', 'v1'],
      ['msg/newest_seq', { sendID: 'ann', userID: 'ann' }, 'header', 'v2', 'v3'],
      ['msg/newest_seq', { sendID: 'ann', userID: 'ann' }, 'body', 'v3', 'v2'],
      ['msg/pull_msg_by_seq', { seqList: [], seqRanges: [] }, 'both', 'v2', 'v3'],
      ['msg/pull_msg_by_seq', { seqList: [], seqRanges: [] }, 'neither', undefined, 'v3'],
    ],
  },
};

describe.each(Object.entries(SECTIONS))('The dialect on the paths of section %s', (_name, section) => {
  it.each(section.members)('/%s is %s when only %s is there, even "", 0 or []', (path, dialect, member) => {
    for (const [place, token] of CIRCUMSTANCES) {
      if (OPERATION_ID_IS_V2.includes(path) && dialect !== 'v2' && (place === 'body' || place === 'both')) continue;
      for (const value of ['x', '', 0, [], {}, false]) {
        expect([place, token, value, decided(path, { [member]: value }, place, token)]).toEqual([
          place,
          token,
          value,
          dialect,
        ]);
      }
    }
  });

  it.each(section.members.filter(([, , member]) => member !== 'operationID'))(
    '/%s is not %s only because %s is there as null, or in other letters',
    (path, _dialect, member) => {
      for (const [place, token] of CIRCUMSTANCES) {
        const nothing = decided(path, {}, place, token);
        expect([place, token, decided(path, { [member]: null }, place, token)]).toEqual([place, token, nothing]);
        const shouted = member.toUpperCase();
        expect([place, token, decided(path, { [shouted]: 'x' }, place, token)]).toEqual([place, token, nothing]);
      }
    },
  );

  it.each(section.bodies ?? [])('/%s is %s when only %j is there', (path, dialect, body) => {
    for (const [place, token] of CIRCUMSTANCES) {
      if (OPERATION_ID_IS_V2.includes(path) && dialect !== 'v2' && (place === 'body' || place === 'both')) continue;
      expect([place, token, decided(path, body, place, token)]).toEqual([place, token, dialect]);
    }
  });

  it.each(section.silent)('/%s with a body that tells nothing is %s', (path, expected) => {
    expect([
      ...PLACES.map((place) => decided(path, {}, place)),
      ...(['untold', 'v1', 'v2'] as const).map((token) => decided(path, {}, 'body', token)),
      decided(path, undefined, 'neither'),
      decided(path, undefined, 'header'),
    ]).toEqual(expected.split(' '));
    for (const token of ['v3', 'legacy'] as const) {
      expect(decided(path, {}, 'body', token)).toBe(decided(path, {}, 'body', 'untold'));
    }
  });

  it.each(section.mixed)('/%s with %j, operationID in %s, token %s, is %s', (path, body, place, token, dialect) => {
    expect(decided(path, body, place, token)).toBe(dialect);
  });
});

it('Every path where dialects meet is in one of these tables', () => {
  const tested = Object.values(SECTIONS).flatMap(({ silent }) => silent.map(([path]) => path));
  expect(tested.toSorted()).toEqual(Object.keys(COLLISIONS).toSorted());
});
