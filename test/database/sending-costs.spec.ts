import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemActor } from '../../src/core/actor.js';
import { SessionType } from '../../src/core/protocol.js';
import { insertRows } from '../../src/database/bulk.js';
import { Transactions } from '../../src/database/transactions.js';
import { ClosedConversation } from '../../src/messaging/closed-conversation.entity.js';
import { Message } from '../../src/messaging/message.entity.js';
import { MessageStore } from '../../src/messaging/message.store.js';
import { MessagesService } from '../../src/messaging/messages.service.js';
import { outgoing } from '../../src/messaging/outgoing.js';
import { Sequence } from '../../src/messaging/sequence.entity.js';
import { UsersService } from '../../src/users/users.service.js';
import type { Im } from '../support/im.js';
import { describeOnEachDatabase, startIm } from '../support/server.js';
import { statementsOf } from '../support/statements.js';

const LEFT = 20_000;
const DEPTH = 100;
const SENDERS = 200;

describeOnEachDatabase('Sending costs', (database) => {
  let im: Im;
  let transactions: Transactions;
  let groupID: string;

  beforeAll(async () => {
    im = await startIm({ database, env: { AUDIT_LOG_DAYS: '0' } });
    transactions = im.get(Transactions);
    groupID = await im.group('ann', 'bob');
    const { manager } = transactions.dataSource;
    // They left the group and deleted its chat.
    await insertRows(
      manager,
      ClosedConversation,
      Array.from({ length: LEFT }, (_, i) => ({
        conversationID: `sg_${groupID}`,
        ownerUserID: `gone${i}`,
        minSeq: 0,
        maxSeq: 1,
      })),
    );
    const chats = Array.from({ length: SENDERS }, (_, i) => `peer${i}`);
    const counters = chats.map((sendID) => ({
      conversationID: `si_ann_${sendID}`,
      maxSeq: DEPTH,
      minSeq: 0,
      maxSeqTime: 1,
    }));
    await insertRows(manager, Sequence, counters);
    for (let seq = 1; seq <= DEPTH; seq += 1) {
      await insertRows(
        manager,
        Message,
        chats.map((sendID): Message => ({ ...outgoing(text(sendID, `old${seq}`)).message, seq })),
      );
    }
    if (database.name !== 'SQLite') await manager.query('ANALYZE TABLE im_messages, im_closed_conversations');
  });
  afterAll(() => im?.close());

  const text = (sendID: string, clientMsgID: string) => ({
    sendID,
    recvID: 'ann',
    sessionType: SessionType.single as const,
    contentType: 101,
    content: '{"content":"hi"}',
    clientMsgID,
  });
  const send = (to: object) =>
    im
      .get(MessagesService)
      .send(systemActor(), { sendID: 'bob', contentType: 101, content: '{"content":"hi"}', ...to } as never);

  /** Runs `work` and answers how the database means to find what the statements that match ask for. */
  async function plansOf(work: () => Promise<unknown>, which: RegExp): Promise<string[]> {
    const { logger } = transactions.dataSource;
    const usual = logger.logQuery.bind(logger);
    const seen: [string, unknown[]][] = [];
    logger.logQuery = (sql, values = []) => void seen.push([sql, values as unknown[]]);
    await work();
    logger.logQuery = usual;
    const explain = database.name === 'SQLite' ? 'EXPLAIN QUERY PLAN ' : 'EXPLAIN ';
    const plans: string[] = [];
    for (const [sql, values] of seen) {
      if (which.test(sql)) plans.push(JSON.stringify(await transactions.dataSource.query(explain + sql, values)));
    }
    return plans;
  }

  it('nothing for those who left a group and deleted its chat', async () => {
    await send({ groupID, sessionType: 3 });
    const [plan] = await plansOf(() => send({ groupID, sessionType: 3 }), /FROM .im_closed_conversations/);
    expect(plan).toContain('im_closed_conversations_by_limit');
    if (database.name !== 'SQLite') expect(Number(JSON.parse(plan)[0].rows)).toBeLessThan(10);
    expect(await im.rows('im_conversations', { conversationID: `sg_${groupID}` })).toHaveLength(2);
  });

  it('no more statements than before in a chat that is known', async () => {
    await im.register('cid');
    const chat = { recvID: 'cid', sessionType: 1 };
    for (let i = 0; i < 2; i += 1) await send(chat);
    // Counters, message, counters, read position, what was closed.
    expect(await statementsOf(im, () => send(chat))).toHaveLength(5);
    // And whether it was stored before.
    expect(await statementsOf(im, () => send({ ...chat, clientMsgID: 'c' }))).toHaveLength(6);
  });

  it('one lookup by index for each message that may have been stored before', async () => {
    const batch = Array.from({ length: SENDERS }, (_, i) =>
      outgoing(text(`peer${i}`, i % 2 ? `old${i % DEPTH}` : `new${i}`)),
    );
    const store = im.get(MessageStore);
    let answers: Message[] = [];
    const plans = await plansOf(
      () => transactions.run(async () => ({ answers } = await store.store(batch))),
      /FROM .im_messages/,
    );
    expect(answers.filter(({ seq }, i) => i % 2 && seq === i % DEPTH)).toHaveLength(SENDERS / 2);
    expect(plans).toHaveLength(1);
    expect(plans[0]).toContain('im_messages_once');
    expect(plans[0]).not.toMatch(/PRIMARY"?,"key_len|"key":"PRIMARY"|SCAN/);
    // SQLite is asked for one after the other.
    if (database.name !== 'SQLite') expect(Number(JSON.parse(plans[0])[0].rows)).toBeLessThanOrEqual(2 * SENDERS);
  });

  it('what a deleted user had closed is found by index', async () => {
    await im.register('del');
    const plans = await plansOf(() => im.get(UsersService).delete(['del']), /FROM .im_closed_conversations/);
    expect(plans).toHaveLength(1);
    expect(plans[0]).toContain('im_closed_conversations_by_owner');
  });
});
