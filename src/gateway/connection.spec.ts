import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { WebSocket } from 'ws';
import { Measures } from '../core/measures.js';
import { Operation } from '../core/operation.js';
import type { RequestFrame } from './codec/frames.js';
import { jsonCodec } from './codec/json-codec.js';
import { type Answered, Connection, type RequestHandler } from './connection.js';
import { ConnectionMeasures } from './connection-measures.js';
import { Push } from './push.js';
import { Throttle } from './throttle.js';

const SECOND = 1_000;
const MEBIBYTE = 1024 * 1024;

/** The other end of the wire, in memory. */
class Wire extends EventEmitter {
  readonly OPEN = 1;
  readyState = 1;
  /** Bytes the client has not taken; it takes everything at once while `stuck` is false. */
  bufferedAmount = 0;
  stuck = false;
  isPaused = false;
  sent: string[] = [];
  pings = 0;
  pongs: string[] = [];
  terminated = false;
  closed: number | undefined;

  send(data: Buffer | string, ...rest: unknown[]): void {
    this.sent.push(data.toString());
    this.carry(data.length, rest.at(-1));
  }
  pong(data: Buffer, _mask: boolean, done?: unknown): void {
    this.pongs.push(data.toString());
    this.carry(data.length, done);
  }
  ping(): void {
    this.pings += 1;
  }
  pause(): void {
    this.isPaused = true;
  }
  resume(): void {
    this.isPaused = false;
  }
  close(code: number): void {
    this.closed = code;
  }
  terminate(): void {
    this.terminated = true;
  }

  private carry(bytes: number, done: unknown): void {
    if (this.stuck) this.bufferedAmount += bytes;
    else if (typeof done === 'function') done();
  }
}

const answerTo = ({ reqIdentifier, msgIncr, operationID }: RequestFrame): Answered => ({
  frame: { reqIdentifier, msgIncr, operationID, errCode: 0, errMsg: '', data: new Uint8Array() },
  operation: new Operation(operationID),
  last: false,
});
const answering: RequestHandler = async (_, request) => answerTo(request);
const request = (msgIncr: string): Buffer =>
  Buffer.from(JSON.stringify({ reqIdentifier: 1001, sendID: 'ann', msgIncr }));
const pushOf = (bytes: number): Push =>
  new Push({ reqIdentifier: 2001, msgIncr: '', operationID: '', errCode: 0, errMsg: '', data: Buffer.alloc(bytes) });

describe('A connection', () => {
  let wire: Wire;
  let measures: Measures;

  function open({ handle = answering, rate = 0, pinged = false } = {}): Connection {
    wire = new Wire();
    measures = new Measures();
    return new Connection(
      wire as unknown as WebSocket,
      {
        connID: 'c1',
        actor: { userID: 'ann', platformID: 1, isAdmin: false },
        platformID: 1,
        token: 'token',
        isBackground: false,
        codec: jsonCodec,
        compressed: false,
        throttle: new Throttle(rate, performance.now()),
        pinged,
        measures: new ConnectionMeasures(measures),
      },
      handle,
    );
  }

  beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
  afterEach(() => void vi.useRealTimers());

  /** Time passes. */
  const pass = (ms: number): void => void vi.advanceTimersByTime(ms);
  /** Why connections were ended, with how often. */
  const endings = (): object => {
    const ended = [...measures].find(({ spec }) => spec.name === 'openim_sockets_ended_total');
    const told = [...(ended?.samples() ?? [])].filter(({ value }) => value > 0);
    return Object.fromEntries(told.map(({ labels, value }) => [labels['reason'], value]));
  };
  /** Answers take some turns. */
  const turns = async (): Promise<void> => {
    for (let turn = 0; turn < 500; turn += 1) await Promise.resolve();
  };

  describe('whose client is silent', () => {
    it('ends after thirty seconds', () => {
      const connection = open();
      pass(29 * SECOND);
      connection.look(performance.now());
      expect(wire.terminated).toBe(false);
      pass(2 * SECOND);
      connection.look(performance.now());
      expect(wire.terminated).toBe(true);
      expect(connection.isOpen).toBe(false);
      expect(endings()).toEqual({ silent: 1 });
    });

    it.each([
      ['a request', () => wire.emit('message', request('m'), true)],
      ['a text', () => wire.emit('message', Buffer.from('{"type":"ping"}'), false)],
      ['a pong in text', () => wire.emit('message', Buffer.from('{"type":"pong"}'), false)],
      ['a control ping', () => wire.emit('ping', Buffer.from('x'))],
      ['a control pong', () => wire.emit('pong', Buffer.from('x'))],
    ])('hears it in %s', async (_, sound) => {
      const connection = open();
      pass(20 * SECOND);
      sound();
      await turns();
      pass(29 * SECOND);
      connection.look(performance.now());
      expect(wire.terminated).toBe(false);
      pass(2 * SECOND);
      connection.look(performance.now());
      expect(wire.terminated).toBe(true);
    });

    it('waits as long as a request of his is being answered', async () => {
      let finish: (answered: Answered) => void = () => undefined;
      const connection = open({ handle: () => new Promise((resolve) => (finish = resolve)) });
      wire.emit('message', request('slow'), true);
      pass(60 * SECOND);
      connection.look(performance.now());
      expect(wire.terminated).toBe(false);
      finish(answerTo(jsonCodec.decode(request('slow'))));
      await turns();
      expect(wire.sent).toEqual([expect.stringContaining('"msgIncr":"slow"')]);
    });
  });

  it('of a browser is pinged every 27 seconds', () => {
    const connection = open({ pinged: true });
    for (const expected of [0, 0, 1, 1, 1, 2]) {
      pass(10 * SECOND);
      wire.emit('pong', Buffer.alloc(0));
      connection.look(performance.now());
      expect(wire.pings).toBe(expected);
    }
  });

  it('of others is never pinged', () => {
    const connection = open();
    for (let turn = 0; turn < 10; turn += 1) {
      pass(10 * SECOND);
      wire.emit('ping', Buffer.alloc(0));
      connection.look(performance.now());
    }
    expect(wire.pings).toBe(0);
  });

  it('answers a control ping with what it carried', () => {
    open();
    wire.emit('ping', Buffer.from('payload'));
    expect(wire.pongs).toEqual(['payload']);
  });

  describe('whose client takes nothing', () => {
    it('ends after ten seconds', () => {
      const connection = open();
      pass(5 * SECOND);
      wire.stuck = true;
      connection.push(pushOf(10));
      for (const [seconds, terminated] of [
        [9, false],
        [2, true],
      ] as const) {
        pass(seconds * SECOND);
        wire.emit('ping', Buffer.alloc(0));
        connection.look(performance.now());
        expect(wire.terminated).toBe(terminated);
      }
      expect(endings()).toEqual({ slow: 1 });
    });

    it('ends before more than two megabytes wait', () => {
      const connection = open();
      wire.stuck = true;
      for (let count = 0; count < 100; count += 1) connection.push(pushOf(60_000));
      expect(wire.terminated).toBe(true);
      expect(wire.bufferedAmount).toBeGreaterThan(2 * MEBIBYTE);
      expect(wire.bufferedAmount).toBeLessThan(2 * MEBIBYTE + 100_000);
      expect(endings()).toEqual({ slow: 1 });
    });

    it.each([
      ['text', (body: string) => wire.emit('message', Buffer.from(JSON.stringify({ type: 'ping', body })), false)],
      ['control', (body: string) => wire.emit('ping', Buffer.from(body.slice(0, 125)))],
    ])('cannot pile up pongs (%s)', (_, ping) => {
      open();
      wire.stuck = true;
      for (let count = 0; count < 100_000 && !wire.terminated; count += 1) ping('x'.repeat(4_000));
      expect(wire.terminated).toBe(true);
      expect(wire.bufferedAmount).toBeLessThan(2 * MEBIBYTE + 10_000);
    });
  });

  it.each([
    ['text', () => wire.emit('message', Buffer.from('{"type":"ping"}'), false)],
    ['control', () => wire.emit('ping', Buffer.alloc(0))],
  ])('answers some pings too many, but not without end (%s)', (_, ping) => {
    open({ rate: 10 });
    for (let count = 0; count < 100; count += 1) ping();
    expect(wire.sent.length + wire.pongs.length).toBe(100);
    for (let count = 0; count < 200; count += 1) ping();
    expect(wire.terminated).toBe(true);
    expect(wire.sent.length + wire.pongs.length).toBeLessThan(230);
    expect(endings()).toEqual({ flooding: 1 });
  });

  it('reads no further while many requests wait, and answers all in order', async () => {
    const finish: (() => void)[] = [];
    open({
      handle: (_, asked) => new Promise((resolve) => finish.push(() => resolve(answerTo(asked)))),
    });
    for (let count = 0; count < 40; count += 1) {
      wire.emit('message', request(`m${count}`), true);
      expect(wire.isPaused).toBe(count >= 32);
    }
    for (let count = 0; count < 40; count += 1) {
      expect(finish).toHaveLength(count + 1);
      finish[count]();
      await turns();
      expect(wire.isPaused).toBe(count < 24);
    }
    expect(wire.sent.map((text) => JSON.parse(text).msgIncr)).toEqual(Array.from({ length: 40 }, (_, i) => `m${i}`));
  });

  it('that ended hears and says nothing', async () => {
    const heard: RequestFrame[] = [];
    const connection = open({
      handle: async (_, asked) => {
        heard.push(asked);
        return answerTo(asked);
      },
    });
    connection.end(pushOf(1));
    const { length } = wire.sent;
    wire.emit('message', request('late'), true);
    wire.emit('message', Buffer.from('{"type":"ping"}'), false);
    wire.emit('ping', Buffer.alloc(0));
    connection.push(pushOf(1));
    await turns();
    expect([heard, wire.pongs, wire.sent.length, wire.closed]).toEqual([[], [], length, 1000]);
  });
});
