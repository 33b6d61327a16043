import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { systemActor } from '../../src/core/actor.js';
import { SessionType } from '../../src/core/protocol.js';
import { Transactions } from '../../src/database/transactions.js';
import { ImEvents } from '../../src/events/events.js';
import { Measures } from '../../src/core/measures.js';
import { NoTracing } from '../../src/core/tracing.js';
import type { Message } from '../../src/messaging/message.entity.js';
import { MessagesAccepted } from '../../src/messaging/message.events.js';
import { MessageStore } from '../../src/messaging/message.store.js';
import { MessageWriter } from '../../src/messaging/message.writer.js';
import { MessagesService } from '../../src/messaging/messages.service.js';
import { outgoing, type OutgoingMessage, type SendMessage, type SentMessage } from '../../src/messaging/outgoing.js';
import type { Im } from '../support/im.js';
import { describeOnEachDatabase, startIm } from '../support/server.js';

type Sendable = SendMessage & { sessionType: SessionType };

describeOnEachDatabase('Storing messages', (database) => {
  let im: Im;
  let transactions: Transactions;
  /** IDs of facts told after a commit. */
  const told: string[] = [];
  let pairs = 0;

  beforeAll(async () => {
    im = await startIm({ database, env: { AUDIT_LOG_DAYS: '0' } });
    transactions = im.get(Transactions);
    im.get(ImEvents).on(MessagesAccepted, 'after-commit', ({ messages }) => {
      told.push(...messages.map(({ serverMsgID }) => serverMsgID));
    });
  });
  afterAll(() => im?.close());

  /** Two registered users who have not written to each other. */
  async function pair(): Promise<{ ann: string; bob: string; conversationID: string }> {
    pairs += 1;
    const [ann, bob] = [`ann${pairs}`, `bob${pairs}`];
    await im.register(ann, bob);
    return { ann, bob, conversationID: `si_${ann}_${bob}` };
  }

  const text = (sendID: string, recvID: string, more: Partial<SendMessage> = {}): Sendable => ({
    sendID,
    recvID,
    sessionType: SessionType.single,
    contentType: 101,
    content: '{"content":"hi"}',
    ...(more as object),
  });
  const send = (message: SendMessage): Promise<SentMessage> => im.get(MessagesService).send(systemActor(), message);
  /** A writer that nobody else writes with. */
  const newWriter = () => new MessageWriter(transactions, im.get(MessageStore), new NoTracing(), new Measures());
  /** All in one turn, so that they are in one batch; answers once nothing is under way any more. */
  async function writeTogether(writer: MessageWriter, messages: OutgoingMessage[]) {
    const outcomes = Promise.allSettled(messages.map((message) => writer.write(message)));
    await writer.onApplicationShutdown();
    return outcomes;
  }

  /** Stored messages of a conversation by seq. */
  async function stored(conversationID: string): Promise<{ seq: number; sendTime: number; serverMsgID: string }[]> {
    const rows = await im.rows('im_messages', { conversationID });
    return rows
      .map(({ seq, sendTime, serverMsgID }) => ({ seq: Number(seq), sendTime: Number(sendTime), serverMsgID }))
      .toSorted((a, b) => a.seq - b.seq);
  }
  const seqsOf = async (conversationID: string) => (await stored(conversationID)).map(({ seq }) => seq);
  const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

  /** How many transactions the work takes. */
  async function commitsOf(work: () => Promise<unknown>): Promise<number> {
    const run = vi.spyOn(transactions, 'run');
    try {
      await work();
      return run.mock.calls.length;
    } finally {
      run.mockRestore();
    }
  }

  describe('many at once', () => {
    it('a thousand into ten conversations are dense in each, and share few commits', async () => {
      const chats = await Promise.all(upTo(10).map(() => pair()));
      const answers: (SentMessage & { sendID: string })[] = [];
      const commits = await commitsOf(() =>
        Promise.all(
          upTo(100).flatMap((turn) =>
            chats.map(async ({ ann, bob }) => {
              const [sendID, recvID] = turn % 2 ? [ann, bob] : [bob, ann];
              answers.push({ ...(await send(text(sendID, recvID))), sendID });
            }),
          ),
        ),
      );
      expect(commits).toBeGreaterThanOrEqual(2);
      expect(commits).toBeLessThanOrEqual(20);
      for (const { ann, bob, conversationID } of chats) {
        const rows = await stored(conversationID);
        expect(rows.map(({ seq }) => seq)).toEqual(upTo(100));
        const answered = answers.filter((answer) => answer.conversationID === conversationID);
        const asStored = answered.map(({ seq, sendTime, serverMsgID }) => ({ seq, sendTime, serverMsgID }));
        expect(asStored.toSorted((a, b) => a.seq - b.seq)).toEqual(rows);
        const [counter] = await im.rows('im_sequences', { conversationID });
        expect([counter.maxSeq, counter.maxSeqTime].map(Number)).toEqual([100, rows[99]?.sendTime]);
        for (const userID of [ann, bob]) {
          const [position] = await im.rows('im_read_positions', { userID, conversationID });
          const last = Math.max(...answered.filter(({ sendID }) => sendID === userID).map(({ seq }) => seq));
          expect(Number(position.hasReadSeq)).toBe(last);
        }
      }
    });

    it('keep the order in which they were written', async () => {
      const { ann, bob, conversationID } = await pair();
      const messages = upTo(100).map(() => outgoing(text(ann, bob)));
      await writeTogether(newWriter(), messages);
      const serverMsgIDs = (await stored(conversationID)).map(({ serverMsgID }) => serverMsgID);
      expect(serverMsgIDs).toEqual(messages.map(({ message }) => message.serverMsgID));
    });

    it('share a commit up to 500 messages and four megabytes of long texts', async () => {
      const { ann, bob, conversationID } = await pair();
      const small = upTo(1_200).map(() => outgoing(text(ann, bob)));
      expect(await commitsOf(() => writeTogether(newWriter(), small))).toBe(3);
      const large = upTo(50).map(() => outgoing(text(ann, bob, { content: 'x'.repeat(131_072) })));
      expect(await commitsOf(() => writeTogether(newWriter(), large))).toBe(2);
      const noted = upTo(50).map(() =>
        outgoing(text(ann, bob, { ex: 'x'.repeat(65_536), attachedInfo: 'y'.repeat(65_536) })),
      );
      expect(await commitsOf(() => writeTogether(newWriter(), noted))).toBe(2);
      expect(await seqsOf(conversationID)).toEqual(upTo(1_300));
    });

    it('have sendTimes that rise strictly, though the clock stands still or goes back', async () => {
      const { ann, bob, conversationID } = await pair();
      const now = Date.now();
      const clock = vi.spyOn(Date, 'now').mockReturnValue(now);
      try {
        await Promise.all(upTo(20).map(() => send(text(ann, bob))));
        clock.mockReturnValue(now - 60_000);
        await Promise.all(upTo(20).map(() => send(text(bob, ann))));
      } finally {
        clock.mockRestore();
      }
      const times = (await stored(conversationID)).map(({ sendTime }) => sendTime);
      expect(times).toEqual(upTo(40).map((turn) => now + turn - 1));
    });

    it('open the conversation of both once', async () => {
      const { ann, bob, conversationID } = await pair();
      await Promise.all(upTo(20).map((turn) => (turn % 2 ? send(text(ann, bob)) : send(text(bob, ann)))));
      const rows = await im.rows('im_conversations', { conversationID });
      expect(rows.map(({ ownerUserID, userID }) => [ownerUserID, userID]).toSorted()).toEqual([
        [ann, bob],
        [bob, ann],
      ]);
    });
  });

  describe('again with the same clientMsgID', () => {
    it('answers the first message and stores nothing', async () => {
      const { ann, bob, conversationID } = await pair();
      const first = await send(text(ann, bob, { clientMsgID: 'c' }));
      const again = await send(text(ann, bob, { clientMsgID: 'c', content: '{"content":"other"}' }));
      expect(again).toEqual(first);
      expect((await send(text(ann, bob))).seq).toBe(2);
      expect(await seqsOf(conversationID)).toEqual([1, 2]);
      expect(told.filter((serverMsgID) => serverMsgID === first.serverMsgID)).toHaveLength(1);
    });

    it('does so in one batch, too', async () => {
      const { ann, bob, conversationID } = await pair();
      const twice = upTo(2).map(() => outgoing(text(ann, bob, { clientMsgID: 'c' })));
      const messages = [...twice, outgoing(text(ann, bob))];
      let outcomes: unknown[] = [];
      const commits = await commitsOf(async () => {
        outcomes = await writeTogether(newWriter(), messages);
      });
      expect(commits).toBe(1);
      const first = {
        status: 'fulfilled',
        value: expect.objectContaining({ seq: 1, serverMsgID: twice[0]?.message.serverMsgID }),
      };
      expect(outcomes).toEqual([first, first, { status: 'fulfilled', value: expect.objectContaining({ seq: 2 }) }]);
      expect(await seqsOf(conversationID)).toEqual([1, 2]);
    });

    it('does so fifty times at once', async () => {
      const { ann, bob, conversationID } = await pair();
      const answers = await Promise.all(upTo(50).map(() => send(text(ann, bob, { clientMsgID: 'c' }))));
      expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
      expect(await seqsOf(conversationID)).toEqual([1]);
    });

    it('is another message from another sender, in another conversation or in other letters', async () => {
      const [one, other] = [await pair(), await pair()];
      const clientMsgID = 'c';
      const answers = await Promise.all([
        send(text(one.ann, one.bob, { clientMsgID })),
        send(text(one.bob, one.ann, { clientMsgID })),
        send(text(one.ann, other.bob, { clientMsgID })),
        send(text(one.ann, one.bob, { clientMsgID: 'C' })),
        send(text(one.ann, one.bob, { clientMsgID: 'c ' })),
      ]);
      expect(new Set(answers.map(({ serverMsgID }) => serverMsgID)).size).toBe(5);
      expect(await seqsOf(one.conversationID)).toEqual(upTo(4));
    });

    it('is another message when only sender and ID run together to the same text', async () => {
      const inGroup = { sessionType: SessionType.group, groupID: 'lines', recvID: 'lines' };
      const [one, other] = [
        outgoing({ ...text('ann', ''), ...inGroup, clientMsgID: 'x\ny' }),
        outgoing({ ...text('ann\nx', ''), ...inGroup, clientMsgID: 'y' }),
      ];
      await writeTogether(newWriter(), [one, other]);
      const serverMsgIDs = (await stored('sg_lines')).map(({ serverMsgID }) => serverMsgID);
      expect(serverMsgIDs).toEqual([one.message.serverMsgID, other.message.serverMsgID]);
    });
  });

  describe('one the database refuses', () => {
    const refused: [string, Partial<SendMessage>][] = [
      ['without a member it needs', { ex: null as never }],
      ['without content', { content: null as never }],
      ...(database.name === 'SQLite'
        ? [] // which does not count characters
        : ([
            ['with a sender of 300 characters', { sendID: 'x'.repeat(300) }],
            ['with a name of 300 characters', { senderNickname: 'x'.repeat(300) }],
          ] satisfies [string, Partial<SendMessage>][])),
    ];

    it.each(refused)('%s fails alone: those beside it are stored, without a hole', async (_how, wrong) => {
      const { ann, bob, conversationID } = await pair();
      const messages = upTo(5).map(() => outgoing(text(ann, bob)));
      const bad = outgoing(text(ann, bob));
      messages[2] = { ...bad, message: { ...bad.message, ...(wrong as Partial<Message>) } };
      const writer = newWriter();
      const outcomes = await writeTogether(writer, messages);
      expect(outcomes.map(({ status }) => status === 'fulfilled')).toEqual([true, true, false, true, true]);
      expect(await seqsOf(conversationID)).toEqual(upTo(4));
      expect((await writer.write(outgoing(text(bob, ann)))).seq).toBe(5);
    });
  });

  describe('inside a transaction', () => {
    it('that fails afterwards leaves nothing, no hole among the seqs either', async () => {
      const { ann, bob, conversationID } = await pair();
      let lost: SentMessage | undefined;
      const work = transactions.run(async () => {
        lost = await send(text(ann, bob));
        await send(text(bob, ann));
        throw new Error('after all, no');
      });
      await expect(work).rejects.toThrow('after all, no');
      expect(lost?.seq).toBe(1);
      for (const table of ['im_messages', 'im_conversations', 'im_sequences', 'im_read_positions']) {
        expect(await im.rows(table, { conversationID })).toEqual([]);
      }
      expect(told).not.toContain(lost?.serverMsgID);
      expect((await send(text(ann, bob))).seq).toBe(1);
      expect(await seqsOf(conversationID)).toEqual([1]);
    });

    it('is stored and told of with everything else in it', async () => {
      const { ann, bob, conversationID } = await pair();
      const { serverMsgID } = await transactions.run(async () => {
        const sent = await send(text(ann, bob));
        expect(told).not.toContain(sent.serverMsgID);
        return sent;
      });
      expect(told).toContain(serverMsgID);
      expect(await seqsOf(conversationID)).toEqual([1]);
    });

    it('goes together with those that are sent outside at the same time', async () => {
      const { ann, bob, conversationID } = await pair();
      const outside = upTo(50).map(() => send(text(ann, bob)));
      const inside = upTo(5).map((turn) =>
        transactions.run(async () => {
          await send(text(bob, ann));
          if (turn % 2) throw new Error('no');
        }),
      );
      await Promise.allSettled([...outside, ...inside]);
      expect(await seqsOf(conversationID)).toEqual(upTo(52));
    });
  });
});
