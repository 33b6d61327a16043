import { describe, expect, it } from 'vitest';
import { COLLISIONS } from './collisions.js';
import { decideDialect, type Signs } from './dialect.js';
import type { Dialect } from './dialect-name.js';

/** A request with nothing to tell its dialect by, changed as told. */
function dialectOf(path: string, signs: Partial<Signs> = {}): Dialect {
  return decideDialect({ path, body: {}, operationIDHeader: false, hasToken: signs.token !== undefined, ...signs });
}

const operationID = 'op';

describe('Deciding the dialect: the steps of contract/legacy/dialects.md section 1.2', () => {
  describe('step 0, a path of one dialect', () => {
    it.each<[string, Dialect]>([
      ['user/get_user_info', 'v1'],
      ['friend/add_blacklist', 'v1'],
      ['user/user_register', 'v3'],
      ['auth/get_admin_token', 'v3'],
      ['auth/get_user_token', 'v3'],
      ['third/get_signature', 'v3'],
    ])('/%s is %s, whatever the request looks like', (path, dialect) => {
      const everything = { uid: 'a', userID: 'a', platform: 1, platformID: 1, operationID };
      for (const body of [undefined, {}, everything]) {
        for (const token of [undefined, 'v1', 'v2', 'v3', 'legacy'] as const) {
          for (const operationIDHeader of [true, false]) {
            expect(dialectOf(path, { body, token, operationIDHeader })).toBe(dialect);
          }
        }
      }
    });
  });

  describe('step 1, a body that is no JSON object', () => {
    it.each<[string, boolean, Dialect]>([
      ['group/kick_group', true, 'v3'],
      ['group/kick_group', false, 'v1'],
      ['user/get_users', true, 'v3'],
      ['user/get_users', false, 'v2'],
      ['auth/user_token', true, 'v3'],
      ['auth/user_token', false, 'v1'],
      ['manager/send_msg', false, 'v1'],
    ])('on /%s, header operationID %s: %s', (path, operationIDHeader, dialect) => {
      for (const token of [undefined, 'v1', 'v2', 'v3', 'legacy'] as const) {
        expect(dialectOf(path, { body: undefined, operationIDHeader, token })).toBe(dialect);
      }
    });
  });

  describe('step 2, the members of exactly one dialect', () => {
    it('decide before the operationID is looked at', () => {
      const inV1 = { uidListInfo: [] };
      expect(dialectOf('group/kick_group', { body: inV1, operationIDHeader: true })).toBe('v1');
      const inV3 = { kickedUserIDs: [], operationID };
      expect(dialectOf('group/kick_group', { body: inV3 })).toBe('v3');
    });

    it('decide before the token is looked at', () => {
      const body = { kickedUserIDList: [], operationID };
      for (const token of ['v1', 'v3', 'legacy'] as const) {
        expect(dialectOf('group/kick_group', { body, token })).toBe('v2');
      }
    });

    it('are compared exactly, so that two spellings of one word stay two', () => {
      const body = { senderNickname: 'Ann', operationID };
      expect(dialectOf('manager/send_msg', { body })).toBe('v2');
      expect(dialectOf('manager/send_msg', { body: { senderNickName: 'Ann', operationID } })).toBe('v1');
    });

    it('are the body’s own: what every object inherits is no member', () => {
      const body = Object.create({ kickedUserIDs: [] }) as Record<string, unknown>;
      expect(dialectOf('group/kick_group', { body: Object.assign(body, { operationID }) })).toBe('v1');
    });
  });

  describe('step 3, several dialects or none: where the operationID is', () => {
    const several = { uidListInfo: [], kickedUserIDList: [], kickedUserIDs: [] };

    it.each([{}, several])('in the body only: v1 or v2 (%j)', (body) => {
      const signs = { body: { ...body, operationID } };
      expect(dialectOf('group/kick_group', { ...signs, token: 'v1' })).toBe('v1');
      expect(dialectOf('group/kick_group', { ...signs, token: 'v2' })).toBe('v2');
      expect(dialectOf('group/kick_group', { ...signs, token: 'v3' })).toBe('v1');
    });

    it.each([{}, several])('in the header only: v3 (%j)', (body) => {
      for (const token of [undefined, 'v1', 'v2', 'v3', 'legacy'] as const) {
        expect(dialectOf('group/kick_group', { body, token, operationIDHeader: true })).toBe('v3');
      }
    });

    it('is not there when it is null, but is when it is ""', () => {
      const signs = { operationIDHeader: true };
      expect(dialectOf('group/kick_group', { ...signs, body: { operationID: null } })).toBe('v3');
      expect(dialectOf('group/kick_group', { ...signs, body: { operationID: '' } })).toBe('v1');
    });
  });

  describe('step 4, an operationID in both places', () => {
    const both = { operationIDHeader: true };

    it('is v1 or v2 when none of v3’s members is there', () => {
      const body = { uidListInfo: [], kickedUserIDList: [], operationID };
      expect(dialectOf('group/kick_group', { ...both, body })).toBe('v1');
      expect(dialectOf('group/kick_group', { ...both, body: { operationID } })).toBe('v1');
    });

    it('is v3 when one of them is', () => {
      const body = { uidListInfo: [], kickedUserIDs: [], operationID };
      expect(dialectOf('group/kick_group', { ...both, body })).toBe('v3');
      expect(dialectOf('group/kick_group', { ...both, body: { ...body, kickedUserIDs: null } })).toBe('v1');
    });
  });

  describe('step 5, v1 or v2 still open', () => {
    it('is the dialect the token was issued in', () => {
      for (const token of ['v1', 'v2'] as const) {
        expect(dialectOf('group/create_group', { body: { operationID }, token })).toBe(token);
      }
    });

    it.each([undefined, 'legacy', 'v3'] as const)('is the default of the path with a token of %s', (token) => {
      expect(dialectOf('group/create_group', { body: { operationID }, token })).toBe('v1');
    });

    it('is never a dialect that the path does not have', () => {
      expect(dialectOf('user/get_users', { body: { operationID }, token: 'v1' })).toBe('v2');
      expect(dialectOf('manager/delete_user', { body: {}, token: 'v3', operationIDHeader: true })).toBe('v1');
    });

    it('is v1 for the two calls of /manager that only v1 documents, whatever the token', () => {
      for (const token of [undefined, 'v1', 'v2', 'v3', 'legacy'] as const) {
        expect(dialectOf('manager/get_all_users_uid', { body: { operationID }, token })).toBe('v1');
        expect(dialectOf('manager/send_msg', { body: { operationID }, token })).toBe('v1');
      }
    });
  });

  describe('step 6, no operationID at all', () => {
    it('is v3 without a token where no v1 or v2 document describes the path', () => {
      expect(dialectOf('user/get_users')).toBe('v3');
      expect(dialectOf('msg/newest_seq')).toBe('v3');
    });

    it('is the default of the path without a token where one does', () => {
      expect(dialectOf('group/kick_group')).toBe('v1');
      expect(dialectOf('auth/user_token')).toBe('v1');
    });

    it('is the default of the path with a token that has no v3 claims', () => {
      expect(dialectOf('user/get_users', { hasToken: true })).toBe('v2');
      expect(dialectOf('user/get_users', { token: 'legacy' })).toBe('v2');
      expect(dialectOf('group/kick_group', { token: 'legacy' })).toBe('v1');
    });

    it('is v3 with a token that has v3 claims where no v1 or v2 document describes the path', () => {
      expect(dialectOf('user/get_users', { token: 'v3' })).toBe('v3');
    });

    it('is v3 with a token that has v3 claims, also where a v1 document describes the path', () => {
      expect(dialectOf('group/kick_group', { token: 'v3' })).toBe('v3');
    });
  });
});

describe('Deciding the dialect: the checks of contract/legacy/dialects.md section 6', () => {
  const header = { operationIDHeader: true };
  const served = (path: string): boolean => Object.hasOwn(COLLISIONS, path);
  const checks: [request: string, path: string, signs: Partial<Signs>, dialect: Dialect][] = [
    ['{secret, platform, uid}', 'auth/user_token', { body: { secret: 's', platform: 1, uid: 'a' } }, 'v1'],
    [
      '{secret, platform, userID, operationID}',
      'auth/user_token',
      { body: { secret: 's', platform: 1, userID: 'a', operationID } },
      'v2',
    ],
    [
      'header, {secret, platformID, userID}',
      'auth/user_token',
      { ...header, body: { secret: 's', platformID: 1, userID: 'a' } },
      'v3',
    ],
    ['{} without headers', 'auth/user_token', {}, 'v1'],
    ['header, {}', 'auth/user_token', header, 'v3'],
    [
      '{operationID, userIDList, secret}',
      'user/get_users_online_status',
      { body: { operationID, userIDList: ['a'], secret: 's' } },
      'v1',
    ],
    [
      '{operationID, userIDList} with a token',
      'user/get_users_online_status',
      { body: { operationID, userIDList: ['a'] }, hasToken: true },
      'v2',
    ],
    ['header, {userIDs}', 'user/get_users_online_status', { ...header, body: { userIDs: ['a'] } }, 'v3'],
    [
      '{operationID, fromUserID, toUserID}',
      'friend/add_friend',
      { body: { operationID, fromUserID: 'a', toUserID: 'b' } },
      'v2',
    ],
    [
      'header, {fromUserID, toUserID}',
      'friend/add_friend',
      { ...header, body: { fromUserID: 'a', toUserID: 'b' } },
      'v3',
    ],
    ['{operationID}', 'friend/get_friend_list', { body: { operationID } }, 'v1'],
    [
      '{groupID, operationID, uidListInfo: []}',
      'group/kick_group',
      { body: { groupID: 'g', operationID, uidListInfo: [] }, token: 'v2' },
      'v1',
    ],
    [
      '{operationID, groupIDList} with a v1 token',
      'group/get_groups_info',
      { body: { operationID, groupIDList: [] }, token: 'v1' },
      'v1',
    ],
    [
      '{operationID, groupIDList} with a v2 token',
      'group/get_groups_info',
      { body: { operationID, groupIDList: [] }, token: 'v2' },
      'v2',
    ],
    ['{operationID} with a v1 token', 'manager/get_all_users_uid', { body: { operationID }, token: 'v1' }, 'v1'],
    ['{operationID} with a v2 token', 'manager/get_all_users_uid', { body: { operationID }, token: 'v2' }, 'v1'],
    ['{operationID} with a v3 token', 'manager/get_all_users_uid', { body: { operationID }, token: 'v3' }, 'v1'],
    ['header, {pagination}', 'user/get_users', { ...header, body: { pagination: {} } }, 'v3'],
    [
      '{operationID, pageNumber, showNumber}',
      'user/get_users',
      { body: { operationID, pageNumber: 1, showNumber: 1 } },
      'v2',
    ],
    ['body not JSON, no header', 'group/quit_group', { body: undefined }, 'v2'],
  ];

  for (const [request, path, signs, dialect] of checks) {
    // Paths that are not served yet wake up with their row in collisions.ts.
    it.runIf(served(path))(`${request} on /${path} is ${dialect}`, () => {
      expect(dialectOf(path, signs)).toBe(dialect);
    });
  }
});
