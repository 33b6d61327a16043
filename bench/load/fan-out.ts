import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from '../client/connection.js';
import { PUSH, SEND_MESSAGE, textMessage } from '../client/messages.js';
import type { Crowd } from './crowd.js';

/** A message is given up on after this. Milliseconds. */
const PATIENCE = 10_000;
const OPERATION = 'fan_out';

export interface FanOutPlan {
  readonly groupID: string;
  readonly messages: number;
  /** Milliseconds between the last receipt of a message and the next one. */
  readonly pause: number;
}

/** Milliseconds from sending, one entry per message. */
export interface FanOutResult {
  /** To the receipt by the last connection, and by half of them. */
  readonly toLast: number[];
  readonly toHalf: number[];
  readonly toAnswer: number[];
  /** Receipts that never came, came twice, or were something else; answers with an error. */
  readonly errors: number;
  readonly reason: string | undefined;
  /** A push as it came, by codec. */
  readonly frames: Partial<Record<'json' | 'gob', Uint8Array>>;
}

/** The first connection writes to the group of all, again and again; every connection, its own included, gets a push. */
export async function fanOut(crowd: Crowd, { groupID, messages, pause }: FanOutPlan): Promise<FanOutResult> {
  const { connections } = crowd;
  const [sender] = connections as [Connection];
  const frames: FanOutResult['frames'] = {};
  const toLast: number[] = [];
  const toHalf: number[] = [];
  const toAnswer: number[] = [];
  const receivedIn = new Int32Array(connections.length).fill(-1);
  const receipts = new Float64Array(connections.length);
  let errors = 0;
  let reason: string | undefined;
  let message = 0;
  let received = 0;
  let sentAt = 0;
  let complete: () => void = () => {};

  const fail = (why: string): void => {
    errors++;
    reason ??= why;
  };
  const receive = (connection: Connection, frame: Buffer): void => {
    const at = performance.now() - sentAt;
    if (connection === sender) {
      const { msgIncr, errCode, errMsg } = connection.codec.decode(frame);
      if (msgIncr !== '') {
        if (errCode !== 0) fail(`answered ${errCode} ${errMsg}`);
        toAnswer.push(at);
        return;
      }
    }
    // Encoded once per codec, a push is the same for all; only one that differs is worth a closer look.
    const model = frames[connection.codec.name];
    if (!model || frame.compare(model) !== 0) {
      const { reqIdentifier, operationID } = connection.codec.decode(frame);
      if (reqIdentifier !== PUSH || operationID !== OPERATION) return fail(`got a ${reqIdentifier} of ${operationID}`);
      frames[connection.codec.name] = frame;
    }
    if (receivedIn[connection.index] === message) return fail('got a message twice');
    receivedIn[connection.index] = message;
    receipts[received++] = at;
    if (received === connections.length) complete();
  };
  for (const connection of connections) connection.onFrame = receive;

  for (; message < messages; message++) {
    received = 0;
    const all = new Promise<void>((resolve) => (complete = resolve));
    const data = textMessage(sender.userID, { groupID });
    const patience = new AbortController();
    sentAt = performance.now();
    sender.request(SEND_MESSAGE, OPERATION, `${sender.userID}_${message}`, data);
    await Promise.race([all, sleep(PATIENCE, undefined, { signal: patience.signal }).catch(() => undefined)]);
    patience.abort();
    if (received < connections.length) {
      fail(`${connections.length - received} connections did not get a message`);
      errors += connections.length - received - 1;
    } else {
      toLast.push(receipts[received - 1]);
      toHalf.push(receipts[received >> 1]);
    }
    await sleep(pause);
  }
  for (const connection of connections) connection.onFrame = undefined;
  return { toLast, toHalf, toAnswer, errors, reason, frames };
}
