import { Writer } from 'protobufjs/minimal.js';
import { CONTENT } from './messages.js';

export const PULL_RANGE = 1002;
export const PULL_SEQS = 1005;

/** What a user asks of one conversation. */
export interface Pull {
  readonly userID: string;
  readonly conversationID: string;
  /** Seqs 1 to this. */
  readonly count: number;
}

/** A `sdkws.PullMessageBySeqsReq` of a range. Field numbers: contract/sdkws-wire.md section 2. */
export function pullRange({ userID, conversationID, count }: Pull): Uint8Array {
  const writer = Writer.create().uint32(10).string(userID);
  writer.uint32(18).fork().uint32(10).string(conversationID);
  return writer.uint32(16).int64(1).uint32(24).int64(count).uint32(32).int64(count).ldelim().finish();
}

/** A `msg.GetSeqMessageReq` of a list. */
export function pullSeqs({ userID, conversationID, count }: Pull): Uint8Array {
  const writer = Writer.create().uint32(10).string(userID);
  writer.uint32(18).fork().uint32(18).string(conversationID).uint32(26).fork();
  for (let seq = 1; seq <= count; seq++) writer.int64(seq);
  return writer.ldelim().ldelim().finish();
}

/** How many of the bench's messages are in the protobuf of an answer. */
export function messagesIn(data: Uint8Array): number {
  const bytes = Buffer.from(data);
  let count = 0;
  for (let at = bytes.indexOf(CONTENT); at >= 0; at = bytes.indexOf(CONTENT, at + 1)) count++;
  return count;
}
