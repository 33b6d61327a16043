import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Transactions } from '../../../src/database/transactions.js';
import { MessageStore } from '../../../src/messaging/message.store.js';
import { outgoing } from '../../../src/messaging/outgoing.js';
import type { Answer, Im } from '../../support/im.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';
import { statementsOf } from '../../support/statements.js';

const DAY = 86_400_000;
const DAY_ONE = Date.UTC(2024, 0, 31);

describeOnEachDatabase('v3 search_msg', (database) => {
  let im: Im;
  let admin: string;
  let groupID: string;

  beforeAll(async () => {
    im = await startIm({ database });
    admin = await im.adminToken();
    // The names make one chat's ID hold another's user.
    await im.register('ann', 'bob', 'cid', 'ann_x', 'x');
    groupID = await im.group('ann', 'bob');
    await im.v3('/user/user_register', { secret: 'openIM123', users: [{ userID: 'news', appMangerLevel: 3 }] });
    let time = DAY_ONE - 2_000;
    const send = async (text: string, change: object): Promise<void> => {
      const order = { sessionType: 1, contentType: 101, content: { content: text }, senderFaceURL: 'face', ...change };
      time += 1_000;
      const { body } = await im.v3('/msg/send_msg', { sendTime: time, ...order }, admin);
      expect(body).toMatchObject({ errCode: 0 });
    };
    await send('1', { sendID: 'ann', recvID: 'bob' });
    await send('2', { sendID: 'bob', recvID: 'ann' });
    await send('3', { sendID: 'ann', groupID, sessionType: 3 });
    await send('4', { sendID: 'bob', groupID, sessionType: 3, contentType: 118 });
    await send('5', { sendID: 'ann', recvID: 'cid' });
    await send('6', { sendID: 'ann_x', recvID: 'ann' });
    await send('7', { sendID: 'x', recvID: 'ann' });
    const notice = { notificationName: 'n', notificationType: 1, text: 'no' };
    await send('no', { sendID: 'news', recvID: 'ann', sessionType: 4, contentType: 1400, content: notice });
    await send('8', { sendID: 'ann', recvID: 'ann' });
    await send('9', { sendID: 'ann', recvID: 'bob', sendTime: DAY_ONE + DAY });
  });
  afterAll(() => im?.close());

  const search = (filter: object, token = admin): Promise<Answer> =>
    im.v3('/msg/search_msg', { pagination: { pageNumber: 1, showNumber: 100 }, ...filter }, token);
  const texts = async (filter: object): Promise<string> => {
    const { data } = (await search(filter)).body;
    const logs: any[] = (data.chatLogs ?? []).filter(({ chatLog }: any) => chatLog.contentType < 1000);
    return logs.map(({ chatLog }) => JSON.parse(chatLog.content).content).join(' ');
  };

  it.each<[string, object, string]>([
    ['of a sender', { sendID: 'ann' }, '1 3 5 8 9'],
    ['to a user', { recvID: 'ann' }, '2 6 7 8'],
    ['to a user whose name is part of another', { recvID: 'bob' }, '1 9'],
    ['of a sender to a user', { sendID: 'ann', recvID: 'bob' }, '1 9'],
    ['of a sender to himself', { sendID: 'ann', recvID: 'ann' }, '8'],
    ['of a type', { contentType: 118 }, '4'],
    ['of a sender of a type', { sendID: 'bob', contentType: 118 }, '4'],
    ['of single chats', { sessionType: 1 }, '1 2 5 6 7 8 9'],
    ['of a sender in groups', { sendID: 'ann', sessionType: 3 }, '3'],
    ['of a session there is none of', { sessionType: 4 }, ''],
    ['of a day', { sendTime: '2024-01-31' }, '2 3 4 5 6 7 8'],
    ['of the day after', { sendTime: '2024-02-01' }, '9'],
    ['of a sender on a day', { sendID: 'ann', sendTime: '2024-01-31' }, '3 5 8'],
    ['all of them', {}, '1 2 3 4 5 6 7 8 9'],
    ['of nobody', { sendID: 'nobody' }, ''],
  ])('finds those %s, oldest first', async (_case, filter, expected) => {
    expect(await texts(filter)).toBe(expected);
  });

  it('finds those of a group, by a day and by a sender too', async () => {
    expect(await texts({ recvID: groupID })).toBe('3 4');
    expect(await texts({ recvID: groupID, sendTime: '2024-01-31' })).toBe('3 4');
    expect(await texts({ recvID: groupID, sendTime: '2024-01-30' })).toBe('');
    expect(await texts({ recvID: groupID, sendID: 'bob' })).toBe('4');
    expect(await texts({ recvID: groupID, sessionType: 1 })).toBe('');
  });

  it('shows a message of a single chat, every member', async () => {
    const answer = await search({ sendID: 'ann', recvID: 'cid' });
    expect(answer.body).toEqual({
      errCode: 0,
      errMsg: '',
      errDlt: '',
      data: {
        chatLogs: [
          {
            chatLog: {
              serverMsgID: expect.any(String),
              clientMsgID: expect.any(String),
              sendID: 'ann',
              recvID: 'cid',
              groupID: '',
              recvNickname: 'cid',
              senderPlatformID: 0,
              senderNickname: '',
              senderFaceURL: 'face',
              groupName: '',
              sessionType: 1,
              msgFrom: 200,
              contentType: 101,
              content: '{"content":"5"}',
              status: 2,
              sendTime: DAY_ONE + 3_000,
              createTime: expect.any(Number),
              ex: '',
              groupFaceURL: '',
              groupMemberCount: 0,
              seq: 1,
              groupOwner: '',
              groupType: 0,
            },
            isRevoked: false,
          },
        ],
        chatLogsNum: 1,
      },
    });
  });

  it('shows a message of a group with the group', async () => {
    const { chatLogs } = (await search({ recvID: groupID, sendID: 'ann' })).body.data;
    const log = chatLogs.find(({ chatLog }: any) => chatLog.contentType === 101).chatLog;
    expect(log).toMatchObject({
      recvID: groupID,
      groupID,
      recvNickname: '',
      groupName: 'group',
      groupMemberCount: 2,
      groupOwner: 'ann',
      groupType: 2,
      senderFaceURL: 'face',
    });
  });

  it.runIf(database.name === 'SQLite')('reads no table of messages from end to end', async () => {
    const filters = [{}, { sendID: 'ann' }, { recvID: 'ann' }, { recvID: groupID }, { sendTime: '2024-01-31' }];
    const statements = await statementsOf(im, async () => {
      for (const filter of filters) await search(filter);
    });
    const reading = statements.filter((query) => query.includes('im_messages'));
    expect(reading.length).toBeGreaterThan(filters.length);
    for (const query of reading) {
      const plan: { detail: string }[] = await im.get(Transactions).manager.query(
        `EXPLAIN QUERY PLAN ${query}`,
        Array.from(query.matchAll(/\?/g), () => ''),
      );
      expect(plan.map(({ detail }) => detail).join('\n')).not.toMatch(/SCAN im_messages|SCAN "?Message/);
    }
  });

  it('answers in pages, and how many there are', async () => {
    const page = async (pageNumber: number, showNumber: number): Promise<any> =>
      (await search({ sendID: 'ann', contentType: 101, pagination: { pageNumber, showNumber } })).body.data;
    expect(await page(1, 2)).toMatchObject({ chatLogsNum: 5, chatLogs: [{}, {}] });
    expect((await page(3, 2)).chatLogs).toMatchObject([{ chatLog: { content: '{"content":"9"}' } }]);
    for (const past of [await page(4, 2), await page(1, 0)]) expect(past).toEqual({ chatLogsNum: 5, chatLogs: null });
    expect((await im.v3('/msg/search_msg', { sendID: 'ann', contentType: 101 }, admin)).body.data).toEqual({
      chatLogsNum: 5,
      chatLogs: null,
    });
  });

  it.each(['yesterday', '2024-1-31', '2024-02-30', '2024-13-01'])('does not know the day %s', async (sendTime) => {
    const { body } = await search({ sendTime });
    expect(body).toMatchObject({ errCode: 1001, errDlt: expect.stringMatching(/^invalid sendTime/) });
  });

  it('is for administrators', async () => {
    expect((await search({}, await im.tokenOf('ann'))).body).toEqual({
      errCode: 1002,
      errMsg: 'NoPermissionError',
      errDlt: 'user ann is not admin userID',
    });
  });

  it('shows what was written in a message that was revoked', async () => {
    const revoked = await im.v3('/msg/revoke_msg', { conversationID: 'si_ann_cid', seq: 1, userID: 'ann' }, admin);
    expect(revoked.body).toMatchObject({ errCode: 0 });
    expect((await search({ sendID: 'ann', recvID: 'cid' })).body.data).toMatchObject({
      chatLogs: [{ chatLog: { contentType: 101, content: '{"content":"5"}' }, isRevoked: true }],
      chatLogsNum: 1,
    });
  });

  describe('of very many', () => {
    const COUNT = 12_000;
    beforeAll(async () => {
      await im.register('bot');
      const users = Array.from({ length: 3 }, (_, index) => `fan${index}`);
      await im.register(...users);
      for (const recvID of users) {
        const messages = Array.from({ length: COUNT / 3 }, () =>
          // All at one time, so that steps by time have to part what is equal.
          outgoing({
            sendID: 'bot',
            recvID,
            sessionType: 1,
            contentType: 101,
            content: '{}',
            sendTime: DAY_ONE + 9 * DAY,
          }),
        );
        await im.get(Transactions).run(() => im.get(MessageStore).append(messages));
      }
    });

    it.each<[string, object, number]>([
      ['the sender', { sendID: 'bot' }, COUNT],
      ['the receiver', { recvID: 'fan1' }, COUNT / 3],
      ['the day', { sendTime: '2024-02-09' }, COUNT],
    ])('by %s counts each once', async (_case, filter, count) => {
      const { data } = (await search({ ...filter, pagination: { pageNumber: 1, showNumber: 3 } })).body;
      expect(data.chatLogsNum).toBe(count);
      expect(data.chatLogs).toHaveLength(3);
    });
  });
});
