import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { type Distribution, type Measures, SECONDS } from '../core/measures.js';
import type { Instant } from '../core/operation.js';
import type { ForgottenKeys, Peers } from '../database/caches.js';
import type { Transactions } from '../database/transactions.js';
import { Bus, type Saying } from './bus.js';
import { Doubts } from './doubts.js';
import { type Entry, NotConnected, RedisStreams } from './redis-streams.js';
import type { RedisAddress } from '../core/redis-url.js';
import { Register } from './register.js';
import { BEAT_MS, type Missing, PATIENCE_MS, Standing, SURVEY_MS } from './standing.js';
import { Waits } from './waits.js';

/** Milliseconds that starting waits for Redis. */
const OPEN_MS = 2_000;

/** Milliseconds in which requests to tell everything again are collected. */
const RETELL_MS = 50;

/** What the bus says for itself. */
const BEAT = 'bus.beat';
const HELLO = 'bus.hello';
const BYE = 'bus.bye';
const FORGET = 'bus.forget';
const HEARD = 'bus.heard';
const RETELL = 'bus.retell';

const WAITED = {
  name: 'openim_cluster_wait_seconds',
  help: 'Time that writes waited until no other node went by what it remembered.',
};

/**
 * Nodes that hear each other through Redis, and know from the database who there is. Keeps the row caches of all of them in
 * step: a write is answered when no other node goes by what it remembered (docs/decisions/0008). Without Redis each node
 * works alone, asks the database for everything, and tells the rest when Redis is back.
 */
export class RedisBus extends Bus implements Peers {
  override readonly isCluster = true;
  override readonly nodeID = randomUUID();
  private readonly logger = new Logger('Cluster');
  private readonly streams: RedisStreams;
  private readonly register: Register;
  private readonly standing = new Standing();
  private published = 0;
  /** Our publications that are to be heard here. */
  private readonly onTheirWay = new Map<number, () => void>();
  private readonly beats = new Map<number, Instant>();
  private readonly waits = new Waits();
  private readonly doubts = new Doubts((since) => this.doubt(since));
  private linked = false;
  private closed = false;
  /** When the sign of life was sent that was last heard here. */
  private linkedAt: Instant = performance.now();
  /** When others may last have heard from us. */
  private spokeAt: Instant = -Infinity;
  private readonly waited: Distribution;
  private retelling: NodeJS.Timeout | undefined;
  /** When something of ours was last heard here, on the clock of Redis. */
  private heardAt = 0;
  private timers: NodeJS.Timeout[] = [];
  private surveying: Promise<void> | undefined;

  constructor(
    address: RedisAddress,
    prefix: string,
    private readonly transactions: Transactions,
    measures: Measures,
  ) {
    super();
    this.waited = measures.distribution(WAITED, SECONDS);
    this.streams = new RedisStreams(address, prefix, this.nodeID, (entries) => this.hear(entries));
    this.register = new Register(transactions, this.nodeID);
  }

  /** Joins the others: resolves once all of them know of this node, or would find out. */
  async open(): Promise<void> {
    if (this.transactions.dataSource.options.type === 'better-sqlite3') {
      throw new Error('REDIS_URL is for several processes on one MySQL database; SQLite has one process');
    }
    this.transactions.caches.connect(this);
    await this.survey();
    await this.streams.open(OPEN_MS);
    const heard = this.heardHere(this.published + 1);
    this.beat();
    await Promise.race([heard, delay(OPEN_MS, undefined, { ref: false })]);
    this.timers = [
      setInterval(() => this.beat(), BEAT_MS).unref(),
      setInterval(() => this.surveyAgain(), SURVEY_MS).unref(),
    ];
    const deadline = performance.now() + PATIENCE_MS;
    const { number } = await this.add(HELLO, {});
    await this.waits.until(() => this.standing.isAcknowledged(number), deadline);
    if (!this.linked) this.logger.warn('Redis does not answer: this node works alone until it does');
  }

  override async close(): Promise<void> {
    this.closed = true;
    for (const timer of this.timers) clearInterval(timer);
    clearTimeout(this.retelling);
    this.doubts.close();
    await this.surveying;
    await this.streams.publish((this.published += 1), BYE, {}).catch(() => undefined);
    await this.streams.close();
    await this.register.leave().catch(() => undefined);
  }

  override get isLinked(): boolean {
    return this.linked;
  }

  override get others(): number {
    return this.standing.count;
  }

  override async publish(topic: string, saying: Saying): Promise<void> {
    if (!this.linked) return;
    const heard = this.heardHere(this.published + 1);
    await this.add(topic, saying);
    await heard;
  }

  override send(nodeID: string, topic: string, saying: Saying): void {
    // Lost is what others find out by themselves.
    if (this.linked) this.streams.send(nodeID, topic, saying).catch(() => undefined);
  }

  get inStep(): boolean {
    return this.standing.isInStep(performance.now());
  }

  async forget(keys: ForgottenKeys): Promise<void> {
    if (!this.hasOthers || this.closed) return;
    const begun = performance.now();
    const { number, said } = await this.add(FORGET, keys);
    // Who is cut off counts from when he last may have been heard: soon nobody trusts in his silence.
    await this.waits.until(() => said && this.standing.isHarmless(number), (said ? begun : this.spokeAt) + PATIENCE_MS);
    this.waited.observe((performance.now() - begun) / 1_000);
  }

  /** Publishes, in the order of the calls. @returns which publication it is, and whether it is there */
  private async add(topic: string, saying: Saying): Promise<{ number: number; said: boolean }> {
    const number = (this.published += 1);
    try {
      await this.streams.publish(number, topic, saying);
      this.spokeAt = performance.now();
      return { number, said: true };
    } catch (error) {
      if (!(error instanceof NotConnected)) this.spokeAt = performance.now();
      this.cut();
      return { number, said: false };
    }
  }

  /** Resolves when a publication of ours is heard here, or the link is cut. */
  private heardHere(number: number): Promise<void> {
    return new Promise((resolve) => this.onTheirWay.set(number, resolve));
  }

  private beat(): void {
    const now = performance.now();
    if (this.linked && now - this.linkedAt > PATIENCE_MS) this.cut();
    const number = this.published + 1;
    this.beats.set(number, now);
    // What does not come back is not waited for.
    for (const old of this.beats.keys()) if (old < number - 100) this.beats.delete(old);
    void this.add(BEAT, {});
    this.waits.look();
  }

  private surveyAgain(): void {
    this.surveying ??= this.survey().finally(() => (this.surveying = undefined));
  }

  private async survey(): Promise<void> {
    const begun = performance.now();
    let living: string[];
    try {
      living = await this.register.survey();
    } catch {
      // Until it answers, nothing that is remembered is trusted.
      return;
    }
    const { gone, lapsed } = this.standing.surveyed(living, begun, performance.now());
    if (lapsed) this.transactions.caches.clear();
    for (const one of gone) this.lose(one);
    this.waits.look();
  }

  /** Nothing we say is carried. What we had to tell of ourselves is told when it is again. */
  private cut(): void {
    if (this.linked) this.logger.warn('Redis carries nothing: this node works alone until it does');
    this.linked = false;
    for (const resolve of this.onTheirWay.values()) resolve();
    this.onTheirWay.clear();
  }

  private hear(entries: readonly Entry[]): void {
    const owed = new Map<string, number>();
    for (const entry of entries) {
      if (entry.from === this.nodeID) this.hearOwn(entry);
      else if (entry.number === 0) this.hearLetter(entry);
      else if (this.hearOther(entry)) owed.set(entry.from, entry.number);
    }
    for (const [nodeID, number] of owed) this.send(nodeID, HEARD, number);
  }

  private hearOwn({ number, topic, saying, at }: Entry): void {
    if (topic === BEAT) this.hearBeat(number, at);
    else if (!topic.startsWith('bus.')) this.dispatch(topic, saying as Saying, this.nodeID);
    this.onTheirWay.get(number)?.();
    this.onTheirWay.delete(number);
  }

  private hearBeat(number: number, at: number): void {
    const now = performance.now();
    const sentAt = this.beats.get(number);
    if (sentAt === undefined) return;
    this.beats.delete(number);
    this.linkedAt = sentAt;
    if (!this.linked) {
      this.linked = true;
      this.logger.log('Redis carries what this node says');
      this.retellSoon();
      void this.publish(RETELL, {});
      this.doubts.note(this.heardAt);
    }
    this.heardAt = at;
    if (this.standing.beaten(sentAt, at, now)) this.transactions.caches.clear();
    for (const one of this.standing.absentees(at)) this.lose(one);
  }

  private hearLetter({ from, topic, saying }: Entry): void {
    if (topic !== HEARD) return this.dispatch(topic, saying as Saying, from);
    this.standing.acknowledged(from, saying as number);
    this.waits.look();
  }

  /** @returns whether the node wants to know that it was heard */
  private hearOther({ from, number, topic, saying, at }: Entry): boolean {
    if (topic === BYE) {
      this.standing.left(from);
      this.mourn(from);
      this.waits.look();
      return false;
    }
    const before = this.standing.lastHeard(from);
    const continuity = this.standing.heard(from, number, at);
    // Something it said is lost, to us at least: it may have been anything.
    if (continuity !== 'next') this.transactions.caches.clear();
    if (continuity === 'gap') {
      void this.publish(RETELL, {});
      this.doubts.note(before);
    }
    if (topic === FORGET) this.transactions.caches.forget(saying as ForgottenKeys);
    else if (topic === HELLO || topic === RETELL) this.retellSoon();
    else if (topic !== BEAT) this.dispatch(topic, saying as Saying, from);
    return topic === FORGET || topic === HELLO;
  }

  private lose({ nodeID, heardAt }: Missing): void {
    this.mourn(nodeID);
    this.doubts.note(heardAt);
  }

  private retellSoon(): void {
    this.retelling ??= setTimeout(() => {
      this.retelling = undefined;
      if (this.linked) this.retell();
    }, RETELL_MS).unref();
  }
}
