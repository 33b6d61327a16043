import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Transactions } from '../../../src/database/transactions.js';
import { ImEvents } from '../../../src/events/events.js';
import { Conversation } from '../../../src/messaging/conversation.entity.js';
import type { Message } from '../../../src/messaging/message.entity.js';
import { MessagesAccepted } from '../../../src/messaging/message.events.js';
import type { Answer, Im } from '../../support/im.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';
import { statementsOf } from '../../support/statements.js';

const MESSAGE_ID = expect.stringMatching(/^[0-9a-f]{32}$/);
const SENT = { serverMsgID: MESSAGE_ID, clientMsgID: MESSAGE_ID, sendTime: expect.any(Number) };
const argsError = (errDlt: unknown) => ({ errCode: 1001, errMsg: 'ArgsError', errDlt });
const success = (data: unknown) => ({ errCode: 0, errMsg: '', errDlt: '', data });

describeOnEachDatabase('v3 sending for AppServers', (database) => {
  let im: Im;
  let admin: string;
  const accepted: Message[] = [];

  beforeAll(async () => {
    im = await startIm({ database });
    admin = await im.adminToken();
    await im.register('ann', 'bob', 'cid', 'dan');
    im.get(ImEvents).on(MessagesAccepted, 'after-commit', ({ messages }) => {
      accepted.push(...messages);
    });
  });
  afterAll(() => im?.close());

  const byID = (clientMsgID: string): Promise<any[]> => im.rows('im_messages', { clientMsgID });
  const toldOf = (clientMsgID: string): Message[] => accepted.filter((one) => one.clientMsgID === clientMsgID);

  describe('batch_send_msg', () => {
    const batch = (change: object = {}, token = admin): Promise<Answer> =>
      im.v3(
        '/msg/batch_send_msg',
        { sendID: 'ann', content: { content: 'all' }, contentType: 101, sessionType: 1, recvIDs: ['bob'], ...change },
        token,
      );

    it('sends the same message to each, and tells who did not get it', async () => {
      const answer = await batch({ recvIDs: ['bob', 'nobody', 'cid', 'bob'] });
      expect(answer.body).toEqual(
        success({
          results: [
            { ...SENT, recvID: 'bob' },
            { ...SENT, recvID: 'cid' },
          ],
          failedUserIDs: ['nobody'],
        }),
      );
      const [bob, cid] = answer.body.data.results;
      expect(bob.clientMsgID).toBe(cid.clientMsgID);
      expect(bob.serverMsgID).not.toBe(cid.serverMsgID);
      const rows = await byID(bob.clientMsgID);
      expect(rows.map((row) => row.conversationID).sort()).toEqual(['si_ann_bob', 'si_ann_cid']);
    });

    it('says null for nobody', async () => {
      expect((await batch({ recvIDs: [] })).body).toEqual(success({ results: null, failedUserIDs: null }));
      expect((await batch({ recvIDs: ['nobody'] })).body).toEqual(
        success({ results: null, failedUserIDs: ['nobody'] }),
      );
    });

    it('sends once to who is asked for again', async () => {
      const clientMsgID = randomUUID();
      const first = await batch({ recvIDs: ['bob'], clientMsgID });
      const second = await batch({ recvIDs: ['bob', 'cid'], clientMsgID });
      expect(second.body.data.results[0]).toEqual(first.body.data.results[0]);
      expect(await byID(clientMsgID)).toHaveLength(2);
    });

    it('sends to a group once, however many are listed', async () => {
      const groupID = await im.group('ann', 'bob');
      const answer = await batch({ sessionType: 3, groupID, recvIDs: ['bob', 'cid'] });
      const { results } = answer.body.data;
      expect(results).toMatchObject([{ recvID: 'bob' }, { recvID: 'cid' }]);
      expect(await byID(results[0].clientMsgID)).toMatchObject([{ conversationID: `sg_${groupID}`, recvID: groupID }]);
    });

    it('heeds what each receiver wants', async () => {
      const users = [
        { userID: 'deaf', globalRecvMsgOpt: 1 },
        { userID: 'calm', globalRecvMsgOpt: 2 },
      ];
      await im.v3('/user/user_register', { secret: 'openIM123', users });
      await im.register('shy', 'choosy', 'picky');
      await im.v1('/friend/add_blacklist', { uid: 'ann', ownerUid: 'shy' }, admin);
      await batch({ recvIDs: ['choosy', 'picky'] });
      const { manager } = im.get(Transactions);
      await manager.update(Conversation, { ownerUserID: 'choosy' }, { recvMsgOpt: 1 });
      await manager.update(Conversation, { ownerUserID: 'picky' }, { recvMsgOpt: 2 });
      const { data } = (await batch({ recvIDs: ['deaf', 'calm', 'shy', 'choosy', 'picky', 'ann'] })).body;
      expect(data.failedUserIDs).toEqual(['deaf', 'shy', 'choosy']);
      const rows = await byID(data.results[0].clientMsgID);
      expect(Object.fromEntries(rows.map((row) => [row.recvID, JSON.parse(row.options)]))).toEqual({
        ann: {},
        calm: { offlinePush: false },
        picky: { offlinePush: false },
      });
    });

    it('takes a handful of statements', async () => {
      const users = Array.from({ length: 400 }, (_, index) => ({ userID: `many${index}` }));
      await im.v3('/user/user_register', { secret: 'openIM123', users });
      const statements = await statementsOf(im, () => batch({ recvIDs: users.map(({ userID }) => userID) }));
      expect(statements.length).toBeLessThan(40);
    });

    it('sends to thousands', async () => {
      const users = Array.from({ length: 1_200 }, (_, index) => ({ userID: `crowd${index}` }));
      await im.v3('/user/user_register', { secret: 'openIM123', users });
      const answer = await batch({ recvIDs: users.map(({ userID }) => userID) });
      expect(answer.body.data.results).toHaveLength(1_200);
      expect(await byID(answer.body.data.results[0].clientMsgID)).toHaveLength(1_200);
    });

    it.each<[string, object]>([
      ['recvIDs', { recvIDs: undefined }],
      ['recvIDs', { recvIDs: 'bob' }],
      ['recvIDs', { recvIDs: Array.from({ length: 10_001 }, () => 'bob') }],
      ['groupID', { sessionType: 3 }],
      ['content', { content: undefined }],
    ])('is refused without a good %s, with HTTP 400', async (named, change) => {
      const answer = await batch(change);
      expect(answer).toMatchObject({ status: 400, body: argsError(expect.stringContaining(named)) });
    });

    it('is refused when the sender is no notification account', async () => {
      const content = { notificationName: 'n', notificationType: 1, text: 't' };
      const answer = await batch({ sessionType: 4, contentType: 1400, content });
      expect(answer.body).toMatchObject({ errCode: 1002 });
    });

    it.each<[string, object, object]>([
      ['in a group', { sessionType: 3, groupID: 'g' }, argsError(expect.stringContaining('isSendAll'))],
      ['of an unknown session', { sessionType: 9 }, argsError('unknown sessionType')],
      ['of nobody', { sendID: 'nobody' }, { errCode: 1004, errMsg: 'RecordNotFoundError', errDlt: 'userID not found' }],
    ])('to everybody is refused at once: %s', async (_case, change, body) => {
      expect((await batch({ ...change, isSendAll: true, recvIDs: [] })).body).toEqual(body);
      expect(await im.rows('im_jobs', { ownerUserID: 'nobody' })).toEqual([]);
    });

    it('to everybody goes on in the background, and tells how far it is', async () => {
      const clientMsgID = randomUUID();
      const started = await batch({ recvIDs: [], isSendAll: true, clientMsgID });
      expect(started.body).toEqual(success({ results: null, failedUserIDs: null, jobID: MESSAGE_ID }));
      const { jobID } = started.body.data;
      expect((await batch({ recvIDs: [], isSendAll: true, clientMsgID })).body.data.jobID).toBe(jobID);
      const all = (await im.rows('im_users', {})).length;
      await expect
        .poll(async () => (await im.v3('/msg/get_send_job', { jobID }, admin)).body, { timeout: 20_000 })
        .toEqual(
          success({
            jobID,
            state: 'finished',
            total: all,
            done: all,
            // deaf, shy and choosy.
            failed: 3,
            startTime: expect.any(Number),
            endTime: expect.any(Number),
          }),
        );
      const receivers = (await byID(clientMsgID)).map((row) => row.recvID);
      expect(new Set(receivers).size).toBe(all - 3);
      expect(receivers).toHaveLength(all - 3);
      expect(await im.rows('im_jobs', { id: jobID })).toMatchObject([{ payload: '' }]);
    });

    it('ends with its sender', async () => {
      await im.register('leaver');
      const { jobID } = (await batch({ sendID: 'leaver', recvIDs: [], isSendAll: true })).body.data;
      await im.v1('/manager/delete_user', { deleteUidList: ['leaver'] }, admin);
      expect((await im.v3('/msg/get_send_job', { jobID }, admin)).body).toMatchObject({
        errCode: 1004,
        errMsg: 'RecordNotFoundError',
      });
    });
  });

  describe('send_business_notification', () => {
    const notify = (change: object = {}, token = admin): Promise<Answer> =>
      im.v3(
        '/msg/send_business_notification',
        { sendUserID: 'ann', recvUserID: 'bob', key: 'order', data: '{"paid":true}', ...change },
        token,
      );

    it('is a passing signal unless more is asked for', async () => {
      const answer = await notify();
      expect(answer.body).toEqual(success(SENT));
      const { clientMsgID } = answer.body.data;
      const [signal] = toldOf(clientMsgID);
      expect(signal).toMatchObject({
        conversationID: 'n_ann_bob',
        contentType: 2001,
        msgFrom: 200,
        sessionType: 1,
        seq: 0,
        content: JSON.stringify({ detail: JSON.stringify({ key: 'order', data: '{"paid":true}' }) }),
      });
      expect(JSON.parse(signal.options)).toMatchObject({ isNotNotification: false, isSendMsg: false, history: false });
      expect(await byID(clientMsgID)).toEqual([]);
    });

    it('is stored as a signal, and in the chat, as asked for', async () => {
      const { clientMsgID } = (await notify({ reliabilityLevel: 2, sendMsg: true })).body.data;
      const rows = await byID(clientMsgID);
      expect(rows.map((row) => row.conversationID).sort()).toEqual(['n_ann_bob', 'si_ann_bob']);
      expect(toldOf(clientMsgID).map((one) => one.conversationID)).toEqual(['n_ann_bob', 'si_ann_bob']);
    });

    it('goes to groups that exist, and to users who do not', async () => {
      const groupID = await im.group('ann', 'bob');
      const { clientMsgID } = (await notify({ recvUserID: '', recvGroupID: groupID, sendMsg: true })).body.data;
      expect(await byID(clientMsgID)).toMatchObject([
        { conversationID: `sg_${groupID}`, groupID, recvID: groupID, sessionType: 3 },
      ]);
      expect((await notify({ sendUserID: 'nobody', recvUserID: 'nobody2', sendMsg: true })).body).toEqual(
        success(SENT),
      );
      expect((await notify({ recvUserID: '', recvGroupID: 'none' })).body).toMatchObject({ errCode: 1004 });
    });

    it('has one receiver', async () => {
      for (const change of [{ recvUserID: '' }, { recvGroupID: 'g' }]) {
        for (const token of [admin, await im.tokenOf('bob')]) {
          const answer = await notify(change, token);
          expect(answer).toMatchObject({
            status: 200,
            body: argsError(
              expect.stringMatching(/^recvUserID and recvGroupID cannot be (empty|set) at the same time$/),
            ),
          });
        }
      }
    });

    it.each([{ sendUserID: '' }, { sendUserID: 'x'.repeat(65) }, { recvUserID: 'x'.repeat(65) }, { sendMsg: 'yes' }])(
      'is refused with HTTP 400: %j',
      async (change) => {
        expect(await notify(change)).toMatchObject({ status: 400, body: { errCode: 1001 } });
      },
    );

    it('is for administrators', async () => {
      expect((await notify({}, await im.tokenOf('ann'))).body).toEqual({
        errCode: 1002,
        errMsg: 'NoPermissionError',
        errDlt: 'user ann is not admin userID',
      });
    });
  });

  describe('send_simple_msg', () => {
    const keyOf = (key: unknown) => Buffer.from(typeof key === 'string' ? key : JSON.stringify(key)).toString('base64');
    const reply = (key: string | undefined, body: object, token: string): Promise<Answer> =>
      im.v3(`/msg/send_simple_msg${key === undefined ? '' : `?key=${encodeURIComponent(key)}`}`, body, token);
    const fromAnn = keyOf({ sendID: 'ann', recvID: 'bob', groupID: '' });

    it('answers in a single chat, as who was written to', async () => {
      const operationID = randomUUID();
      const token = await im.tokenOf('bob');
      const answer = await im.post(
        `/msg/send_simple_msg?key=${fromAnn}`,
        { content: 'thanks' },
        { operationID, token },
      );
      expect(answer.body).toEqual(success(SENT));
      expect(await byID(answer.body.data.clientMsgID)).toMatchObject([
        {
          conversationID: 'si_ann_bob',
          sendID: 'bob',
          recvID: 'ann',
          contentType: 118,
          content: '{"content":"thanks"}',
          msgFrom: 100,
          senderPlatformID: 10,
          senderNickname: 'bob',
        },
      ]);
      const status = await im.post('/msg/check_msg_is_send_success', {}, { operationID, token });
      expect(status.body.data).toEqual({ status: 2 });
    });

    it('answers in a group, as who is named', async () => {
      const groupID = await im.group('ann', 'bob');
      const key = keyOf({ sendID: 'ann', recvID: '', groupID });
      const answer = await reply(key, { sendID: 'bob', content: 'thanks' }, admin);
      expect(await byID(answer.body.data.clientMsgID)).toMatchObject([
        { conversationID: `sg_${groupID}`, sendID: 'bob' },
      ]);
      expect((await reply(key, { content: 'x' }, admin)).body).toEqual(argsError('missing sendID'));
    });

    it('is for that user and for administrators', async () => {
      for (const caller of ['ann', 'cid']) {
        const answer = await reply(fromAnn, { content: 'x' }, await im.tokenOf(caller));
        expect(answer.body).toMatchObject({ errCode: 1002, errMsg: 'NoPermissionError' });
      }
      expect((await reply(fromAnn, { content: 'x' }, admin)).body).toMatchObject({ errCode: 0 });
    });

    it.each<[string, string | undefined, string]>([
      ['no key', undefined, 'missing key in query'],
      ['a key that is no base64', '{"sendID"', 'key is not valid base64'],
      ['a key that is no JSON', keyOf('{'), 'key is not valid JSON'],
      ['a key that is no object', keyOf('null'), 'key is not a JSON object'],
      ['a key with a number for an ID', keyOf({ sendID: 5 }), 'sendID in key must be a string'],
      ['a key without the sender', keyOf({ recvID: 'bob' }), 'missing recvID or GroupID'],
      ['a key without the receiver', keyOf({ sendID: 'ann' }), 'missing sendID'],
    ])('is refused with %s', async (_case, key, errDlt) => {
      expect(await reply(key, { content: 'x' }, admin)).toMatchObject({ status: 200, body: argsError(errDlt) });
    });

    it('is refused without content, with HTTP 400', async () => {
      expect(await reply(fromAnn, {}, admin)).toMatchObject({ status: 400, body: { errCode: 1001 } });
    });

    it('is refused for a sender who is gone', async () => {
      const key = keyOf({ sendID: 'ann', recvID: 'gone' });
      expect((await reply(key, { content: 'x' }, admin)).body).toMatchObject({ errCode: 1004 });
    });
  });
});
