import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer, Im } from '../../support/im.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';

const MESSAGE_ID = expect.stringMatching(/^[0-9a-f]{32}$/);
const argsError = (errDlt: unknown) => ({ errCode: 1001, errMsg: 'ArgsError', errDlt });
const notFound = (errDlt: unknown) => ({ errCode: 1004, errMsg: 'RecordNotFoundError', errDlt });
const NAMED = (member: string) => expect.stringContaining(member);

describeOnEachDatabase('v3 send_msg', (database) => {
  let im: Im;
  let admin: string;

  beforeAll(async () => {
    im = await startIm({ database });
    admin = await im.adminToken();
    await im.register('ann', 'bob', 'cid', 'zoe');
    const account = { userID: 'news', nickname: 'News', appMangerLevel: 3 };
    await im.v3('/user/user_register', { secret: 'openIM123', users: [account] });
  });
  afterAll(() => im?.close());

  const message = (change: object = {}) => ({
    sendID: 'ann',
    recvID: 'bob',
    senderNickname: 'Ann',
    senderFaceURL: 'http://ann',
    senderPlatformID: 2,
    content: { content: 'hello' },
    contentType: 101,
    sessionType: 1,
    ...change,
  });
  const send = (change: object = {}, token = admin): Promise<Answer> => im.v3('/msg/send_msg', message(change), token);
  const stored = async (clientMsgID: string): Promise<any[]> => im.rows('im_messages', { clientMsgID });
  const sent = async (change: object = {}): Promise<any> => {
    const answer = await send(change);
    expect(answer.body).toMatchObject({ errCode: 0 });
    const [row] = await stored(answer.body.data.clientMsgID);
    return row;
  };
  async function expectNothingForZoe(): Promise<void> {
    expect(await im.rows('im_messages', { recvID: 'zoe' })).toEqual([]);
    expect(await im.rows('im_conversations', { ownerUserID: 'zoe' })).toEqual([]);
  }

  describe('to a user', () => {
    it('answers IDs and time, and stores the message as it was given', async () => {
      const before = Date.now();
      const push = { title: 't', desc: 'd', iOSBadgeCount: true };
      const answer = await send({ ex: 'x', offlinePushInfo: push });
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual({
        errCode: 0,
        errMsg: '',
        errDlt: '',
        data: { serverMsgID: MESSAGE_ID, clientMsgID: MESSAGE_ID, sendTime: expect.any(Number) },
      });
      const { serverMsgID, clientMsgID, sendTime } = answer.body.data;
      expect(sendTime).toBeGreaterThanOrEqual(before);
      const [row] = await stored(clientMsgID);
      expect(row).toMatchObject({
        conversationID: 'si_ann_bob',
        sendID: 'ann',
        recvID: 'bob',
        groupID: '',
        serverMsgID,
        senderPlatformID: 2,
        senderNickname: 'Ann',
        senderFaceURL: 'http://ann',
        sessionType: 1,
        msgFrom: 200,
        contentType: 101,
        content: '{"content":"hello"}',
        options: '{}',
        ex: 'x',
      });
      expect(JSON.parse(row.offlinePushInfo)).toEqual({ ex: '', iOSPushSound: '', signalInfo: '', ...push });
    });

    it('keeps a time of the sender', async () => {
      expect(Number((await sent({ sendTime: 1_600_000_000_000 })).sendTime)).toBe(1_600_000_000_000);
    });

    it('is answered again when it is sent again, and stored once', async () => {
      const clientMsgID = randomUUID();
      const answers = await Promise.all(Array.from({ length: 5 }, () => send({ clientMsgID })));
      const again = await send({ clientMsgID, content: { content: 'other' } });
      for (const answer of [...answers, again]) expect(answer.body).toEqual(answers[0].body);
      expect(answers[0].body.data.clientMsgID).toBe(clientMsgID);
      expect(await stored(clientMsgID)).toMatchObject([{ content: '{"content":"hello"}' }]);
    });

    it('is stored as Go would write it, unknown members too', async () => {
      const row = await sent({ content: { z: [1, { b: null, a: 1.0 }], content: '<é>&', 'a b': true } });
      expect(row.content).toBe('{"a b":true,"content":"\\u003cé\\u003e\\u0026","z":[1,{"a":1,"b":null}]}');
    });

    it('for those online only is not stored', async () => {
      const answer = await send({ recvID: 'zoe', isOnlineOnly: true });
      expect(answer.body).toMatchObject({ errCode: 0, data: { clientMsgID: MESSAGE_ID } });
      await expectNothingForZoe();
    });

    it('without offline push says so', async () => {
      expect(JSON.parse((await sent({ notOfflinePush: true })).options)).toEqual({ offlinePush: false });
    });
  });

  describe('is refused', () => {
    it.each<[string, object, string]>([
      ['without sendID', { sendID: '' }, 'sendID'],
      ['without recvID', { recvID: undefined }, 'recvID'],
      ['without recvID from a notification account', { recvID: '', sessionType: 4, contentType: 1400 }, 'recvID'],
      ['without groupID', { sessionType: 3 }, 'groupID'],
      ['without groupID in an old group', { sessionType: 2 }, 'groupID'],
      ['without sessionType', { sessionType: 0 }, 'sessionType'],
      ['without contentType', { contentType: 0 }, 'contentType'],
      ['without content', { content: null }, 'content'],
      ['with text for content', { content: 'hello' }, 'content'],
      ['with a number for sendID', { sendID: 5 }, 'sendID'],
      ['with text for sendTime', { sendTime: '1' }, 'sendTime'],
      ['with a time in nanoseconds', { sendTime: 1_700_000_000_000_000_000 }, 'sendTime'],
    ])('%s, with HTTP 400', async (_case, change, named) => {
      const answer = await send({ recvID: 'zoe', ...change });
      expect(answer.status).toBe(400);
      expect(answer.body).toEqual(argsError(NAMED(named)));
    });

    it('as a body that is none, with HTTP 400', async () => {
      for (const body of ['', '{', '[]']) {
        const answer = await im.post('/msg/send_msg', body, { operationID: 'x', token: admin });
        expect(answer).toMatchObject({ status: 400, body: argsError(expect.any(String)) });
      }
    });

    it.each<[string, object, object]>([
      ['with a content type that cannot be sent', { contentType: 107 }, argsError(NAMED('contentType'))],
      ['in an old group', { sessionType: 2, groupID: 'g' }, argsError('unknown sessionType')],
      ['with an unknown sessionType', { sessionType: 9 }, argsError('unknown sessionType')],
      [
        'as an ordinary message from a notification account',
        { sessionType: 4 },
        argsError('notification msg must have correct session type and content type'),
      ],
      ['with a content that lacks its text', { content: {} }, argsError(NAMED('content.content'))],
      ['to nobody', { recvID: 'nobody' }, notFound('userID not found')],
      ['from nobody', { sendID: 'nobody' }, notFound('userID not found')],
      ['from an ID too long', { sendID: 'x'.repeat(65) }, argsError(NAMED('sendID'))],
    ])('%s, with HTTP 200', async (_case, change, body) => {
      const answer = await send({ recvID: 'zoe', ...change });
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual(body);
      await expectNothingForZoe();
    });

    it('to all but administrators', async () => {
      const answer = await send({ recvID: 'zoe' }, await im.tokenOf('ann'));
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual({
        errCode: 1002,
        errMsg: 'NoPermissionError',
        errDlt: 'only app manager can send message',
      });
      await expectNothingForZoe();
    });
  });

  describe('and what the receiver wants', () => {
    it('is refused by who blocks the sender, but not from system accounts', async () => {
      await im.register('shy');
      for (const black of ['ann', 'news', 'openIM654321']) {
        await im.v1('/friend/add_blacklist', { uid: black, ownerUid: 'shy' }, admin);
      }
      expect((await send({ recvID: 'shy' })).body).toMatchObject({ errCode: 1302, errMsg: 'BlockedByPeer' });
      expect(await im.rows('im_messages', { recvID: 'shy' })).toEqual([]);
      for (const sendID of ['news', 'openIM654321']) await sent({ sendID, recvID: 'shy' });
    });

    it('is refused by who receives nothing, comes without push to who wants none', async () => {
      const users = [
        { userID: 'deaf', globalRecvMsgOpt: 1 },
        { userID: 'calm', globalRecvMsgOpt: 2 },
      ];
      await im.v3('/user/user_register', { secret: 'openIM123', users });
      for (const sendID of ['ann', 'openIM123456']) {
        expect((await send({ sendID, recvID: 'deaf' })).body).toEqual(argsError('message is not sent'));
      }
      expect(JSON.parse((await sent({ recvID: 'calm' })).options)).toEqual({ offlinePush: false });
    });
  });

  describe('from a notification account', () => {
    const detail = { notificationName: 'News', notificationType: 1, text: 'today', mixType: 0 };
    const notice = (change: object = {}) => ({
      sendID: 'news',
      recvID: 'cid',
      sessionType: 4,
      contentType: 1400,
      content: detail,
      ...change,
    });

    it('is a message of a session of its own, its content told as detail', async () => {
      const row = await sent(notice());
      expect(row).toMatchObject({ conversationID: 'sn_cid_news', sessionType: 4, contentType: 1400 });
      expect(JSON.parse(JSON.parse(row.content).detail)).toEqual(detail);
      expect(await im.rows('im_conversations', { conversationID: 'sn_cid_news' })).toMatchObject([
        { ownerUserID: 'cid', userID: 'news', conversationType: 4 },
      ]);
    });

    it('has session 4 whatever was said', async () => {
      expect(await sent(notice({ sessionType: 1 }))).toMatchObject({ sessionType: 4 });
    });

    it('is not for ordinary users nor for nobody', async () => {
      expect((await send(notice({ sendID: 'ann' }))).body).toEqual({
        errCode: 1002,
        errMsg: 'NoPermissionError',
        errDlt: 'notification messages cannot be sent for this ID',
      });
      expect((await send(notice({ sendID: 'nobody' }))).body).toMatchObject({
        errCode: 1101,
        errMsg: 'UserIDNotFoundError',
      });
    });

    it('is refused to an ID nobody can have', async () => {
      expect((await send(notice({ recvID: 'x'.repeat(65) }))).body).toEqual(argsError(NAMED('recvID')));
    });
  });

  describe('to a group', () => {
    it('is for members and administrators', async () => {
      const groupID = await im.group('ann', 'bob');
      const row = await sent({ recvID: undefined, sessionType: 3, groupID });
      expect(row).toMatchObject({ conversationID: `sg_${groupID}`, groupID, recvID: groupID, sessionType: 3 });
      await sent({ sendID: 'openIM123456', sessionType: 3, groupID });
      const refused = await send({ sendID: 'zoe', sessionType: 3, groupID });
      expect(refused.body).toMatchObject({ errCode: 1203, errMsg: 'NotInGroupYetError' });
      expect((await send({ sessionType: 3, groupID: 'none' })).body).toMatchObject({ errCode: 1004 });
    });
  });

  describe('can be asked about', () => {
    const status = async (operationID: string, token: string): Promise<Answer> =>
      im.post('/msg/check_msg_is_send_success', {}, { operationID, token });

    it('by the caller, under the operationID of the request', async () => {
      for (const more of [{}, { isOnlineOnly: true }]) {
        const operationID = randomUUID();
        expect((await status(operationID, admin)).body.data).toEqual({ status: 0 });
        await im.post('/msg/send_msg', message(more), { operationID, token: admin });
        expect((await status(operationID, admin)).body).toEqual({
          errCode: 0,
          errMsg: '',
          errDlt: '',
          data: { status: 2 },
        });
        expect((await status(operationID, await im.tokenOf('ann'))).body.data).toEqual({ status: 0 });
      }
    });

    it('and was not sent when it was refused', async () => {
      const operationID = randomUUID();
      await im.post('/msg/send_msg', message({ recvID: 'nobody' }), { operationID, token: admin });
      expect((await status(operationID, admin)).body.data).toEqual({ status: 0 });
    });

    it('under one operationID used many times at once', async () => {
      const operationID = 'x'.repeat(5_000);
      const headers = { operationID, token: admin };
      const answers = await Promise.all(Array.from({ length: 20 }, () => im.post('/msg/send_msg', message(), headers)));
      for (const { body } of answers) expect(body).toMatchObject({ errCode: 0 });
      expect((await status(operationID, admin)).body.data).toEqual({ status: 2 });
    });
  });

  it('the clock of the server can be read by everybody', async () => {
    const before = Date.now();
    const answer = await im.v3('/msg/get_server_time', {}, await im.tokenOf('zoe'));
    expect(answer.body).toEqual({ errCode: 0, errMsg: '', errDlt: '', data: { serverTime: expect.any(Number) } });
    expect(answer.body.data.serverTime).toBeGreaterThanOrEqual(before);
  });
});
