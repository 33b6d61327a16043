import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Im } from '../../support/im.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';

const PATH = '/manager/send_msg';
const NO_GROUP = 'There is no such group or the user not in the group';

describeOnEachDatabase('Sending a message in v1', (database) => {
  let im: Im;
  let admin: string;

  beforeAll(async () => {
    im = await startIm({ database });
    admin = await im.adminToken();
    // zoe is only sent what must be refused.
    await im.register('ann', 'bob', 'cid', 'dan', 'zoe');
  });
  afterAll(() => im?.close());

  /** A text from ann to bob, changed as told. */
  const message = (change: object = {}) => ({
    sendID: 'ann',
    recvID: 'bob',
    content: { text: 'nihao' },
    contentType: 101,
    sessionType: 1,
    ...change,
  });
  const send = (change: object = {}) => im.v1(PATH, message(change), admin);

  /** The messages of a conversation by seq, once there are as many as expected: 1 to n without gaps. */
  function storedIn(conversationID: string, count: number): Promise<any[]> {
    return vi.waitFor(
      async () => {
        const rows = await im.rows('im_messages', { conversationID });
        rows.sort((a, b) => Number(a.seq) - Number(b.seq));
        expect(rows.map((row) => Number(row.seq))).toEqual(Array.from({ length: count }, (_, i) => i + 1));
        return rows;
      },
      { timeout: 10_000 },
    );
  }

  async function readSeqOf(userID: string, conversationID: string): Promise<number> {
    const [row] = await im.rows('im_read_positions', { userID, conversationID });
    return Number(row?.hasReadSeq ?? 0);
  }

  /** The conversation as its owners have it, once there are as many of them as expected. */
  function conversationsOf(conversationID: string, count: number): Promise<any[]> {
    return vi.waitFor(async () => {
      const rows = await im.rows('im_conversations', { conversationID });
      expect(rows).toHaveLength(count);
      return rows;
    });
  }

  async function expectNothingForZoe(): Promise<void> {
    expect(await im.rows('im_messages', { recvID: 'zoe' })).toEqual([]);
    expect(await im.rows('im_messages', { sendID: 'zoe' })).toEqual([]);
    expect(await im.rows('im_conversations', { ownerUserID: 'zoe' })).toEqual([]);
  }

  describe('The answer', () => {
    it('has the time and the ID of the message at its top, and nothing else', async () => {
      const answer = await send();
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual({
        errCode: 0,
        errMsg: '',
        sendTime: expect.any(Number),
        msgID: expect.stringMatching(/^[0-9a-f]{32}$/),
      });
    });

    it('tells the time in nanoseconds, a bare integer of 19 digits', async () => {
      const before = Date.now();
      const answer = await send();
      const [, sendTime] = /"sendTime":\s*(\d{19})[,}\s]/.exec(answer.text) ?? [];
      expect(sendTime).toBeDefined();
      expect(Number(BigInt(sendTime) / 1_000_000n)).toBeGreaterThanOrEqual(before);
      // Messages of one conversation never share a millisecond, so the time may run a little ahead of the clock.
      expect(Number(BigInt(sendTime) / 1_000_000n)).toBeLessThanOrEqual(Date.now() + 1000);

      const [row] = await vi.waitFor(async () => {
        const rows = await im.rows('im_messages', { clientMsgID: answer.body.msgID });
        expect(rows).toHaveLength(1);
        return rows;
      });
      expect(BigInt(sendTime)).toBe(BigInt(row.sendTime) * 1_000_000n);
    });
  });

  describe('To a user', () => {
    it('stores what was sent, in the name of the sender', async () => {
      await im.register('sue', 'tom');
      const sender = { senderNickName: '张三', senderFaceURL: 'http://www.head.com', senderPlatformID: 2 };
      const answer = await send({ sendID: 'tom', recvID: 'sue', ...sender });
      const [row] = await storedIn('si_sue_tom', 1);
      expect(row).toMatchObject({ sendID: 'tom', recvID: 'sue', clientMsgID: answer.body.msgID });
      expect(row).toMatchObject({ senderNickname: '张三', senderFaceURL: 'http://www.head.com' });
      expect(row.groupID ?? '').toBe('');
      expect(row.serverMsgID).toMatch(/./);
      expect([row.sessionType, row.msgFrom, row.contentType, row.status, row.senderPlatformID].map(Number)).toEqual([
        1, 100, 101, 2, 2,
      ]);
      expect(JSON.parse(row.content)).toEqual({ content: 'nihao' });
    });

    it('gives both the conversation, and the sender has read their own message', async () => {
      await im.register('uma', 'vic');
      await send({ sendID: 'uma', recvID: 'vic' });
      await storedIn('si_uma_vic', 1);
      const conversations = await conversationsOf('si_uma_vic', 2);
      expect(conversations.map((row) => `${row.ownerUserID} with ${row.userID}`).sort()).toEqual([
        'uma with vic',
        'vic with uma',
      ]);
      expect(conversations.map((row) => Number(row.conversationType))).toEqual([1, 1]);
      await expect.poll(() => readSeqOf('uma', 'si_uma_vic')).toBe(1);
      expect(await readSeqOf('vic', 'si_uma_vic')).toBe(0);

      await send({ sendID: 'vic', recvID: 'uma' });
      await storedIn('si_uma_vic', 2);
      await expect.poll(() => readSeqOf('uma', 'si_uma_vic')).toBe(1);
      await expect.poll(() => readSeqOf('vic', 'si_uma_vic')).toBe(2);
    });

    it('who is the sender is stored once', async () => {
      await im.register('1111111222');
      expect((await send({ sendID: '1111111222', recvID: '1111111222' })).body).toMatchObject({ errCode: 0 });
      await storedIn('si_1111111222_1111111222', 1);
      await conversationsOf('si_1111111222_1111111222', 1);
    });

    it('does not ask whether the sender exists', async () => {
      expect((await send({ sendID: 'a-robot', recvID: 'dan' })).body).toMatchObject({ errCode: 0 });
      expect(await storedIn('si_a-robot_dan', 1)).toMatchObject([{ sendID: 'a-robot' }]);
    });

    it('who does not exist is refused', async () => {
      const answer = await send({ sendID: 'zoe', recvID: 'ghost' });
      expect(answer.status).toBe(200);
      expect(answer.body).toMatchObject({ errCode: 614, errMsg: "Can't find the user information", sendTime: 0 });
      await expectNothingForZoe();
    });

    it('who has blocked the sender is refused, the other direction and administrators are not', async () => {
      await im.register('wil', 'xen');
      await im.v1('/friend/add_blacklist', { uid: 'wil', ownerUid: 'xen' }, admin);
      await im.v1('/friend/add_blacklist', { uid: 'openIM654321', ownerUid: 'xen' }, admin);

      const refused = await send({ sendID: 'wil', recvID: 'xen' });
      expect(refused.status).toBe(200);
      expect(refused.body).toMatchObject({ errCode: 600, errMsg: 'in black list' });
      expect(refused.body.sendTime ?? 0).toBe(0);
      expect(await im.rows('im_messages', { recvID: 'xen' })).toEqual([]);

      expect((await send({ sendID: 'xen', recvID: 'wil' })).body).toMatchObject({ errCode: 0 });
      expect((await send({ sendID: 'openIM654321', recvID: 'xen' })).body).toMatchObject({ errCode: 0 });
    });
  });

  describe('To a group', () => {
    it('stores it after the message of its creation, for all members', async () => {
      const groupID = await im.group('ann', 'bob', 'cid');
      await storedIn(`sg_${groupID}`, 1);
      const answer = await send({ sendID: 'bob', recvID: groupID, sessionType: 2, forceList: ['cid'] });
      expect(answer.body).toMatchObject({ errCode: 0, msgID: expect.stringMatching(/^[0-9a-f]{32}$/) });

      const [, row] = await storedIn(`sg_${groupID}`, 2);
      expect(row).toMatchObject({ sendID: 'bob', groupID, clientMsgID: answer.body.msgID });
      expect([row.sessionType, row.msgFrom, row.contentType].map(Number)).toEqual([3, 100, 101]);
      const conversations = await conversationsOf(`sg_${groupID}`, 3);
      expect(conversations.map((conversation) => conversation.ownerUserID).sort()).toEqual(['ann', 'bob', 'cid']);
      expect(conversations.map((conversation) => Number(conversation.conversationType))).toEqual([3, 3, 3]);
      await expect.poll(() => readSeqOf('bob', `sg_${groupID}`)).toBe(2);
      expect(await readSeqOf('ann', `sg_${groupID}`)).toBeLessThan(2);
    });

    it('that does not exist is refused', async () => {
      const answer = await send({ sendID: 'zoe', recvID: 'no-such-group', sessionType: 2 });
      expect(answer.status).toBe(200);
      expect(answer.body).toMatchObject({ errCode: 618, errMsg: NO_GROUP });
      expect(answer.body.sendTime ?? 0).toBe(0);
      expect(await im.rows('im_messages', { conversationID: 'sg_no-such-group' })).toEqual([]);
    });

    it('is for its members and for administrators', async () => {
      const groupID = await im.group('ann', 'bob');
      await im.v1('/group/kick_group', { groupID, uidListInfo: [{ userId: 'bob' }] }, admin);
      await storedIn(`sg_${groupID}`, 2);
      for (const sendID of ['zoe', 'bob', 'ghost']) {
        const answer = await send({ sendID, recvID: groupID, sessionType: 2 });
        expect(answer.status).toBe(200);
        expect(answer.body).toMatchObject({ errCode: 618, errMsg: NO_GROUP });
      }
      await storedIn(`sg_${groupID}`, 2);

      const answer = await send({ sendID: 'openIM654321', recvID: groupID, sessionType: 2 });
      expect(answer.body).toMatchObject({ errCode: 0 });
      expect((await storedIn(`sg_${groupID}`, 3))[2]).toMatchObject({ sendID: 'openIM654321' });
    });
  });

  describe('A hundred at once', () => {
    it.each(['single', 'group'])('into one %s conversation get the seqs 1 to n without a gap', async (kind) => {
      await im.register('one', 'two');
      const groupID = kind === 'group' ? await im.group('one', 'two') : '';
      const conversationID = groupID ? `sg_${groupID}` : 'si_one_two';
      const first = groupID ? (await storedIn(conversationID, 1)).length : 0;
      const target = groupID ? { recvID: groupID, sessionType: 2 } : { recvID: 'two' };

      const answers = await Promise.all(
        Array.from({ length: 100 }, (_, i) => send({ sendID: 'one', ...target, content: { text: `no. ${i}` } })),
      );
      expect(answers.map((answer) => answer.body.errCode)).toEqual(Array(100).fill(0));
      const rows = (await storedIn(conversationID, first + 100)).slice(first);
      expect(new Set(rows.map((row) => row.clientMsgID))).toEqual(new Set(answers.map((answer) => answer.body.msgID)));
      expect(new Set(rows.map((row) => JSON.parse(row.content).content)).size).toBe(100);
      expect(new Set(rows.map((row) => row.serverMsgID)).size).toBe(100);

      const times = rows.map((row) => Number(row.sendTime));
      expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
      expect((await im.rows('im_sequences', { conversationID })).map((row) => Number(row.maxSeq))).toEqual([
        first + 100,
      ]);
      await conversationsOf(conversationID, 2);
      await expect.poll(() => readSeqOf('one', conversationID)).toBe(first + 100);
    });
  });

  describe('For those online only', () => {
    it('answers as always and stores nothing', async () => {
      await im.register('off', 'onn');
      await im.online('onn', 2);
      const answer = await send({ sendID: 'off', recvID: 'onn', isOnlineOnly: true });
      expect(answer.body).toMatchObject({ errCode: 0, msgID: expect.stringMatching(/^[0-9a-f]{32}$/) });
      expect(answer.body.sendTime).toBeGreaterThan(1e18);

      // The next message is the first one: the other has not even taken a seq.
      await send({ sendID: 'off', recvID: 'onn' });
      const [row] = await storedIn('si_off_onn', 1);
      expect(row.clientMsgID).not.toBe(answer.body.msgID);
    });

    it('opens no conversation', async () => {
      await send({ sendID: 'zoe', recvID: 'dan', isOnlineOnly: true });
      await expectNothingForZoe();
      expect(await im.rows('im_conversations', { conversationID: 'si_dan_zoe' })).toEqual([]);
    });
  });

  describe('The sender', () => {
    it('may spell the avatar senderFaceUrl', async () => {
      const { msgID } = (await send({ senderFaceUrl: 'http://lower' })).body;
      await vi.waitFor(async () => {
        expect(await im.rows('im_messages', { clientMsgID: msgID })).toMatchObject([{ senderFaceURL: 'http://lower' }]);
      });
    });

    it.each(['senderNickName', 'senderNickname'])('spells the name %s', async (key) => {
      const { msgID } = (await send({ [key]: 'Lia' })).body;
      await vi.waitFor(async () => {
        expect(await im.rows('im_messages', { clientMsgID: msgID })).toMatchObject([{ senderNickname: 'Lia' }]);
      });
    });
  });

  describe('Who may send', () => {
    const toZoe = message({ recvID: 'zoe' });

    it.each<[string, string | undefined]>([
      ['no token', undefined],
      ['a garbage token', 'garbage'],
    ])('not a caller with %s', async (_case, token) => {
      const answer = await im.v1(PATH, toZoe, token);
      expect(answer.status).toBe(400);
      expect(answer.body).toEqual({ errCode: 400, errMsg: 'parse token failed', sendTime: 0, MsgID: '' });
      await expectNothingForZoe();
    });

    it('not an ordinary user, not even in their own name', async () => {
      const answer = await im.v1(PATH, toZoe, await im.tokenOf('ann'));
      expect(answer.status).toBe(400);
      expect(answer.body).toEqual({ errCode: 400, errMsg: 'not authorized', sendTime: 0, MsgID: '' });
      await expectNothingForZoe();
    });
  });

  describe('Of several faults the first is told:', () => {
    const nobody = { recvID: 'zoe', sessionType: 7 };

    it.each<[string, 'none' | 'ordinary' | 'admin', object, number, object]>([
      [
        'a malformed field',
        'none',
        { ...nobody, sendID: '', contentType: 99 },
        400,
        { errCode: 400, errMsg: expect.stringContaining('sendID') },
      ],
      ['an unknown content type', 'none', { ...nobody, contentType: 99, content: {} }, 400, { errCode: 404 }],
      ['an impossible member', 'none', { ...nobody, content: { text: [] } }, 400, { errCode: 401 }],
      ['a missing member', 'none', { ...nobody, content: {} }, 400, { errCode: 403 }],
      ['the token', 'none', nobody, 400, { errCode: 400, errMsg: 'parse token failed' }],
      ['the missing right', 'ordinary', nobody, 400, { errCode: 400, errMsg: 'not authorized' }],
      ['the session type', 'admin', { ...nobody, recvID: 'ghost', sendID: 'zoe' }, 200, { errCode: 203 }],
    ])('%s', async (_fault, caller, change, status, body) => {
      const token = { none: undefined, ordinary: await im.tokenOf('ann'), admin }[caller];
      expect(await im.v1(PATH, message(change), token)).toMatchObject({ status, body });
      await expectNothingForZoe();
    });

    it.each([5, 99, -1])('the session type %i is unknown', async (sessionType) => {
      const answer = await send({ recvID: 'zoe', sessionType });
      expect(answer.status).toBe(200);
      expect(answer.body).toMatchObject({ errCode: 203, errMsg: 'unkonwn sessionType', sendTime: 0 });
      await expectNothingForZoe();
    });
  });

  describe('A malformed request', () => {
    it.each<[string, unknown[]]>([
      ['operationID', [undefined, null, '', 5]],
      ['sendID', [undefined, null, '', 5]],
      ['recvID', [undefined, null, '', 5, ['zoe']]],
      ['sessionType', [undefined, null, 0, '1', 1.5]],
      ['senderNickName', [5, {}]],
      ['senderFaceURL', [5]],
      ['senderPlatformID', [8, -1, '1']],
      ['forceList', ['zoe', [5], {}]],
      ['isOnlineOnly', ['true', 1]],
    ])('names %s, whoever sends it', async (field, values) => {
      for (const value of values) {
        for (const token of [admin, 'garbage']) {
          const body = { operationID: 'op', ...message({ recvID: 'zoe' }), [field]: value };
          const answer = await im.post(PATH, body, { token });
          expect(answer.status).toBe(400);
          expect(answer.body).toEqual({ errCode: 400, errMsg: expect.stringMatching(new RegExp(field, 'i')) });
        }
      }
      await expectNothingForZoe();
    });

    const withProto = JSON.stringify({ operationID: 'op', ...message({ recvID: 'zoe' }) }).replace(
      '{',
      '{"__proto__":{},',
    );

    it.each(['', '{', '[]', withProto])('is %j', async (body) => {
      const answer = await im.post(PATH, body, { token: admin, 'content-type': 'application/json' });
      expect(answer.status).toBe(400);
      expect(answer.body).toEqual({ errCode: 400, errMsg: expect.any(String) });
      await expectNothingForZoe();
    });
  });
});
