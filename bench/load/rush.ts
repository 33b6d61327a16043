import type { Connection } from '../client/connection.js';
import { SEND_MESSAGE, textMessage } from '../client/messages.js';
import type { Crowd } from './crowd.js';
import { loop, type LoopResult } from './socket-loop.js';

const OPERATION = 'rush';

export interface RushPlan {
  readonly seconds: number;
  /** To which the first `senders` connections write; without it each connection writes to its neighbour. */
  readonly group?: { readonly groupID: string; readonly senders: number };
}

let calls = 0;

/** Connections write, each again as soon as it is answered. What is pushed to them is taken, and not looked at. */
export function sendAsFastAsAnswered(crowd: Crowd, { seconds, group }: RushPlan): Promise<LoopResult> {
  const { connections } = crowd;
  const call = String(++calls);
  return loop(connections, {
    seconds,
    senders: group?.senders ?? connections.length,
    send: (sender: Connection) => {
      const to = group ? { groupID: group.groupID } : { recvID: connections[sender.index ^ 1].userID };
      sender.request(SEND_MESSAGE, OPERATION, call, textMessage(sender.userID, to));
    },
    read: (connection, frame) => {
      // Pushes come far more often than answers. They are not what is timed, so reading them would only slow the load.
      if (isPush(frame)) return undefined;
      const { msgIncr, errCode, errMsg } = connection.codec.decode(frame);
      // What a call before this one gave up on may still come.
      if (msgIncr !== call) return undefined;
      return errCode === 0 ? 'good' : { bad: `answered ${errCode} ${errMsg}` };
    },
  });
}

/** True for most pushes of the JSON codec, by their first bytes. */
function isPush(frame: Buffer): boolean {
  return frame.toString('latin1', 0, 24).includes(':2001');
}
