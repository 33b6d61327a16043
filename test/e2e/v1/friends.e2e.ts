import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Im } from '../../support/im.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';

const IMPORT = '/friend/import_friend';
const BLOCK = '/friend/add_blacklist';

/** A parameter error that tells which field is wrong. */
const naming = (field: string) => ({
  errCode: 400,
  errMsg: expect.stringMatching(new RegExp(`(?<![a-z])${field}`, 'i')),
});

describeOnEachDatabase('Friends and blacklists in v1', (database) => {
  let im: Im;
  let admin: string;
  let ordinary: string;

  beforeAll(async () => {
    im = await startIm({ database });
    admin = await im.adminToken();
    // yan and zoe appear only in requests that must be refused.
    await im.register('ann', 'bob', 'cid', 'dan', 'eve', 'fay', 'gil', 'hal', 'yan', 'zoe');
    ordinary = await im.tokenOf('zoe');
  });
  afterAll(() => im?.close());

  async function friendsOf(userID: string): Promise<string[]> {
    const rows = await im.rows('im_friends', { ownerUserID: userID });
    return rows.map((row) => row.friendUserID).sort();
  }

  async function blockedBy(userID: string): Promise<string[]> {
    const rows = await im.rows('im_blacks', { ownerUserID: userID });
    return rows.map((row) => row.blackUserID).sort();
  }

  async function expectNothingStored(): Promise<void> {
    for (const userID of ['yan', 'zoe', 'ghost']) {
      expect(await friendsOf(userID)).toEqual([]);
      expect(await blockedBy(userID)).toEqual([]);
      expect(await im.rows('im_friends', { friendUserID: userID })).toEqual([]);
      expect(await im.rows('im_blacks', { blackUserID: userID })).toEqual([]);
      expect(await im.rows('im_conversations', { ownerUserID: userID })).toEqual([]);
    }
  }

  describe('Importing one friend', () => {
    it('makes both friends of each other, without a remark', async () => {
      const answer = await im.v1(IMPORT, { uid: 'ann', ownerUid: 'bob' }, admin);
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual({ errCode: 0, errMsg: '' });

      const rows = [
        ...(await im.rows('im_friends', { ownerUserID: 'ann' })),
        ...(await im.rows('im_friends', { ownerUserID: 'bob' })),
      ];
      expect(rows).toHaveLength(2);
      expect(rows).toMatchObject([
        { friendUserID: 'bob', remark: '' },
        { friendUserID: 'ann', remark: '' },
      ]);
      expect(rows.map((row) => Number(row.addSource))).toEqual([1, 1]);
    });

    it('opens their conversation with the message that they are friends', async () => {
      await im.v1(IMPORT, { uid: 'cid', ownerUid: 'dan' }, admin);
      const messages = await vi.waitFor(async () => {
        const rows = await im.rows('im_messages', { conversationID: 'si_cid_dan' });
        expect(rows).toHaveLength(1);
        return rows;
      });
      expect(
        [messages[0].seq, messages[0].contentType, messages[0].sessionType, messages[0].msgFrom].map(Number),
      ).toEqual([1, 1201, 1, 200]);
      const tips = JSON.parse(JSON.parse(messages[0].content).detail);
      expect(tips.fromToUserID).toEqual({ fromUserID: 'dan', toUserID: 'cid' });

      const conversations = await vi.waitFor(async () => {
        const rows = await im.rows('im_conversations', { conversationID: 'si_cid_dan' });
        expect(rows).toHaveLength(2);
        return rows;
      });
      expect(conversations.map((row) => `${row.ownerUserID} with ${row.userID}`).sort()).toEqual([
        'cid with dan',
        'dan with cid',
      ]);
      expect(conversations.map((row) => Number(row.conversationType))).toEqual([1, 1]);
    });

    it('of somebody who is one already changes nothing and succeeds, from either side', async () => {
      await im.v1(IMPORT, { uid: 'eve', ownerUid: 'fay' }, admin);
      const before = [
        await im.rows('im_friends', { ownerUserID: 'eve' }),
        await im.rows('im_friends', { ownerUserID: 'fay' }),
      ];
      for (const body of [
        { uid: 'eve', ownerUid: 'fay' },
        { uid: 'fay', ownerUid: 'eve' },
      ]) {
        const answer = await im.v1(IMPORT, body, admin);
        expect(answer.body).toEqual({ errCode: 0, errMsg: '' });
      }
      const after = [
        await im.rows('im_friends', { ownerUserID: 'eve' }),
        await im.rows('im_friends', { ownerUserID: 'fay' }),
      ];
      expect(after).toEqual(before);
    });

    it.each<[string, object, string]>([
      ['the friend is not registered', { uid: 'ghost', ownerUid: 'zoe' }, "Can't find the user information"],
      ['the owner is not registered', { uid: 'zoe', ownerUid: 'ghost' }, 'this user not exists,cant not add friend'],
      ['they are one and the same', { uid: 'zoe', ownerUid: 'zoe' }, 'Failed to add friends'],
    ])('is refused when %s', async (_case, body, errMsg) => {
      const answer = await im.v1(IMPORT, body, admin);
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual({ errCode: 606, errMsg });
      await expectNothingStored();
    });

    it.each<[string, object]>([
      ['uid', { uid: undefined }],
      ['uid', { uid: null, uidList: null }],
      ['uid', { uid: '' }],
      ['uid', { uid: 5 }],
      ['ownerUid', { ownerUid: undefined }],
      ['ownerUid', { ownerUid: '' }],
      ['ownerUid', { ownerUid: ['zoe'] }],
      ['operationID', { operationID: undefined }],
      ['operationID', { operationID: '' }],
    ])('names %s when the request says %j', async (field, change) => {
      const body = { uid: 'yan', ownerUid: 'zoe', operationID: 'op', ...change };
      const answer = await im.post(IMPORT, body, { token: admin });
      expect(answer.status).toBe(400);
      expect(answer.body).toEqual(naming(field));
      await expectNothingStored();
    });
  });

  describe('Importing a list of friends', () => {
    it('makes every one of them a friend of the owner and answers that none failed', async () => {
      await im.register('li1', 'li2', 'li3');
      const answer = await im.v1(IMPORT, { uidList: ['li2', 'li3'], ownerUid: 'li1' }, admin);
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual({ errCode: 0, errMsg: '', failedUidList: [] });
      expect(await friendsOf('li1')).toEqual(['li2', 'li3']);
      expect(await friendsOf('li2')).toEqual(['li1']);
      expect(await friendsOf('li3')).toEqual(['li1']);

      const again = await im.v1(IMPORT, { uidList: ['li2', 'li3'], ownerUid: 'li1' }, admin);
      expect(again.body).toEqual({ errCode: 0, errMsg: '', failedUidList: [] });
      expect(await friendsOf('li1')).toEqual(['li2', 'li3']);
    });

    it('names those who are not registered and befriends the others', async () => {
      await im.register('mi1', 'mi2', 'mi3');
      const answer = await im.v1(IMPORT, { uidList: ['nobody', 'mi2', 'nemo', 'mi3'], ownerUid: 'mi1' }, admin);
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual({
        errCode: 408,
        errMsg: 'some uid establish failed',
        failedUidList: ['nobody', 'nemo'],
      });
      expect(await friendsOf('mi1')).toEqual(['mi2', 'mi3']);
      expect(await friendsOf('mi2')).toEqual(['mi1']);
    });

    it('tells each of them by a message', async () => {
      await im.register('ni1', 'ni2', 'ni3');
      await im.v1(IMPORT, { uidList: ['ni2', 'ni3'], ownerUid: 'ni1' }, admin);
      for (const conversationID of ['si_ni1_ni2', 'si_ni1_ni3']) {
        await vi.waitFor(async () => {
          const rows = await im.rows('im_messages', { conversationID });
          expect(rows.map((row) => [Number(row.seq), Number(row.contentType)])).toEqual([[1, 1201]]);
        });
      }
    });

    it('may be asked for nobody', async () => {
      const answer = await im.v1(IMPORT, { uidList: [], ownerUid: 'zoe' }, admin);
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual({ errCode: 0, errMsg: '', failedUidList: [] });
      await expectNothingStored();
    });

    it('is refused when the owner is not registered, and all have failed', async () => {
      const answer = await im.v1(IMPORT, { uidList: ['yan', 'zoe'], ownerUid: 'ghost' }, admin);
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual({
        errCode: 606,
        errMsg: 'this user not exists,cant not add friend',
        failedUidList: ['yan', 'zoe'],
      });
      await expectNothingStored();
    });

    it.each<[string, object]>([
      ['uidList', { uidList: 'yan' }],
      ['uidList', { uidList: [5] }],
      ['uidList', { uidList: { 0: 'yan' } }],
      ['ownerUid', { ownerUid: undefined }],
      ['operationID', { operationID: undefined }],
    ])('names %s when the request says %j', async (field, change) => {
      const body = { uidList: ['yan'], ownerUid: 'zoe', operationID: 'op', ...change };
      const answer = await im.post(IMPORT, body, { token: admin });
      expect(answer.status).toBe(400);
      expect(answer.body).toMatchObject(naming(field));
      await expectNothingStored();
    });
  });

  describe('Blocking a user', () => {
    it('puts the user on the blacklist of the owner, and not the other way round', async () => {
      const answer = await im.v1(BLOCK, { uid: 'ann', ownerUid: 'cid' }, admin);
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual({ errCode: 0, errMsg: '' });
      expect(await blockedBy('cid')).toEqual(['ann']);
      expect(await blockedBy('ann')).toEqual([]);
    });

    it.each<[string, object]>([
      ['absent', {}],
      ['empty', { ownerUid: '' }],
      ['null', { ownerUid: null }],
    ])('puts the user on the blacklist of the caller when the owner is %s', async (name, owner) => {
      await im.register(`pest-${name}`);
      const answer = await im.v1(BLOCK, { uid: `pest-${name}`, ...owner }, admin);
      expect(answer.body).toEqual({ errCode: 0, errMsg: '' });
      expect(await blockedBy('openIM123456')).toContain(`pest-${name}`);
    });

    it('leaves them friends', async () => {
      await im.v1(IMPORT, { uid: 'gil', ownerUid: 'hal' }, admin);
      await im.v1(BLOCK, { uid: 'gil', ownerUid: 'hal' }, admin);
      expect(await blockedBy('hal')).toEqual(['gil']);
      expect(await friendsOf('gil')).toEqual(['hal']);
      expect(await friendsOf('hal')).toEqual(['gil']);
    });

    it('who is blocked already is refused', async () => {
      await im.v1(BLOCK, { uid: 'bob', ownerUid: 'dan' }, admin);
      const answer = await im.v1(BLOCK, { uid: 'bob', ownerUid: 'dan' }, admin);
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual({ errCode: 608, errMsg: 'Failed to add friends to the blacklist' });
      expect(await blockedBy('dan')).toEqual(['bob']);
    });

    it.each<[string, object, number, string]>([
      ['who is not registered', { uid: 'ghost', ownerUid: 'zoe' }, 614, "Can't find the user information"],
      ['for an owner who is not registered', { uid: 'zoe', ownerUid: 'ghost' }, 614, "Can't find the user information"],
      ['for themselves', { uid: 'zoe', ownerUid: 'zoe' }, 608, 'Failed to add friends to the blacklist'],
    ])('%s is refused', async (_case, body, errCode, errMsg) => {
      const answer = await im.v1(BLOCK, body, admin);
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual({ errCode, errMsg });
      await expectNothingStored();
    });

    it.each<[string, object]>([
      ['uid', { uid: undefined }],
      ['uid', { uid: '' }],
      ['uid', { uid: 5 }],
      ['ownerUid', { ownerUid: 5 }],
      ['operationID', { operationID: undefined }],
      ['operationID', { operationID: '' }],
    ])('names %s when the request says %j', async (field, change) => {
      const body = { uid: 'yan', ownerUid: 'zoe', operationID: 'op', ...change };
      const answer = await im.post(BLOCK, body, { token: admin });
      expect(answer.status).toBe(400);
      expect(answer.body).toEqual(naming(field));
      await expectNothingStored();
    });
  });

  describe.each<[string, string, object, object, object]>([
    [
      'import a friend',
      IMPORT,
      { uid: 'yan', ownerUid: 'zoe' },
      { errCode: 606, errMsg: 'Parse token failed' },
      { errCode: 606, errMsg: 'not authorized' },
    ],
    [
      'import a list of friends, all of whom have failed then',
      IMPORT,
      { uidList: ['yan', 'ghost'], ownerUid: 'zoe' },
      { errCode: 606, errMsg: 'Parse token failed', failedUidList: ['yan', 'ghost'] },
      { errCode: 606, errMsg: 'not authorized', failedUidList: ['yan', 'ghost'] },
    ],
    [
      'block a user',
      BLOCK,
      { uid: 'yan', ownerUid: 'zoe' },
      { errCode: 200, errMsg: 'Parse token failed' },
      { errCode: 800, errMsg: 'no permission' },
    ],
  ])('Who may %s', (_what, path, body, toStrangers, toUsers) => {
    it.each<[string, string | undefined]>([
      ['no token', undefined],
      ['a garbage token', 'garbage'],
    ])('not a caller with %s', async (_case, token) => {
      const answer = await im.v1(path, body, token);
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual(toStrangers);
      await expectNothingStored();
    });

    it('not an ordinary user, even for themselves', async () => {
      const answer = await im.v1(path, body, ordinary);
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual(toUsers);
      await expectNothingStored();
    });
  });

  describe.each([IMPORT, BLOCK])('A malformed request to %s', (path) => {
    it('is refused as malformed whoever sends it', async () => {
      for (const token of [undefined, 'garbage', ordinary]) {
        const answer = await im.v1(path, { ownerUid: 'zoe' }, token);
        expect(answer.status).toBe(400);
        expect(answer.body).toEqual(naming('uid'));
      }
      await expectNothingStored();
    });

    it.each<[string, string]>([
      ['is not JSON', '{"uid":'],
      ['is an array', '["yan"]'],
      ['has the key __proto__', '{"uid":"yan","ownerUid":"zoe","operationID":"op","__proto__":{"uid":"yan"}}'],
    ])('is refused when its body %s', async (_case, body) => {
      const answer = await im.post(path, body, { token: admin, 'content-type': 'application/json' });
      expect(answer.status).toBe(400);
      expect(answer.body).toEqual({ errCode: 400, errMsg: expect.any(String) });
      await expectNothingStored();
    });
  });
});
