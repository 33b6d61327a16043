import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Daily } from '../../core/daily.js';
import { ImSettings } from '../../core/settings.js';
import { Transactions } from '../../database/transactions.js';
import { MessageRemoval } from './message-removal.js';

const DAY_MS = 86_400_000;

/** Conversations looked at in one go. */
const SLICE = 500;

/** Of conversations in the order of their IDs, when the first message that is still there was sent. */
const OLDEST =
  'SELECT s.conversationID, (SELECT m.sendTime FROM im_messages m WHERE m.conversationID = s.conversationID ' +
  'ORDER BY m.seq LIMIT 1) AS oldest FROM (SELECT conversationID FROM im_sequences WHERE conversationID > ? ' +
  `ORDER BY conversationID LIMIT ${SLICE}) s ORDER BY s.conversationID`;

/**
 * Removes messages that are older than `messageRetentionDays`, for everybody and for good, once a day at `retentionTime`. Steps
 * and rests alternate, so that whoever sends never waits for more than a step. Several processes on one database share the work.
 */
@Injectable()
export class MessageRetention implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(MessageRetention.name);
  private readonly daily: Daily;

  constructor(
    private readonly settings: ImSettings,
    private readonly transactions: Transactions,
    private readonly removal: MessageRemoval,
  ) {
    this.daily = new Daily(settings.retentionTime, () => this.runAndTell());
  }

  onApplicationBootstrap(): void {
    if (this.settings.messageRetentionDays > 0) this.daily.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.daily.stop();
  }

  /** Removes what is too old by now. Answers how many messages this process removed. @param now epoch milliseconds */
  async run(now: number): Promise<number> {
    const days = this.settings.messageRetentionDays;
    if (days === 0) return 0;
    const before = now - days * DAY_MS;
    let removed = 0;
    for (let last = ''; !this.daily.stopped;) {
      const slice = await this.daily.step(() => this.next(last));
      for (const { conversationID, oldest } of slice) {
        if (this.daily.stopped || oldest === null || Number(oldest) >= before) continue;
        removed += await this.removeFrom(conversationID, before);
      }
      if (slice.length < SLICE) break;
      last = slice[slice.length - 1].conversationID;
    }
    return removed;
  }

  private async removeFrom(conversationID: string, before: number): Promise<number> {
    for (let removed = 0; ;) {
      const some = await this.daily.step(() => this.removal.removeSome(conversationID, before));
      // Another process is at this conversation: there are others.
      if (!some) return removed;
      removed += some;
      if (this.daily.stopped) return removed;
    }
  }

  private next(last: string): Promise<{ conversationID: string; oldest: number | string | null }[]> {
    return this.transactions.manager.query(OLDEST, [last]);
  }

  private async runAndTell(): Promise<void> {
    try {
      const removed = await this.run(Date.now());
      if (removed > 0)
        this.logger.log(`${removed} messages were older than ${this.settings.messageRetentionDays} days`);
    } catch (error) {
      this.logger.error(`Old messages could not be removed, and are tried again tomorrow: ${String(error)}`);
    }
  }
}
