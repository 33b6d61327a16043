import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from '../client/connection.js';
import { until } from './until.js';

/** How long to wait for the last answers. Milliseconds. */
const PATIENCE = 5000;

export interface LoopResult {
  readonly seconds: number;
  /** Milliseconds from sending to the answer, one entry per request answered in time. */
  readonly toAnswer: Float64Array;
  readonly errors: number;
  readonly reason: string | undefined;
}

/** What came over a connection: an answer to this loop, which may be an error, or something that does not matter to it. */
export type Read = (connection: Connection, frame: Buffer) => 'good' | { readonly bad: string } | undefined;

/** Each of the senders sends, and again as soon as it is answered: the most that goes through. All connections are read. */
export async function loop(
  connections: readonly Connection[],
  { seconds, senders, send, read }: LoopPlan,
): Promise<LoopResult> {
  const sentAt = new Float64Array(connections.length);
  const times: number[] = [];
  let outstanding = 0;
  let errors = 0;
  let reason: string | undefined;
  let over = false;

  const sendNext = (sender: Connection): void => {
    outstanding++;
    sentAt[sender.index] = performance.now();
    send(sender);
  };
  const receive = (connection: Connection, frame: Buffer): void => {
    const verdict = read(connection, frame);
    if (verdict === undefined) return;
    outstanding--;
    if (verdict !== 'good') {
      errors++;
      reason ??= verdict.bad;
    }
    if (over) return;
    times.push(performance.now() - sentAt[connection.index]);
    sendNext(connection);
  };
  for (const connection of connections) connection.onFrame = receive;

  const begin = performance.now();
  for (const connection of connections.slice(0, senders)) sendNext(connection);
  await sleep(seconds * 1000);
  over = true;
  const took = (performance.now() - begin) / 1000;
  await until(() => outstanding === 0, PATIENCE);
  if (outstanding > 0) reason ??= `${outstanding} requests were not answered`;
  for (const connection of connections) connection.onFrame = undefined;
  return { seconds: took, toAnswer: Float64Array.from(times), errors: errors + outstanding, reason };
}

interface LoopPlan {
  readonly seconds: number;
  /** So many of the connections send, the first ones. */
  readonly senders: number;
  readonly send: (sender: Connection) => void;
  readonly read: Read;
}
