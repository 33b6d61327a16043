import { setTimeout as delay } from 'node:timers/promises';
import { connectRedis, type RedisClient } from './redis-client.js';
import type { RedisAddress } from '../core/redis-url.js';

/** Milliseconds that the stream all nodes read goes back. Who was away for longer starts anew. */
const KEPT_MS = 60_000;

/** Entries that wait for a node at the most, about; what it has read is taken away. */
const MAX_WAITING = 20_000;

/** Entries that are read at once. */
const READ_AT_ONCE = 1_000;

/** Milliseconds that a read waits for entries; signs of life come far more often. */
const BLOCK_MS = 1_000;

/** Milliseconds after which a read is given up: its connection is dead, and did not say so. */
const DEAD_AFTER_MS = 3_000;

/** Seconds that nobody writes to or reads a node's own stream until Redis drops it. */
const MAILBOX_SECONDS = 120;

/** Milliseconds between attempts to read. */
const RETRY_MS = 100;

/** There is no connection, so nothing was written. */
export class NotConnected extends Error {}

/** What a node wrote. */
export interface Entry {
  from: string;
  /** Counts what `from` published; 0 for what was sent to one node. */
  number: number;
  topic: string;
  saying: unknown;
  /** Milliseconds on the clock of Redis. */
  at: number;
}

type Reply = [stream: string, entries: [id: string, fields: string[]][]][] | null;

/**
 * Two streams of Redis: one that all nodes read and write, and one that others write to this node. Where it stopped to read
 * it goes on after a loss of the connection. Their keys share a slot of Redis Cluster.
 */
export class RedisStreams {
  private writer: RedisClient | undefined;
  private reader: RedisClient | undefined;
  private reading: Promise<void> | undefined;
  private stopped = false;
  /** On the clock of Redis: when the entry was written that was read last. */
  private latest = 0;
  private readonly positions: Map<string, string>;
  private readonly all: string;
  private readonly mailbox: string;

  /** @param prefix of all keys: servers that share a Redis have different ones */
  constructor(
    private readonly address: RedisAddress,
    private readonly prefix: string,
    private readonly nodeID: string,
    private readonly handle: (entries: readonly Entry[]) => void,
  ) {
    this.all = `{${prefix}}:all`;
    this.mailbox = this.mailboxOf(nodeID);
    this.positions = new Map([
      [this.all, '$'],
      [this.mailbox, '0-0'],
    ]);
  }

  /** Begins to connect and to read, for as long as it takes. Resolves with the first answer, or after `limitMs`. */
  async open(limitMs: number): Promise<void> {
    this.writer = await connectRedis(this.address);
    this.reader = await connectRedis(this.address, { blocking: true });
    // Every command fails by itself, which is enough to know.
    for (const client of [this.writer, this.reader]) client.on('error', () => undefined);
    const placed = this.place();
    this.reading = placed.then(() => this.read());
    await Promise.race([placed, delay(limitMs, undefined, { ref: false })]);
  }

  /** Adds an entry to the stream of all. @throws NotConnected, or something else when nobody knows whether it is there */
  async publish(number: number, topic: string, saying: unknown): Promise<void> {
    await this.add(this.all, ['MINID', '~', Math.max(0, this.latest - KEPT_MS)], [number, topic, saying]);
  }

  /** Adds an entry to the stream of one node. @throws as {@link RedisStreams.publish} */
  async send(nodeID: string, topic: string, saying: unknown): Promise<void> {
    const mailbox = this.mailboxOf(nodeID);
    const added = this.add(mailbox, ['MAXLEN', '~', MAX_WAITING], [0, topic, saying]);
    await Promise.all([added, this.writer?.expire(mailbox, MAILBOX_SECONDS)]);
  }

  /** Reads no more. */
  async close(): Promise<void> {
    this.stopped = true;
    this.reader?.disconnect();
    await this.reading;
    await this.writer?.del(this.mailbox).catch(() => undefined);
    this.writer?.disconnect();
  }

  private async add(
    stream: string,
    [strategy, about, bound]: ['MINID' | 'MAXLEN', '~', number],
    [number, topic, saying]: [number: number, topic: string, saying: unknown],
  ): Promise<void> {
    const { writer } = this;
    if (writer?.status !== 'ready') throw new NotConnected();
    const entry = ['from', this.nodeID, 'number', String(number), 'topic', topic, 'saying', JSON.stringify(saying)];
    const args = [strategy, about, bound, '*', ...entry];
    try {
      await writer.xadd(stream, ...args);
    } catch (error) {
      // A connection that swallows commands is worse than none.
      writer.disconnect(true);
      throw error;
    }
  }

  /** Where to begin: at the end, and after a Redis that knows nothing of what we read, at its beginning. */
  private async place(): Promise<void> {
    for (;;) {
      try {
        const last = (await this.writer?.xrevrange(this.all, '+', '-', 'COUNT', 1)) ?? [];
        const end = last[0]?.[0] ?? '0-0';
        const position = this.positions.get(this.all) as string;
        if (position === '$' || isAfter(position, end)) {
          this.positions.set(this.all, end);
          // Its clock may be an earlier one.
          this.latest = msOf(end);
        }
        return;
      } catch {
        if (this.stopped) return;
        await delay(RETRY_MS);
      }
    }
  }

  private async read(): Promise<void> {
    while (!this.stopped) {
      try {
        const reply = await this.next();
        for (const [stream, entries] of reply ?? []) {
          const [last] = entries[entries.length - 1];
          this.positions.set(stream, last);
          this.latest = Math.max(this.latest, msOf(last));
          this.handle(entries.map(([id, fields]) => entryOf(id, fields)));
          if (stream === this.mailbox) this.takeAway(last);
        }
      } catch {
        if (this.stopped) return;
        await delay(RETRY_MS);
        await this.place();
      }
    }
  }

  /** What was read of the own stream nobody needs any more. */
  private takeAway(last: string): void {
    this.writer?.xtrim(this.mailbox, 'MINID', '~', last).catch(() => undefined);
  }

  private async next(): Promise<Reply> {
    const reader = this.reader as RedisClient;
    const streams = [...this.positions];
    const dead = new AbortController();
    const reply = reader.xread(
      'COUNT',
      READ_AT_ONCE,
      'BLOCK',
      BLOCK_MS,
      'STREAMS',
      ...streams.map(([stream]) => stream),
      ...streams.map(([, position]) => position),
    ) as Promise<Reply>;
    try {
      const timeout = delay(DEAD_AFTER_MS, 'dead' as const, { signal: dead.signal, ref: false });
      const first = await Promise.race([reply, timeout.catch(() => null)]);
      if (first !== 'dead') return first;
      reply.catch(() => undefined);
      reader.disconnect(true);
      throw new Error('Redis is silent');
    } finally {
      dead.abort();
    }
  }

  private mailboxOf(nodeID: string): string {
    return `{${this.prefix}}:node:${nodeID}`;
  }
}

/** Fields are written in one order, so values stand at known places. */
function entryOf(id: string, [, from, , number, , topic, , saying]: readonly string[]): Entry {
  return { from, number: Number(number), topic, saying: JSON.parse(saying), at: msOf(id) };
}

/** When an entry was written, on the clock of Redis. */
function msOf(id: string): number {
  return Number(id.split('-')[0]);
}

/** Whether an entry ID comes after another. */
function isAfter(id: string, other: string): boolean {
  const [ms, count] = id.split('-').map(Number);
  const [otherMs, otherCount] = other.split('-').map(Number);
  return ms > otherMs || (ms === otherMs && count > otherCount);
}
