import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { WebSocket } from 'ws';
import type { Actor } from '../core/actor.js';
import type { Instant, Operation } from '../core/operation.js';
import { type Arrival, PauseArrival, PongArrival } from './arrival.js';
import { gunzip } from './codec/compression.js';
import type { Codec, RequestFrame, ResponseFrame } from './codec/frames.js';
import type { ConnectionMeasures, Ending } from './connection-measures.js';
import { COPY_DELAY_MS, type FrameForm, type Push, written } from './push.js';
import { textAnswer } from './text-protocol.js';
import type { Throttle } from './throttle.js';

/** Bytes a request may have once it is inflated. */
const MAX_INFLATED_BYTES = 1024 * 1024;

/** Requests of a connection that wait while one is answered; then it is read no further. */
const MAX_WAITING = 32;

/** Bytes that wait for a client to take them; beyond, it is too slow. What it misses it finds by seq. */
const MAX_UNSENT_BYTES = 2 * 1024 * 1024;

/** Milliseconds a client may take nothing. Source: contract/gateway.md section 6. */
const WRITE_DEADLINE_MS = 10_000;

/** Milliseconds without a frame of a client until it is gone. Source: contract/gateway.md section 6. */
const READ_DEADLINE_MS = 30_000;

/** Milliseconds between control pings to browsers, which cannot send any themselves. Source: contract/gateway.md section 6. */
const PING_INTERVAL_MS = 27_000;

/** Pushes that wait for an answer to reach the client; beyond, it is too slow. */
const MAX_HELD = 4_096;

/** Who a connection belongs to, and how it speaks. */
export interface ConnectionOptions extends FrameForm {
  readonly connID: string;
  readonly actor: Actor;
  readonly platformID: number;
  readonly token: string;
  isBackground: boolean;
  readonly throttle: Throttle;
  /** Control pings are due. */
  readonly pinged: boolean;
  readonly measures: ConnectionMeasures;
}

/** Answers a request; undefined when the connection has to be closed for it. */
export type RequestHandler = (connection: Connection, request: RequestFrame) => Promise<Answered | undefined>;

export interface Answered {
  frame: ResponseFrame;
  /** What the request caused refers to it. */
  operation: Operation;
  /** It was the last one. */
  last: boolean;
}

/** What broke a connection is followed by its end. */
function ignore(): void {}

/** A push that waits for its turn, and the client's own request that it must not overtake the answer of. */
interface Held {
  readonly push: Push;
  readonly own: Operation | undefined;
}

/**
 * One socket of a user. Requests are answered one at a time, in the order they came. Pushes keep their order too, and those
 * that a client caused itself come after it has taken the answer (docs/decisions/0004). Has no timer of its own:
 * {@link Connection.look} is called every now and then.
 */
export class Connection implements FrameForm {
  readonly connID: string;
  readonly actor: Actor;
  readonly platformID: number;
  readonly token: string;
  readonly codec: Codec;
  readonly compressed: boolean;
  readonly throttle: Throttle;
  /** Epoch milliseconds. */
  readonly openedAt = Date.now();
  isBackground: boolean;

  private readonly pinged: boolean;
  private readonly measures: ConnectionMeasures;
  private waiting: Buffer[] = [];
  private answering: Promise<void> | undefined;
  private closing = false;
  private deaf = false;
  private held: Held[] = [];
  private releasing: Promise<void> | undefined;
  private readonly arrival: Arrival;
  private lastHeard: Instant = performance.now();
  private lastSent: Instant = 0;
  private lastTaken: Instant = performance.now();
  private lastPing: Instant = performance.now();

  constructor(
    private readonly socket: WebSocket,
    options: ConnectionOptions,
    private readonly handle: RequestHandler,
  ) {
    this.connID = options.connID;
    this.actor = options.actor;
    this.platformID = options.platformID;
    this.token = options.token;
    this.codec = options.codec;
    this.compressed = options.compressed;
    this.isBackground = options.isBackground;
    this.throttle = options.throttle;
    this.pinged = options.pinged;
    this.measures = options.measures;
    socket.on('message', (data: Buffer, isBinary) => {
      this.heard();
      if (isBinary) this.receive(data);
      else this.receiveText(data);
    });
    socket.on('ping', (data: Buffer) => {
      this.heard();
      if (this.isBearable() && this.hasRoom()) socket.pong(data, false, this.taken);
    });
    socket.on('pong', () => this.heard());
    this.arrival = options.codec.name === 'json' ? new PongArrival(socket) : new PauseArrival();
    socket.on('error', ignore);
    // What it asked before it went is still done, but there is nobody left to answer.
    socket.on('close', () => {
      this.closing = true;
      this.held = [];
    });
  }

  get userID(): string {
    return this.actor.userID;
  }

  /** Whether it still takes pushes. */
  get isOpen(): boolean {
    return !this.closing;
  }

  /** Sends a push, in its turn. @param cause what the pushed message came from */
  push(push: Push, cause?: Operation): void {
    if (this.closing) return;
    const { userID, platformID } = cause?.caller ?? {};
    const own = userID === this.userID && platformID === this.platformID ? cause : undefined;
    if (!own && !this.releasing) return this.deliver(push);
    if (this.held.push({ push, own }) > MAX_HELD) return this.drop('slow');
    this.releasing ??= this.release();
  }

  /** Tells the client something in text, outside of any request. */
  tell(text: string): void {
    if (this.hasRoom()) this.socket.send(text, { binary: false }, this.taken);
  }

  /** Sends a last push at once and ends the connection: nothing it sends is heard any more. */
  end(farewell?: Push): void {
    if (this.closing) return;
    this.closing = true;
    this.waiting = [];
    this.held = [];
    if (farewell) this.deliver(farewell);
    this.socket.close(1000);
  }

  /** Takes no more requests, and waits until the one under way is answered. */
  async quiet(): Promise<void> {
    this.deaf = true;
    this.waiting = [];
    await this.answering;
  }

  /** Ends the connection once the pushes that wait are sent, and waits until the client has closed its side too. */
  async finish(): Promise<void> {
    await this.releasing;
    this.end();
    const { socket } = this;
    if (socket.readyState !== socket.CLOSED) await once(socket, 'close');
  }

  /** Cuts the connection. */
  drop(reason: Ending): void {
    if (!this.closing) this.measures.ended(reason);
    this.closing = true;
    this.waiting = [];
    this.held = [];
    this.socket.terminate();
  }

  /** Looks whether the client is still there and still takes what it is sent, and pings a browser. */
  look(now: Instant): void {
    const busy = this.answering !== undefined;
    const stuck = this.lastSent > this.lastTaken && now - this.lastTaken > WRITE_DEADLINE_MS;
    if (stuck) return this.drop('slow');
    if (!busy && now - this.lastHeard > READ_DEADLINE_MS) return this.drop('silent');
    if (!this.pinged || now - this.lastPing < PING_INTERVAL_MS) return;
    this.lastPing = now;
    this.socket.ping();
  }

  private heard(): void {
    this.lastHeard = performance.now();
  }

  /** Counts what is answered at once. Some pings too many are; a client that sends nothing else is cut. */
  private isBearable(): boolean {
    if (this.closing) return false;
    if (this.throttle.take(performance.now()) !== 'hopeless') return true;
    this.drop('flooding');
    return false;
  }

  private receiveText(data: Buffer): void {
    if (!this.isBearable()) return;
    const answer = textAnswer(data);
    if (answer === undefined) this.drop('unreadable');
    else if (answer !== '') this.tell(answer);
  }

  private receive(data: Buffer): void {
    if (this.closing || this.deaf) return;
    this.waiting.push(data);
    if (this.waiting.length >= MAX_WAITING) this.socket.pause();
    this.answering ??= this.answerAll();
  }

  private async answerAll(): Promise<void> {
    for (let data = this.waiting.shift(); data; data = this.waiting.shift()) {
      await this.answer(data);
      if (this.socket.isPaused && this.waiting.length < MAX_WAITING / 2) this.socket.resume();
    }
    this.answering = undefined;
  }

  private async answer(data: Buffer): Promise<void> {
    let answered: Answered | undefined;
    try {
      answered = await this.handle(this, this.codec.decode(this.compressed ? gunzip(data, MAX_INFLATED_BYTES) : data));
    } catch {
      // Nothing of it was understood, so there is nothing to answer.
      answered = undefined;
    }
    if (!answered) return this.drop('unreadable');
    if (!this.closing) this.write(written(answered.frame, this));
    answered.operation.answer();
    if (answered.last) this.end();
  }

  /** Sends the pushes that wait, each once the client has the answer to what caused it. */
  private async release(): Promise<void> {
    let arrived = -Infinity;
    for (let next = this.held[0]; next; next = this.held[0]) {
      const { own } = next;
      if (own) {
        await own.answered();
        if ((own.answeredAt as number) > arrived) arrived = await this.arrival.of(own.medium);
      }
      if (next.push.afterSignal) await delay(COPY_DELAY_MS);
      // Meanwhile the connection may have ended, and nothing is held any more.
      if (this.held.shift()) this.deliver(next.push);
    }
    this.releasing = undefined;
  }

  private deliver(push: Push): void {
    if (this.write(push.in(this))) this.measures.pushed(this.platformID, push.since);
  }

  /** @returns whether it was handed to the socket */
  private write(bytes: Buffer): boolean {
    const hasRoom = this.hasRoom();
    if (hasRoom) this.socket.send(bytes, this.taken);
    return hasRoom;
  }

  /** Whether the client takes what it is sent fast enough to be sent more; if not, it is cut. */
  private hasRoom(): boolean {
    const { bufferedAmount } = this.socket;
    if (bufferedAmount === 0) this.taken();
    this.lastSent = performance.now();
    if (bufferedAmount <= MAX_UNSENT_BYTES) return true;
    this.drop('slow');
    return false;
  }

  private readonly taken = (): void => {
    this.lastTaken = performance.now();
  };
}
