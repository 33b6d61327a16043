import { hash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { In, LessThanOrEqual } from 'typeorm';
import { groupBy } from '../../core/collections.js';
import { newMessageID } from '../../core/ids.js';
import { chunks, insertRows } from '../../database/bulk.js';
import { Transactions } from '../../database/transactions.js';
import { OnImEvent } from '../../events/on-im-event.js';
import { UsersDeleted } from '../../users/user.events.js';
import type { SendReceipt } from '../outgoing.js';
import { SentRequests } from './sent-requests.entity.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Hex digits kept of an operationID's hash. */
const HASH_DIGITS = 32;

/** Rows thrown away at a time, and milliseconds of rest between two times. */
const PRUNE_ROWS = 500;
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

  /** Notes requests that succeeded, within the open transaction, with one row for all of a caller. */
  async note(receipts: readonly SendReceipt[]): Promise<void> {
    if (receipts.length === 0) return;
    const sentAt = Date.now();
    const rows = [...groupBy(receipts, ({ userID }) => userID)].map(([userID, theirs]) => ({
      userID,
      sentAt,
      batchID: newMessageID(),
      operationHashes: theirs.map(({ operationID }) => hashOf(operationID)).join(' '),
    }));
    await insertRows(this.transactions.manager, SentRequests, rows);
  }

  /** True when the request sent its message during the last 24 hours. Looks through what the caller alone sent. */
  async succeeded({ userID, operationID }: SendReceipt): Promise<boolean> {
    const [found] = (await this.transactions.manager.query(
      'SELECT sentAt FROM im_sent_requests WHERE userID = ? AND sentAt > ? AND INSTR(operationHashes, ?) > 0 LIMIT 1',
      [userID, Date.now() - DAY_MS, hashOf(operationID)],
    )) as unknown[];
    return found !== undefined;
  }

  /** Throws away what has expired, a little at a time. Answers how many rows that was. */
  async prune(): Promise<number> {
    let pruned = 0;
    const expired = { sentAt: LessThanOrEqual(Date.now() - DAY_MS) };
    const select = { userID: true, sentAt: true, batchID: true } as const;
    for (;;) {
      const rows = await this.transactions.manager.find(SentRequests, { select, where: expired, take: PRUNE_ROWS });
      if (rows.length > 0) await this.transactions.run(() => this.remove(rows));
      pruned += rows.length;
      if (rows.length < PRUNE_ROWS || this.stopping) return pruned;
      await delay(PRUNE_PAUSE_MS);
    }
  }

  /** Whoever gets the ID next did not send what the deleted user did. */
  @OnImEvent(UsersDeleted, { phase: 'in-transaction' })
  async forgetUsers({ userIDs }: UsersDeleted): Promise<void> {
    for (const some of chunks(userIDs)) {
      await this.transactions.manager.delete(SentRequests, { userID: In([...some]) });
    }
  }

  private async remove(rows: readonly SentRequests[]): Promise<void> {
    for (const [userID, theirs] of groupBy(rows, (row) => row.userID)) {
      const sentAt = In([...new Set(theirs.map((row) => row.sentAt))]);
      const batchID = In(theirs.map((row) => row.batchID));
      await this.transactions.manager.delete(SentRequests, { userID, sentAt, batchID });
    }
  }
}

function hashOf(operationID: string): string {
  return hash('sha256', operationID).slice(0, HASH_DIGITS);
}
