import { describe, expect, it } from 'vitest';
import { targetsIn } from './targets.js';

describe('Whom a request is about', () => {
  it.each<[string, Record<string, unknown>, string[]]>([
    ['a user of v1', { uid: 'ann', ownerUid: 'bob' }, ['ann', 'bob']],
    ['a list of v1', { uidList: ['ann', 'bob'], groupID: 'g' }, ['ann', 'bob', 'g']],
    ['members of a new group', { memberList: [{ uid: 'ann', setRole: 1 }], groupName: 'lunch' }, ['ann']],
    ['users of v3', { users: [{ userID: 'ann', nickname: 'Ann' }] }, ['ann']],
    ['who is kicked', { groupID: 'g', kickedUserIDs: ['ann'], reason: 'spam' }, ['g', 'ann']],
    ['a conversation', { conversationIDs: ['si_ann_bob'], userID: 'ann' }, ['si_ann_bob', 'ann']],
    ['a nested group', { groupInfo: { groupID: 'g', introduction: 'long' } }, ['g']],
  ])('%s', (_what, body, ids) => {
    expect(targetsIn(body)).toEqual({ ids, more: 0 });
  });

  it('is not its secret, its password, its token, its text or its operationID', () => {
    const body = {
      secret: 'openIM123',
      operationID: 'op',
      token: 'a token',
      fcmToken: 'a token',
      uuid: 'command',
      content: { text: 'hello' },
      platformID: 1,
      userInfo: { ex: 'hidden', phoneNumber: '555' },
    };
    expect(targetsIn(body)).toEqual({ ids: [], more: 0 });
  });

  it('is nothing that cannot be an ID', () => {
    expect(targetsIn({ userID: 'x'.repeat(200), groupID: 7, uid: '', conversationID: 'a\0b' }).ids).toEqual([]);
  });

  it('is told as far as fifty, each once, and counted beyond', () => {
    const userIDs = Array.from({ length: 60 }, (_, index) => `u${index}`);
    const { ids, more } = targetsIn({ userIDs: [...userIDs, 'u1', 'u2'] });
    expect(ids).toEqual(userIDs.slice(0, 50));
    expect(more).toBe(10);
  });

  it('is found in no time, however large the body is', () => {
    const body = { userIDs: Array.from({ length: 1_000_000 }, (_, index) => `u${index}`) };
    const begin = performance.now();
    expect(targetsIn(body).ids).toHaveLength(50);
    expect(performance.now() - begin).toBeLessThan(500);
  });
});
