import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemActor } from '../../src/core/actor.js';
import { insertRows } from '../../src/database/bulk.js';
import { Transactions } from '../../src/database/transactions.js';
import { Conversation } from '../../src/messaging/conversation.entity.js';
import { HiddenMessage } from '../../src/messaging/history/hidden-message.entity.js';
import { HistoryService } from '../../src/messaging/history/history.service.js';
import { Message } from '../../src/messaging/message.entity.js';
import { outgoing } from '../../src/messaging/outgoing.js';
import { ReadPosition } from '../../src/messaging/read-position.entity.js';
import { Sequence } from '../../src/messaging/sequence.entity.js';
import type { Im } from '../support/im.js';
import { describeOnEachDatabase, startIm } from '../support/server.js';

const CHATS = 150;
const DEPTH = 40;

describeOnEachDatabase('Reading history costs', (database) => {
  let im: Im;
  let transactions: Transactions;
  let statements: { sql: string; values: unknown[] }[] = [];
  const ids = Array.from({ length: CHATS }, (_, i) => `si_ann_peer${i}`);

  beforeAll(async () => {
    im = await startIm({ database, env: { AUDIT_LOG_DAYS: '0' } });
    transactions = im.get(Transactions);
    await im.register('ann', 'zoe');
    await fill();
    const { logger } = transactions.dataSource;
    logger.logQuery = (sql, values = []) => void statements.push({ sql, values: values as unknown[] });
  });
  afterAll(() => im?.close());

  /** Chats with messages of which every tenth is hidden and the newest quotes the second. */
  async function fill(): Promise<void> {
    const { manager } = transactions.dataSource;
    await insertRows(
      manager,
      Conversation,
      ids.map((conversationID, i) => ({
        ownerUserID: 'ann',
        conversationID,
        conversationType: 1,
        userID: `peer${i}`,
        groupID: '',
      })),
    );
    await insertRows(
      manager,
      Sequence,
      ids.map((conversationID) => ({ conversationID, maxSeq: DEPTH, minSeq: 0, maxSeqTime: 1 })),
    );
    const seqs = Array.from({ length: DEPTH }, (_, i) => i + 1);
    await insertRows(
      manager,
      Message,
      ids.flatMap((conversationID, i) =>
        seqs.map((seq): Message => {
          const quote = { contentType: 114, content: '{"text":"yes","quoteMessage":{"seq":2,"contentType":101}}' };
          const text = { contentType: 101, content: '{"content":"hi"}' };
          const said = {
            sendID: `peer${i}`,
            recvID: 'ann',
            sessionType: 1 as const,
            ...(seq === DEPTH ? quote : text),
          };
          return { ...outgoing(said).message, conversationID, seq };
        }),
      ),
    );
    await insertRows(
      manager,
      HiddenMessage,
      ids.flatMap((conversationID) => [10, 20, 30].map((seq) => ({ userID: 'ann', conversationID, seq }))),
    );
  }

  /** Statements a read makes. */
  async function counted<T>(read: () => Promise<T>): Promise<{ result: T; count: number }> {
    statements = [];
    const result = await read();
    return { result, count: statements.length };
  }

  const pull = (num: number, some = ids.slice(0, 100)) =>
    im.get(HistoryService).pull(systemActor(), {
      userID: 'ann',
      ranges: some.map((conversationID) => ({ conversationID, begin: 1, end: DEPTH, num })),
      descending: false,
    });

  describe('a handful of statements, however many conversations:', () => {
    it('a pull of a hundred ranges', async () => {
      const cold = await counted(() => pull(1));
      expect(cold.result).toHaveLength(100);
      expect(cold.result.every(({ messages: [{ seq }] }) => seq === DEPTH)).toBe(true);
      // Conversations, counters, messages, what is hidden, what is quoted.
      expect(cold.count).toBe(5);
      expect((await counted(() => pull(1))).count).toBe(4);
      expect((await counted(() => pull(1, ids.slice(0, 1)))).count).toBe(4);
    });

    it('a pull of a hundred lists of seqs', async () => {
      const conversations = ids.slice(0, 100).map((conversationID) => ({ conversationID, seqs: [1, 10, 7] }));
      const { result, count } = await counted(() =>
        im.get(HistoryService).pullBySeqs(systemActor(), { userID: 'ann', conversations, descending: true }),
      );
      expect(result).toHaveLength(100);
      expect(result[99].messages.map(({ seq, status }) => [seq, status])).toEqual([
        [1, 2],
        [10, 4],
        [7, 2],
      ]);
      // Counters, three slices of messages, what is hidden.
      expect(count).toBeLessThanOrEqual(5);
    });

    it('the last messages, and the read states, of all chats', async () => {
      const last = await counted(() => im.get(HistoryService).lastMessages('ann', ids));
      expect(last.result.size).toBe(CHATS);
      // Conversations, counters, newest seqs, two slices of messages, what is hidden, what is quoted.
      expect(last.count).toBeLessThanOrEqual(7);
      const asked = { userID: 'ann', conversationIDs: [], withPinned: true };
      const states = await counted(() => im.get(HistoryService).readStates(systemActor(), asked));
      expect(states.result.states).toHaveLength(CHATS);
      expect(states.count).toBe(3);
      expect((await counted(() => im.get(HistoryService).newestSeqs(systemActor(), 'ann'))).count).toBe(2);
    });
  });

  it('at most two thousand messages of one pull; the rest is left out or cut', async () => {
    const histories = await pull(1000);
    const sizes = histories.map(({ messages }) => messages.length);
    expect(sizes).toEqual(Array.from({ length: 50 }, () => DEPTH));
  });

  it('no more than what is asked for: an index serves each statement', async () => {
    await counted(async () => {
      await pull(3, ids.slice(0, 2));
      await im.get(HistoryService).lastMessages('ann', ids.slice(0, 2));
    });
    const reads = statements.filter(({ sql }) => /im_messages|im_hidden_messages/.test(sql));
    expect(reads.length).toBeGreaterThanOrEqual(7);
    for (const { sql, values } of reads)
      expect(await plan(sql, values), sql).not.toMatch(/\bSCAN im|"type":"(ALL|index)"/);
  });

  /** How the database means to answer, as text. */
  async function plan(sql: string, values: unknown[]): Promise<string> {
    const explain = database.name === 'SQLite' ? 'EXPLAIN QUERY PLAN ' : 'EXPLAIN ';
    return JSON.stringify(await transactions.dataSource.query(explain + sql, values));
  }

  it('a read position rises to the highest that was set, on either engine', async () => {
    const { manager } = transactions.dataSource;
    const at = (hasReadSeq: number) => [{ userID: 'zoe', conversationID: 'si_x', hasReadSeq }];
    for (const seq of [5, 9, 3]) await insertRows(manager, ReadPosition, at(seq), { raise: ['hasReadSeq'] });
    expect(await manager.findBy(ReadPosition, { userID: 'zoe' })).toMatchObject([{ hasReadSeq: 9 }]);
  });
});
