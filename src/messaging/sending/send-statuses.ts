import { hash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { In, LessThan } from 'typeorm';
import { groupBy } from '../../core/collections.js';
import { chunks, insertRows } from '../../database/bulk.js';
import { Transactions } from '../../database/transactions.js';
import { OnImEvent } from '../../events/on-im-event.js';
import { UsersDeleted } from '../../users/user.events.js';
import type { SendReceipt } from '../outgoing.js';
import { SendStatus } from './send-status.entity.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Hex digits kept of an operationID's hash. */
const HASH_DIGITS = 32;

/** Rows thrown away at a time, and the rest between two times. */
const PRUNE_ROWS = 1_000;
const PRUNE_PAUSE_MS = 50;

/**
 * Remembers for 24 hours which requests sent their message. Kept by caller and operationID, so that nobody learns of
 * others' requests. Source: contract/v3/message.md, check_msg_is_send_success.
 */
@Injectable()
export class SendStatuses implements OnApplicationBootstrap, OnModuleDestroy {
  private stopping = false;
  private timer: NodeJS.Timeout | undefined;
  private pruning: Promise<unknown> | undefined;

  constructor(private readonly transactions: Transactions) {}

  onApplicationBootstrap(): void {
    const prune = (): void => {
      this.pruning ??= this.prune()
        .catch((error: Error) => process.emitWarning(error))
        .then(() => (this.pruning = undefined));
    };
    prune();
    this.timer = setInterval(prune, HOUR_MS).unref();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    this.stopping = true;
    await this.pruning;
  }

  /** Notes requests that succeeded, within the open transaction, with one statement for all. */
  async note(receipts: readonly SendReceipt[]): Promise<void> {
    if (receipts.length === 0) return;
    const sentAt = Date.now();
    const day = dayOf(sentAt);
    const rows = new Map<string, SendStatus>();
    for (const { userID, operationID } of receipts) {
      const operationHash = hashOf(operationID);
      rows.set(`${userID}\0${operationHash}`, { day, userID, operationHash, sentAt });
    }
    await insertRows(this.transactions.manager, SendStatus, [...rows.values()], { update: ['sentAt'] });
  }

  /** True when the request sent its message during the last 24 hours. */
  async succeeded({ userID, operationID }: SendReceipt): Promise<boolean> {
    const since = Date.now() - DAY_MS;
    const rows = await this.transactions.manager.findBy(SendStatus, {
      day: In([dayOf(since), dayOf(since) + 1]),
      userID,
      operationHash: hashOf(operationID),
    });
    return rows.some(({ sentAt }) => sentAt > since);
  }

  /** Throws away what has expired, a little at a time. Answers how much that was. */
  async prune(): Promise<number> {
    let pruned = 0;
    const expired = { day: LessThan(dayOf(Date.now() - DAY_MS)) };
    for (;;) {
      const rows = await this.transactions.manager.find(SendStatus, { where: expired, take: PRUNE_ROWS });
      if (rows.length > 0) await this.transactions.run(() => this.remove(rows));
      pruned += rows.length;
      if (rows.length < PRUNE_ROWS || this.stopping) return pruned;
      await delay(PRUNE_PAUSE_MS);
    }
  }

  /** Whoever gets the ID next did not send what the deleted user did. */
  @OnImEvent(UsersDeleted, { phase: 'in-transaction' })
  async forgetUsers({ userIDs }: UsersDeleted): Promise<void> {
    const today = dayOf(Date.now());
    for (const some of chunks(userIDs)) {
      await this.transactions.manager.delete(SendStatus, { day: In([today - 1, today]), userID: In([...some]) });
    }
  }

  private async remove(rows: readonly SendStatus[]): Promise<void> {
    for (const theirs of groupBy(rows, ({ day, userID }) => `${day}\0${userID}`).values()) {
      const { day, userID } = theirs[0];
      const operationHash = In(theirs.map((row) => row.operationHash));
      await this.transactions.manager.delete(SendStatus, { day, userID, operationHash });
    }
  }
}

function dayOf(epochMs: number): number {
  return Math.floor(epochMs / DAY_MS);
}

function hashOf(operationID: string): string {
  return hash('sha256', operationID).slice(0, HASH_DIGITS);
}
