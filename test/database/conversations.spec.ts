import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemActor } from '../../src/core/actor.js';
import { insertRows } from '../../src/database/bulk.js';
import { Transactions } from '../../src/database/transactions.js';
import { Conversation } from '../../src/messaging/conversation.entity.js';
import { ConversationsService } from '../../src/messaging/conversations/conversations.service.js';
import { SortedConversations } from '../../src/messaging/conversations/sorted-conversations.service.js';
import { Message } from '../../src/messaging/message.entity.js';
import { outgoing } from '../../src/messaging/outgoing.js';
import { Sequence } from '../../src/messaging/sequence.entity.js';
import { StatisticsService } from '../../src/statistics/statistics.service.js';
import { write } from '../support/conversations.js';
import type { Im } from '../support/im.js';
import { describeOnEachDatabase, startIm } from '../support/server.js';

const CHATS = 10_000;
const BEGIN = 1_600_000_000_000;

/** A plan that reads a table whole; the list of what is asked for is no table. */
const READ_WHOLE = /\bSCAN (?!json_each)[a-z]|"type":"(ALL|index)"/;

describeOnEachDatabase('Ten thousand conversations', (database) => {
  let im: Im;
  let transactions: Transactions;
  let statements: { sql: string; values: unknown[] }[] = [];

  beforeAll(async () => {
    im = await startIm({ database, env: { AUDIT_LOG_DAYS: '0' } });
    transactions = im.get(Transactions);
    await im.register('ann', 'bob');
    const { manager } = transactions.dataSource;
    const chats = Array.from({ length: CHATS }, (_, i) => ({ conversationID: `si_ann_peer${i}`, peer: `peer${i}`, i }));
    for (const owner of ['ann', 'zoe']) {
      await insertRows(
        manager,
        Conversation,
        chats.map(({ conversationID, peer, i }) => ({
          ownerUserID: owner,
          conversationID: conversationID.replace('ann', owner),
          conversationType: 1,
          userID: peer,
          groupID: '',
          isPinned: i % 1000 === 0,
          createTime: BEGIN + i,
        })),
      );
    }
    // Many of them share a time. Most conversations of the server are others'.
    await insertRows(manager, Sequence, [
      ...chats.map(({ conversationID, i }) => ({
        conversationID,
        maxSeq: 1,
        minSeq: 0,
        maxSeqTime: BEGIN + (i % 100),
      })),
      ...Array.from({ length: 5 * CHATS }, (_, i) => ({
        conversationID: `si_others_${i}`,
        maxSeq: 1,
        minSeq: 0,
        maxSeqTime: BEGIN,
      })),
    ]);
    await insertRows(
      manager,
      Message,
      chats.map(({ peer, i }): Message => {
        const order = {
          sendID: peer,
          recvID: 'ann',
          sessionType: 1 as const,
          contentType: 101,
          content: '{"content":"hi"}',
        };
        return { ...outgoing({ ...order, sendTime: BEGIN + (i % 100) }).message, seq: 1 };
      }),
    );
    if (database.name !== 'SQLite') {
      await manager.query('ANALYZE TABLE im_conversations, im_sequences, im_messages, im_users');
    }
    transactions.dataSource.logger.logQuery = (sql, values = []) => {
      statements.push({ sql, values: values as unknown[] });
    };
  });
  afterAll(() => im?.close());

  /** Runs `work` and answers the statements it took and its milliseconds. */
  async function counted(work: () => Promise<unknown>): Promise<{ count: number; ms: number }> {
    statements = [];
    const begin = performance.now();
    await work();
    return { count: statements.length, ms: performance.now() - begin };
  }

  async function plan({ sql, values }: { sql: string; values: unknown[] }): Promise<string> {
    const explain = database.name === 'SQLite' ? 'EXPLAIN QUERY PLAN ' : 'EXPLAIN ';
    return JSON.stringify(await transactions.dataSource.query(explain + sql, values));
  }

  const sorted = (pageNumber: number, showNumber: number) =>
    im
      .get(SortedConversations)
      .page(systemActor(), { userID: 'ann', conversationIDs: [], page: { pageNumber, showNumber } });

  it('are listed in order by a handful of statements, none lost and none read whole', async () => {
    await sorted(1, 20);
    const { count, ms } = await counted(() => sorted(1, 20));
    expect(count).toBeLessThanOrEqual(7);
    expect(ms).toBeLessThan(2000);
    for (const statement of statements.filter(({ sql }) => /im_(conversations|sequences|messages)/.test(sql))) {
      expect(await plan(statement), statement.sql).not.toMatch(READ_WHOLE);
    }
    const ids = new Set<string>();
    for (let page = 1; page <= 10; page += 1) {
      const { total, unread, conversations } = await sorted(page, 1000);
      expect([total, unread]).toEqual([CHATS, CHATS]);
      for (const { standing } of conversations) ids.add(standing.conversationID);
      if (page === 1)
        expect(
          conversations
            .slice(0, 12)
            .map(({ standing }) => standing.isPinned)
            .indexOf(false),
        ).toBe(10);
    }
    expect(ids.size).toBe(CHATS);
  });

  it('come in pages by index, in the order of their creation', async () => {
    const service = im.get(ConversationsService);
    const page = { pageNumber: 3, showNumber: 300 };
    let first = '';
    await counted(async () => {
      first = (await service.page(systemActor(), 'ann', page)).conversations[0].conversationID;
    });
    expect(first).toBe('si_ann_peer600');
    const [, list] = statements;
    const explained = await plan(list);
    expect(explained).toContain('im_conversations_by_owner');
    expect(explained).not.toMatch(/TEMP B-TREE|filesort/);
  });

  it('cost a message between two others nothing', async () => {
    await write(im, 'bob', 'ann');
    await counted(() => write(im, 'bob', 'ann'));
    for (const statement of statements.filter(({ sql }) => /^select/i.test(sql) && /im_c/.test(sql))) {
      expect(await plan(statement), statement.sql).not.toMatch(READ_WHOLE);
    }
  });

  it('are counted for a day by the index on time', async () => {
    const span = { start: BEGIN + 200, end: BEGIN + 86_400_000 };
    const query = { span, ascending: false, page: { pageNumber: 1, showNumber: 10 } };
    await counted(() => im.get(StatisticsService).activeUsers(query, true));
    for (const statement of statements.filter(({ sql }) => /im_messages/.test(sql))) {
      expect(await plan(statement), statement.sql).toContain('im_messages_by_time');
    }
  });
});
