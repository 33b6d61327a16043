import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemActor } from '../../src/core/actor.js';
import { Transactions } from '../../src/database/transactions.js';
import { examine } from '../../src/doctor/examination.js';
import { HistoryService } from '../../src/messaging/history/history.service.js';
import { MessageRetention } from '../../src/messaging/history/message-retention.js';
import { LogRetention } from '../../src/third/log-retention.js';
import { ailments, environmentOf } from '../support/doctor.js';
import { type HistoryTalk, historyTalk, unpacked } from '../support/history.js';
import type { Im } from '../support/im.js';
import { goOnWithChats } from '../support/old-messages.js';
import { describeOnEachDatabase, startIm } from '../support/server.js';

const DAY = 86_400_000;

const now = Date.now();
const LONG_AGO = now - 31 * DAY;
const LATELY = now - 29 * DAY;

describeOnEachDatabase('Messages that are kept for thirty days', (database) => {
  let im: Im;
  let talk: HistoryTalk;
  beforeAll(async () => {
    im = await startIm({ database, env: { MESSAGE_RETENTION_DAYS: '30', LOG_RETENTION_DAYS: '30' } });
    talk = historyTalk(im);
    await im.register('ann', 'bob', 'cid', 'dan');
  });
  afterAll(() => im.close());

  const run = (): Promise<number> => im.get(MessageRetention).run(now);
  const say = (sendTime: number, recvID: string, more: object = {}) =>
    talk.say('ann', { recvID }, { sendTime, ...more });
  const seqsOf = async (conversationID: string): Promise<number[]> =>
    (await im.rows('im_messages', { conversationID })).map(({ seq }) => Number(seq)).toSorted((a, b) => a - b);
  const lowestOf = async (conversationID: string): Promise<number> =>
    Number((await im.rows('im_sequences', { conversationID }))[0].minSeq);
  const complaints = async (): Promise<string[]> => {
    const results = await examine(environmentOf(im), { dense: true, thorough: true });
    return [...ailments(results), ...ailments(results, 'unchecked')];
  };

  it('go when they are older, from the first one on, and what stays is dense', async () => {
    for (const text of ['1', '2', '3']) await say(LONG_AGO, 'bob', { content: JSON.stringify({ content: text }) });
    for (const text of ['4', '5']) await say(LATELY, 'bob', { content: JSON.stringify({ content: text }) });
    await talk.call('bob', '/msg/delete_msgs', {
      userID: 'bob',
      conversationID: 'si_ann_bob',
      seqs: [2, 4],
      deleteSyncOpt: {},
    });
    expect(await im.rows('im_hidden_messages', { userID: 'bob' })).toHaveLength(2);

    expect(await run()).toBe(3);

    expect(await seqsOf('si_ann_bob')).toEqual([4, 5]);
    expect(await lowestOf('si_ann_bob')).toBe(4);
    expect(await im.rows('im_hidden_messages', { userID: 'bob' })).toHaveLength(1);
    expect(await run()).toBe(0);
    expect(await complaints()).toEqual([]);
  });

  it('are answered for as what has expired is: left out of a pull, not unread, and no end is missed', async () => {
    expect(await talk.texts('ann', 'si_ann_bob')).toEqual(['4', '5']);
    expect(await talk.pull('ann', 'si_ann_bob', { begin: 1, end: 3, num: 10 })).toBeUndefined();
    const all = await talk.pull('ann', 'si_ann_bob', { begin: 1, end: 4, num: 10 });
    expect(all.Msgs.map(({ seq }: { seq: number }) => seq)).toEqual([4]);
    const [bySeqs] = await im.get(HistoryService).pullBySeqs(systemActor(), {
      userID: 'ann',
      conversations: [{ conversationID: 'si_ann_bob', seqs: [2, 3, 4] }],
      descending: true,
    });
    expect(bySeqs).toMatchObject({ messages: [{ seq: 4 }], isEnd: true, endSeq: 4 });

    const { data } = await talk.call('bob', '/conversation/get_sorted_conversation_list', {
      userID: 'bob',
      conversationIDs: [],
      pagination: { pageNumber: 1, showNumber: 10 },
    });
    expect(data.conversationElems).toMatchObject([{ conversationID: 'si_ann_bob', unreadCount: 2 }]);
    expect(data.unreadTotal).toBe(2);
  });

  it('leave quotes of them without what they said', async () => {
    await say(LONG_AGO, 'cid', { content: '{"content":"secret"}' });
    const quoteMessage = { seq: 1, contentType: 101, content: '{"content":"secret"}' };
    await say(LATELY, 'cid', { contentType: 114, content: JSON.stringify({ text: 'yes', quoteMessage }) });

    expect(await run()).toBe(1);

    const { Msgs } = await talk.pull('cid', 'si_ann_cid');
    expect(Msgs).toHaveLength(1);
    expect(unpacked(Msgs[0])).toEqual({ text: 'yes', quoteMessage: { seq: 1, contentType: 2101, content: '{}' } });
  });

  it('leave an empty conversation that goes on with the next seq', async () => {
    await say(LONG_AGO, 'dan');
    await say(LONG_AGO, 'dan');
    expect(await run()).toBe(2);
    expect(await lowestOf('si_ann_dan')).toBe(3);
    expect(await talk.pull('dan', 'si_ann_dan')).toBeUndefined();

    await say(now, 'dan', { content: '{"content":"again"}' });

    expect(await talk.texts('dan', 'si_ann_dan')).toEqual(['again']);
    expect(await seqsOf('si_ann_dan')).toEqual([3]);
    expect(await complaints()).toEqual([]);
  });

  it('go also where seqs had no message any more, and where an older one comes after a newer one it waits', async () => {
    await im.register('eve');
    for (const time of [LONG_AGO, LONG_AGO, LONG_AGO, LATELY, LONG_AGO]) await say(time, 'eve');
    const body = { conversationID: 'si_ann_eve', seqs: [1, 3] };
    expect((await talk.call('openIM123456', '/msg/delete_msg_phsical_by_seq', body)).errCode).toBe(0);

    expect(await run()).toBe(1);

    expect(await seqsOf('si_ann_eve')).toEqual([4, 5]);
    expect(await lowestOf('si_ann_eve')).toBe(4);
    expect(await im.get(MessageRetention).run(now + 2 * DAY)).toBeGreaterThanOrEqual(2);
    expect(await seqsOf('si_ann_eve')).toEqual([]);
  });

  it('go once, in many batches, when several processes are at it', async () => {
    const peers = ['p1', 'p2', 'p3', 'p4'];
    await im.register(...peers);
    for (const peer of peers) await say(LONG_AGO, peer);
    const each = 1_234;
    await goOnWithChats(im.get(Transactions).dataSource, each);

    const counts = await Promise.all([run(), run(), run()]);

    expect(counts[0] + counts[1] + counts[2]).toBe(peers.length * each);
    for (const peer of peers) {
      expect(await seqsOf(`si_ann_${peer}`)).toEqual([]);
      expect(await lowestOf(`si_ann_${peer}`)).toBe(each + 1);
    }
    expect(await complaints()).toEqual([]);
  });

  it('are no different from logs of clients, which go as well', async () => {
    const upload = (version: string) =>
      talk.call('ann', '/third/logs/upload', {
        platform: 1,
        fileURLs: [{ filename: 'log', URL: 'http://files.example.com/log' }],
        version,
      });
    for (const version of ['old', 'new']) expect(await upload(version)).toMatchObject({ errCode: 0 });
    const { manager } = im.get(Transactions);
    await manager.query("UPDATE im_client_logs SET createTime = ? WHERE version = 'old'", [LONG_AGO]);

    expect(await im.get(LogRetention).run(now)).toBe(1);

    expect(await im.rows('im_client_logs', {})).toMatchObject([{ version: 'new' }]);
  });
});
