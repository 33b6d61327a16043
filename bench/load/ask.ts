import type { Crowd } from './crowd.js';
import { loop, type LoopResult } from './socket-loop.js';

const OPERATION = 'ask';

/** By which answers are known: it stands in each of them, those a bare server repeats included. */
const MSG_INCR = 'ask';

/** Where the beginning of an answer in JSON ends, which tells whose it is and whether it is good. */
const HEAD = 160;

export interface AskPlan {
  readonly seconds: number;
  readonly reqIdentifier: number;
  /** Protobuf, one for each connection. */
  readonly data: readonly Uint8Array[];
}

export interface AskResult extends LoopResult {
  /** An answer as it came. */
  readonly frame: Uint8Array | undefined;
}

/** Every connection asks the same thing, and again as soon as it is answered. Long answers are not decoded: that would be the load's own cost. */
export async function askAsFastAsAnswered(crowd: Crowd, { seconds, reqIdentifier, data }: AskPlan): Promise<AskResult> {
  const { connections } = crowd;
  let sample: Buffer | undefined;
  const result = await loop(connections, {
    seconds,
    senders: connections.length,
    send: (sender) => sender.request(reqIdentifier, OPERATION, MSG_INCR, data[sender.index]),
    read: (_, frame) => {
      const head = frame.toString('latin1', 0, HEAD);
      if (!head.includes(`"msgIncr":"${MSG_INCR}"`)) return undefined;
      sample ??= frame;
      return head.includes('"errCode":0,') ? 'good' : { bad: frame.toString('utf8', 0, HEAD) };
    },
  });
  return { ...result, frame: sample };
}
