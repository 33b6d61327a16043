import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { groupBy } from '../core/collections.js';
import { type Distribution, Measures, SECONDS } from '../core/measures.js';
import { NO_OPERATION, within } from '../core/operation.js';
import { linksTo, Tracing } from '../core/tracing.js';
import { isContention, isUnavailable } from '../database/failures.js';
import { mostBytes } from '../core/text.js';
import { Transactions } from '../database/transactions.js';
import type { Message } from './message.entity.js';
import { MessageStore } from './message.store.js';
import type { OutgoingMessage } from './outgoing.js';

/** Most messages, and bytes of their long texts, that share one commit: a statement has to pass the database's limit. */
const MAX_BATCH = 500;
const MAX_BATCH_BYTES = 4 * 1024 * 1024;

/** Sizes of batches that are told apart. */
const BATCH_SIZES = [1, 2, 5, 10, 25, 50, 100, 250, MAX_BATCH];

interface Waiting {
  outgoing: OutgoingMessage;
  bytes: number;
  stored(message: Message): void;
  failed(error: unknown): void;
}

/**
 * Group commit. Messages that arrive while a commit is under way wait for the next one and share it: one transaction, one
 * flush to disk, a handful of statements for all of them. Every sender is answered after the commit that holds his
 * message. Alone, a message waits for nobody.
 */
@Injectable()
export class MessageWriter implements OnApplicationShutdown {
  private readonly queue: Waiting[] = [];
  private writing: Promise<void> | undefined;
  private readonly sizes: Distribution;
  private readonly durations: Distribution;

  constructor(
    private readonly transactions: Transactions,
    private readonly store: MessageStore,
    private readonly tracing: Tracing,
    measures: Measures,
  ) {
    this.sizes = measures.distribution(
      { name: 'openim_commit_messages', help: 'Messages that shared one commit.' },
      BATCH_SIZES,
    );
    this.durations = measures.distribution(
      {
        name: 'openim_commit_duration_seconds',
        help: 'Time of the transaction that stores messages, also of failed ones.',
      },
      SECONDS,
    );
    const help = 'Messages that wait for the commit under way to end.';
    measures.gauge({ name: 'openim_commit_queue_messages', help }, () => this.queue.length);
  }

  /** Stores a message durably. Inside an open transaction it is written there, and is as durable as that will be. */
  async write(outgoing: OutgoingMessage): Promise<Message> {
    if (this.transactions.active) return (await this.store.append([outgoing]))[0];
    const bytes = bytesOf(outgoing.message);
    return new Promise((stored, failed) => {
      this.queue.push({ outgoing, bytes, stored, failed });
      // Whoever else is sending in this turn of the event loop gets into the same batch.
      this.writing ??= new Promise<void>((resolve) => setImmediate(resolve)).then(() => this.drainForAll());
    });
  }

  /** Waits for what was accepted before the server stopped. */
  async onApplicationShutdown(): Promise<void> {
    await this.writing;
  }

  /** Whoever began it, it is for the messages of many. */
  private drainForAll(): Promise<void> {
    return within(NO_OPERATION, () => this.drain());
  }

  private async drain(): Promise<void> {
    while (this.queue.length > 0) await this.commit(this.nextBatch());
    this.writing = undefined;
  }

  private nextBatch(): Waiting[] {
    let bytes = 0;
    let count = 0;
    while (count < this.queue.length && count < MAX_BATCH) {
      bytes += this.queue[count].bytes;
      if (count > 0 && bytes > MAX_BATCH_BYTES) break;
      count += 1;
    }
    return this.queue.splice(0, count);
  }

  private async commit(batch: readonly Waiting[]): Promise<void> {
    let stored: Message[];
    try {
      stored = await this.append(batch.map(({ outgoing }) => outgoing));
    } catch (error) {
      const parts = apart(batch, error);
      if (parts.length > 1) for (const part of parts) await this.commit(part);
      else for (const one of batch) one.failed(error);
      return;
    }
    batch.forEach((waiting, index) => waiting.stored(stored[index]));
  }

  /** Stores a batch in a transaction of its own, which belongs to no request and is measured by itself. */
  private async append(batch: readonly OutgoingMessage[]): Promise<Message[]> {
    const begun = performance.now();
    const span = this.tracing.begin('commit messages', { kind: 'internal', links: linksTo(batch) });
    const work = () => this.transactions.run(() => this.store.append(batch));
    let failed = true;
    try {
      const stored = await (span ? span.run(work) : work());
      this.sizes.observe(batch.length);
      failed = false;
      return stored;
    } finally {
      this.durations.observe((performance.now() - begun) / 1_000);
      span?.end({ 'openim.messages': batch.length }, failed);
    }
  }
}

/**
 * What may be stored of a batch that could not be as a whole: a message the database will not take must not fail its
 * neighbours, nor a conversation somebody else has locked the others. Each part costs a try: there are none when the
 * database itself is away, or when it may hold the batch already.
 */
function apart(batch: readonly Waiting[], error: unknown): (readonly Waiting[])[] {
  if (isUnavailable(error) && !isContention(error)) return [batch];
  const conversations = [...groupBy(batch, ({ outgoing }) => outgoing.message.conversationID).values()];
  return conversations.length > 1 || isContention(error) ? conversations : batch.map((one) => [one]);
}

/** Most that the columns take which may be long. */
function bytesOf({ content, ex, attachedInfo, atUserIDList, offlinePushInfo }: Message): number {
  return (
    mostBytes(content) + mostBytes(ex) + mostBytes(attachedInfo) + mostBytes(atUserIDList) + mostBytes(offlinePushInfo)
  );
}
