import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from '../client/connection.js';
import { SEND_MESSAGE, textMessage } from '../client/messages.js';
import type { Crowd } from './crowd.js';
import { until } from './until.js';

/** How long to wait for what is still under way at the end. Milliseconds. */
const PATIENCE = 5000;

export interface ChatPlan {
  /** Messages per second, of all pairs together. */
  readonly rate: number;
  readonly seconds: number;
}

export interface ChatResult {
  readonly sent: number;
  /** Milliseconds from sending to the receiver's push and to the sender's answer, one entry per message. */
  readonly toReceive: Float64Array;
  readonly toAnswer: Float64Array;
  /** Messages not received or not answered, answers with an error. */
  readonly errors: number;
  readonly reason: string | undefined;
  /** Milliseconds by which the load process itself was late with a message at worst. */
  readonly lateMax: number;
}

let calls = 0;

/**
 * Connection 0 writes to 1, 2 to 3 and so on, at a steady rate. Messages leave when they are due, whether or not earlier
 * ones were answered, so a server that stalls is charged for everything that waits meanwhile.
 */
export async function chatInPairs(crowd: Crowd, { rate, seconds }: ChatPlan): Promise<ChatResult> {
  const { connections } = crowd;
  const call = `chat${++calls}_`;
  const total = Math.round(rate * seconds);
  const pairs = connections.length >> 1;
  const sentAt = new Float64Array(total);
  const toReceive = new Float64Array(total).fill(NaN);
  const toAnswer = new Float64Array(total).fill(NaN);
  let errors = 0;
  let reason: string | undefined;
  let outstanding = total * 2;
  let lateMax = 0;

  const note = (times: Float64Array, id: string, at: number): void => {
    // What a call before this one gave up on may still come.
    if (!id.startsWith(call)) return;
    const message = Number(id.slice(call.length));
    if (!Number.isNaN(times[message])) errors++;
    else outstanding--;
    times[message] = at - sentAt[message];
  };
  // An answer repeats msgIncr, a push carries the operationID of the request: both name the message.
  const answered = (connection: Connection, frame: Buffer): void => {
    const at = performance.now();
    const { msgIncr, errCode, errMsg } = connection.codec.decode(frame);
    if (msgIncr === '') return;
    if (errCode !== 0) {
      errors++;
      reason ??= `answered ${errCode} ${errMsg}`;
    }
    note(toAnswer, msgIncr, at);
  };
  const received = (connection: Connection, frame: Buffer): void => {
    const at = performance.now();
    note(toReceive, connection.codec.decode(frame).operationID, at);
  };
  connections.forEach((connection, index) => (connection.onFrame = index % 2 === 0 ? answered : received));

  const begin = performance.now();
  for (let message = 0; message < total; await sleep(1)) {
    for (; message < total; message++) {
      const late = performance.now() - begin - (message / rate) * 1000;
      if (late < 0) break;
      lateMax = Math.max(lateMax, late);
      const sender = connections[(message % pairs) * 2];
      const receiver = connections[(message % pairs) * 2 + 1];
      const id = call + message;
      const data = textMessage(sender.userID, { recvID: receiver.userID });
      const frame = sender.codec.encode({
        reqIdentifier: SEND_MESSAGE,
        sendID: sender.userID,
        operationID: id,
        msgIncr: id,
        data,
      });
      sentAt[message] = performance.now();
      sender.send(frame);
    }
  }
  await until(() => outstanding === 0, PATIENCE);
  if (outstanding > 0) reason ??= `${outstanding} answers or pushes did not come`;
  for (const connection of connections) connection.onFrame = undefined;
  const came = (times: Float64Array): Float64Array => times.filter((time) => !Number.isNaN(time));
  return {
    sent: total,
    toReceive: came(toReceive),
    toAnswer: came(toAnswer),
    errors: errors + outstanding,
    reason,
    lateMax,
  };
}
