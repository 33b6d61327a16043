import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { In } from 'typeorm';
import { chunks } from '../../database/bulk.js';
import { groupBy } from '../../core/collections.js';
import { Transactions } from '../../database/transactions.js';
import { Conversation } from '../conversation.entity.js';
import { Horizons } from './horizons.js';
import { ReadableConversations } from './readable-conversations.js';

/** Milliseconds between two runs. The original has one a day, so that an hour's expiry may take a day. */
const EVERY_MS = 3_600_000;

/** Conversations looked at in one go, and in one statement. */
const SLICE = 500;
const LOOKUPS = 100;

/** The first message of a conversation that its owner keeps. */
const FIRST_KEPT =
  'SELECT m.seq FROM im_messages m WHERE m.conversationID = ? AND m.seq >= ? AND m.sendTime > ? ORDER BY m.seq LIMIT 1';

/**
 * Hides messages from owners who let them expire (`isMsgDestruct`, `msgDestructTime`), in steps that hold no lock for long.
 * Each message is passed once per owner. Source: contract/messages.md section 8.
 */
@Injectable()
export class MessageExpiry implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(MessageExpiry.name);
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private stopped = false;

  constructor(
    private readonly transactions: Transactions,
    private readonly horizons: Horizons,
    private readonly readable: ReadableConversations,
  ) {}

  onApplicationBootstrap(): void {
    const run = (): void => {
      this.running ??= this.run(Date.now())
        .catch((error: unknown) => this.logger.error(error))
        .finally(() => (this.running = undefined));
    };
    this.timer = setInterval(run, EVERY_MS).unref();
  }

  async onModuleDestroy(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    await this.running;
  }

  /** Hides what has expired until now. @param now epoch milliseconds */
  async run(now: number): Promise<void> {
    for (let last: Conversation | undefined; !this.stopped;) {
      const slice = await this.next(last);
      for (const theirs of groupBy(slice, ({ ownerUserID }) => ownerUserID).values()) {
        if (!this.stopped) await this.expire(theirs, now);
      }
      if (slice.length < SLICE) return;
      last = slice[slice.length - 1];
    }
  }

  /** The next conversations whose messages expire, in the order of an index. */
  private next(last: Conversation | undefined): Promise<Conversation[]> {
    const expiring = this.transactions.manager
      .createQueryBuilder(Conversation, 'c')
      .where('c.isMsgDestruct = :on AND c.msgDestructTime > 0', { on: true })
      .orderBy({ 'c.ownerUserID': 'ASC', 'c.conversationID': 'ASC' })
      .take(SLICE);
    if (!last) return expiring.getMany();
    const { ownerUserID, conversationID } = last;
    return expiring
      .andWhere(
        '(c.ownerUserID > :ownerUserID OR (c.ownerUserID = :ownerUserID AND c.conversationID > :conversationID))',
      )
      .setParameters({ ownerUserID, conversationID })
      .getMany();
  }

  private async expire(conversations: readonly Conversation[], now: number): Promise<void> {
    const ends = await this.ends(conversations, now);
    const [{ ownerUserID }] = conversations;
    const expired = conversations.filter(
      ({ conversationID, minSeq }) => (ends.get(conversationID) ?? 0) >= Math.max(minSeq, 1),
    );
    if (expired.length === 0) return;
    await this.transactions.run(async () => {
      const conversationID = In(expired.map((one) => one.conversationID));
      await this.transactions.manager.update(
        Conversation,
        { ownerUserID, conversationID },
        { latestMsgDestructTime: now },
      );
      await this.horizons.raiseOwn(ownerUserID, expired, ends);
    });
  }

  /** Of each conversation the last seq that has expired; 0 when none has. */
  private async ends(conversations: readonly Conversation[], now: number): Promise<Map<string, number>> {
    const counters = await this.readable.counters(conversations.map(({ conversationID }) => conversationID));
    const ends = new Map<string, number>();
    for (const some of chunks(conversations, LOOKUPS)) {
      const rows = (await this.transactions.manager.query(
        some.map((_, place) => `SELECT ${place} AS place, (${FIRST_KEPT}) AS seq`).join(' UNION ALL '),
        some.flatMap(({ conversationID, minSeq, msgDestructTime }) => [
          conversationID,
          minSeq,
          now - msgDestructTime * 1000,
        ]),
      )) as { place: number | string; seq: number | string | null }[];
      for (const { place, seq } of rows) {
        const { conversationID } = some[Number(place)];
        ends.set(conversationID, seq === null ? (counters.get(conversationID)?.maxSeq ?? 0) : Number(seq) - 1);
      }
    }
    return ends;
  }
}
