import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemActor } from '../../../src/core/actor.js';
import { insertRows } from '../../../src/database/bulk.js';
import { Transactions } from '../../../src/database/transactions.js';
import { type History, HistoryService } from '../../../src/messaging/history/history.service.js';
import { Message } from '../../../src/messaging/message.entity.js';
import { outgoing } from '../../../src/messaging/outgoing.js';
import { Sequence } from '../../../src/messaging/sequence.entity.js';
import { messageData } from '../../../src/messaging/wire/message.view.js';
import { protobufType } from '../../../src/protobuf/protobuf.js';
import { type HistoryTalk, historyTalk } from '../../support/history.js';
import type { Im } from '../../support/im.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';

const LARGE = 131_072;
const COUNT = 300;
const ID = 'si_ann_bob';

describeOnEachDatabase('v3 pulling large messages', (database) => {
  let im: Im;
  let talk: HistoryTalk;

  beforeAll(async () => {
    im = await startIm({ database });
    talk = historyTalk(im);
    await im.register('ann', 'bob', 'cid');
    await talk.say('ann', { recvID: 'bob' });
    await talk.say('cid', { recvID: 'bob' });
    const { manager } = im.get(Transactions);
    const content = JSON.stringify({ content: 'x'.repeat(LARGE - 20) });
    const template = { sendID: 'ann', recvID: 'bob', sessionType: 1 as const, contentType: 101, content };
    for (let seq = 2; seq <= COUNT; seq += 50) {
      const some = Array.from({ length: Math.min(50, COUNT - seq + 1) }, (_, i) => seq + i);
      await insertRows(
        manager,
        Message,
        some.map((one): Message => ({ ...outgoing(template).message, seq: one })),
      );
    }
    await manager.update(Sequence, { conversationID: ID }, { maxSeq: COUNT });
  });
  afterAll(() => im.close());

  const bytes = (messages: any[]) =>
    messages.reduce((sum, { content }) => sum + Buffer.from(content ?? '', 'base64').length, 0);
  const whole = { begin: 1, end: COUNT, num: 1000 };

  it('answers the newest, up to eight megabytes; the rest can be asked for again', async () => {
    const seen: number[] = [];
    for (let end = COUNT, turn = 0; end > 0; turn += 1) {
      expect(turn).toBeLessThan(10);
      const body = { userID: 'bob', seqRanges: [{ conversationID: ID, begin: 1, end, num: 1000 }], order: 1 };
      const { data } = await talk.call('bob', '/msg/pull_msg_by_seq', body);
      const { Msgs, isEnd } = data.msgs[ID];
      expect(bytes(Msgs)).toBeLessThan(10 * 1024 * 1024);
      expect(Msgs.at(-1).seq).toBe(end);
      seen.unshift(...Msgs.map(({ seq }: any) => seq));
      end = Msgs[0].seq - 1;
      expect(isEnd).toBe(end === 0);
    }
    expect(seen).toEqual(Array.from({ length: COUNT }, (_, index) => index + 1));
  });

  it('counts all ranges of a pull together, and leaves out those it does not come to', async () => {
    const seqRanges = [
      { conversationID: ID, ...whole },
      { conversationID: 'si_bob_cid', begin: 1, end: 1, num: 1 },
    ];
    const ask = async (ranges: object[]) =>
      (await talk.call('bob', '/msg/pull_msg_by_seq', { userID: 'bob', seqRanges: ranges, order: 0 })).data.msgs;
    expect(Object.keys(await ask(seqRanges))).toEqual([ID]);
    expect(Object.keys(await ask(seqRanges.toReversed())).toSorted()).toEqual([ID, 'si_bob_cid']);
    const twice = await ask([seqRanges[0], seqRanges[0]]);
    expect(bytes(twice[ID].Msgs)).toBeLessThan(10 * 1024 * 1024);
  });

  it('does so for lists of seqs, too', async () => {
    const seqs = Array.from({ length: COUNT }, (_, index) => index + 1);
    const asked = { userID: 'bob', conversations: [{ conversationID: ID, seqs }], descending: false };
    const [{ messages }] = await im.get(HistoryService).pullBySeqs(systemActor(), asked);
    expect(messages.reduce((sum, { content }) => sum + (content?.length ?? 0), 0)).toBeLessThan(10 * 1024 * 1024);
    expect(messages.at(-1)?.seq).toBe(COUNT);
  });

  describe('for a client that takes a megabyte', () => {
    const bound = { maxBytes: 1024 * 1024 };
    const service = () => im.get(HistoryService);
    const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
    const seqsOf = ({ messages }: History) => messages.map(({ seq }) => seq);
    /** What the answer takes in protobuf. */
    const encoded = (histories: readonly History[]): number => {
      const view = ({ messages, isEnd, endSeq }: History) => ({ Msgs: messages.map(messageData), isEnd, endSeq });
      const msgs = Object.fromEntries(histories.map((one) => [one.conversationID, view(one)]));
      return protobufType('GetSeqMessageResp').encode({ msgs }).length;
    };
    /** Stores messages after those of a new chat of two. */
    async function chat(name: string, ...messages: Partial<Message>[]): Promise<string> {
      const [sendID, recvID] = [`${name}1`, `${name}2`];
      await im.register(sendID, recvID);
      const { conversationID } = await talk.say(sendID, { recvID });
      const rows = messages.map((one, index): Message => {
        const order = { sendID, recvID, sessionType: 1 as const, contentType: 101, content: '{"content":"hi"}' };
        return { ...outgoing(order).message, seq: index + 2, ...one };
      });
      const { manager } = im.get(Transactions);
      await insertRows(manager, Message, rows);
      await manager.update(Sequence, { conversationID }, { maxSeq: rows.length + 1 });
      return conversationID;
    }

    it('every answer fits, and all that there is comes, from the newest on', async () => {
      const seen: number[] = [];
      for (let end = COUNT; end > 0;) {
        const ranges = [{ conversationID: ID, begin: 1, end, num: 100 }];
        const histories = await service().pull(systemActor(), { userID: 'bob', ranges, descending: true }, bound);
        const [history] = histories;
        expect(encoded(histories)).toBeLessThan(bound.maxBytes);
        expect(seqsOf(history).length).toBeGreaterThanOrEqual(Math.min(7, end));
        seen.unshift(...seqsOf(history));
        end = history.messages[0].seq - 1;
        expect(history.isEnd).toBe(end === 0);
      }
      expect(seen).toEqual(upTo(COUNT));
    });

    it('a list of seqs comes from its end, and no end is told of until all of it came', async () => {
      const pull = async (seqs: number[], descending: boolean): Promise<History> => {
        const asked = { userID: 'bob', conversations: [{ conversationID: ID, seqs }], descending };
        const histories = await service().pullBySeqs(systemActor(), asked, bound);
        expect(encoded(histories)).toBeLessThan(bound.maxBytes);
        return histories[0];
      };
      const { manager } = im.get(Transactions);
      await manager.update(Sequence, { conversationID: ID }, { minSeq: 280 });
      try {
        let missing = [279, ...upTo(21).map((one) => one + 279)];
        const ends: boolean[] = [];
        for (let turn = 0; missing.some((seq) => seq > 279); turn += 1) {
          expect(turn).toBeLessThan(10);
          const history = await pull(missing, true);
          expect(history.messages.at(-1)?.seq).toBe(missing.at(-1));
          expect(history.endSeq).toBe(history.isEnd ? 280 : 0);
          ends.push(history.isEnd);
          missing = missing.filter((seq) => !seqsOf(history).includes(seq));
        }
        expect(ends).toEqual([false, false, true]);
        expect(await pull([...upTo(20).map((one) => one + 280), 301], false)).toMatchObject({
          isEnd: false,
          endSeq: 0,
        });
        expect(await pull([300, 301], false)).toMatchObject({ isEnd: true, endSeq: COUNT });
      } finally {
        await manager.update(Sequence, { conversationID: ID }, { minSeq: 0 });
      }
    });

    it('all texts of a message count', async () => {
      const long = (length: number) => 'x'.repeat(length);
      const push = { title: long(1024), desc: long(4096), ex: long(4096), signalInfo: long(4096) };
      const full = {
        content: long(LARGE),
        ex: long(65_536),
        attachedInfo: long(65_536),
        atUserIDList: JSON.stringify(Array<string>(1_000).fill(long(63))),
        offlinePushInfo: JSON.stringify(push),
      };
      const conversationID = await chat('full', ...upTo(10).map(() => full));
      const ranges = [{ conversationID, begin: 1, end: 11, num: 11 }];
      const histories = await service().pull(systemActor(), { userID: 'full1', ranges, descending: false }, bound);
      expect(seqsOf(histories[0])).toEqual([9, 10, 11]);
      expect(histories[0].isEnd).toBe(true);
      expect(encoded(histories)).toBeLessThan(bound.maxBytes);
    });

    it('a message counts as it is shown: who revoked it is told, and its notes with it', async () => {
      const revocation = JSON.stringify({ userID: 'wild1', role: 1, nickname: 'wild1', time: 1 });
      const wild = { ex: '\u0001'.repeat(65_536), revocation };
      const conversationID = await chat('wild', ...upTo(10).map(() => wild));
      const ranges = [{ conversationID, begin: 1, end: 11, num: 11 }];
      const histories = await service().pull(systemActor(), { userID: 'wild1', ranges, descending: true }, bound);
      expect(seqsOf(histories[0])).toEqual([11]);
      expect(histories[0].isEnd).toBe(false);
      expect(encoded(histories)).toBeGreaterThan(bound.maxBytes / 3);
      expect(encoded(histories)).toBeLessThan(bound.maxBytes);
    });

    it('one message is answered however long it is', async () => {
      const least = { maxBytes: 1 };
      const ranges = [{ conversationID: ID, begin: 1, end: 10, num: 10 }];
      const [range] = await service().pull(systemActor(), { userID: 'bob', ranges, descending: true }, least);
      expect([seqsOf(range), range.isEnd]).toEqual([[10], false]);
      const conversations = [
        { conversationID: ID, seqs: [3, 2] },
        { conversationID: 'si_bob_cid', seqs: [1] },
        { conversationID: 'sg_nowhere', seqs: [1] },
      ];
      const asked = { userID: 'bob', conversations, descending: true };
      const lists = await service().pullBySeqs(systemActor(), asked, least);
      expect(lists.map(seqsOf)).toEqual([[2], [], []]);
    });

    it('the newest messages of some conversations come, and always one', async () => {
      const ids = await Promise.all(
        upTo(10).map((one) =>
          chat(`last${one}`, { content: 'x'.repeat(LARGE), recvID: 'eve', ex: 'x'.repeat(30_000) }),
        ),
      );
      await im.register('eve');
      const { manager } = im.get(Transactions);
      for (const conversationID of ids) {
        await manager.query(
          'UPDATE im_conversations SET ownerUserID = ? WHERE conversationID = ? AND ownerUserID LIKE ?',
          ['eve', conversationID, '%2'],
        );
      }
      const asked = { userID: 'eve', conversationIDs: ids };
      const last = await service().pullLast(systemActor(), asked, bound);
      expect(last.size).toBe(6);
      const msgs = Object.fromEntries([...last].map(([id, message]) => [id, messageData(message)]));
      expect(protobufType('GetLastMessageResp').encode({ msgs }).length).toBeLessThan(bound.maxBytes);
      expect((await service().pullLast(systemActor(), asked, { maxBytes: 1 })).size).toBe(1);
      expect((await service().pullLast(systemActor(), asked)).size).toBe(10);
    });
  });
});
