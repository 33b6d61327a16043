import { setTimeout as delay } from 'node:timers/promises';
import type { WebSocket } from 'ws';
import type { Instant, Operation } from '../core/operation.js';

/**
 * Knows when a client has taken its answers. Clients recognise what they caused themselves by the operationID, but only
 * after they have handled the answer to it; what is pushed before they take for news. See docs/decisions/0004.
 */
export interface Arrival {
  /** Waits until answers of this kind that are sent by now have arrived. Answers when that was: earlier answers are there too. */
  of(medium: Operation['medium']): Promise<Instant>;
}

/** Milliseconds a client of the Go core has for an answer; it takes its frames one after the other. */
const PAUSE_MS = 2;

/** The native and the wasm client. */
export class PauseArrival implements Arrival {
  async of(): Promise<Instant> {
    const now = performance.now();
    await delay(PAUSE_MS);
    return now;
  }
}

/** Milliseconds to wait for a pong. A client that never sends one is not kept from its messages. */
const PONG_TIMEOUT_MS = 1_000;

/** Rounds of ping and pong, and milliseconds after them, for an answer that goes over another connection. */
const REST_ROUNDS = 2;
const REST_DELAY_MS = 20;

/**
 * The JavaScript client: a control ping is answered when the client's event loop has come past the frames before it, however
 * busy it is.
 */
export class PongArrival implements Arrival {
  private count = 0;

  constructor(private readonly socket: WebSocket) {}

  async of(medium: Operation['medium']): Promise<Instant> {
    const now = performance.now();
    if (medium === 'socket') await this.round();
    else {
      for (let round = 0; round < REST_ROUNDS; round += 1) await this.round();
      await delay(REST_DELAY_MS);
    }
    return now;
  }

  private async round(): Promise<void> {
    const { socket } = this;
    if (socket.readyState !== socket.OPEN) return;
    const payload = String((this.count += 1));
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        socket.off('pong', onPong).off('close', done);
        resolve();
      };
      const onPong = (data: Buffer): void => {
        if (data.toString() === payload) done();
      };
      const timer = setTimeout(done, PONG_TIMEOUT_MS);
      socket.on('pong', onPong).on('close', done);
      socket.ping(payload);
    });
  }
}
