import { SessionType } from '../../core/protocol.js';
import type { Conversation } from '../conversation.entity.js';
import type { Message } from '../message.entity.js';
import type { Sequence } from '../sequence.entity.js';

/** What of a conversation one user may read. Source: contract/messages.md section 6. */
export interface Readable {
  conversationID: string;
  userID: string;
  /** Lowest and highest seq, both included; there is nothing where `max` is below `min`. */
  min: number;
  max: number;
  /** The groups among whose members he is, as far as their messages can be in here. */
  groupIDs: readonly string[];
  /** His conversation; a channel of notifications is in nobody's list and has none. */
  conversation?: Conversation;
}

/** Part of a conversation. */
export interface SeqRange {
  conversationID: string;
  /** First and last seq, both included. */
  begin: number;
  end: number;
  /** Most messages to answer; of a longer range the last ones. A channel of notifications answers the whole range. */
  num: number;
}

/** The seqs between the conversation's bounds and the user's own. */
export function boundsOf(
  counter: Pick<Sequence, 'minSeq' | 'maxSeq'> | undefined,
  own?: Pick<Conversation, 'minSeq' | 'maxSeq'>,
): { min: number; max: number } {
  const max = counter?.maxSeq ?? 0;
  return {
    min: Math.max(counter?.minSeq ?? 0, own?.minSeq ?? 0, 1),
    max: own?.maxSeq ? Math.min(max, own.maxSeq) : max,
  };
}

/**
 * Whether a message of a readable conversation is for its user. Two pairs of users, or a pair and a group, can share an ID
 * of a conversation (`a_b` with `c`, `a` with `b_c`); their messages stay apart.
 */
export function concerns({ userID, groupIDs }: Readable, message: Pick<Message, keyof Addressed>): boolean {
  return message.sessionType === SessionType.group
    ? groupIDs.includes(message.groupID)
    : message.sendID === userID || message.recvID === userID;
}

/** From whom to whom a message is. */
interface Addressed {
  sessionType: number;
  groupID: string;
  sendID: string;
  recvID: string;
}

/** The seqs of a range that can be read, ascending: of more than `limit` the last. */
export function seqsWithin({ min, max }: Readable, range: Pick<SeqRange, 'begin' | 'end'>, limit: number): number[] {
  const end = Math.min(range.end, max);
  const begin = Math.max(range.begin, min, end - limit + 1);
  return Array.from({ length: Math.max(0, end - begin + 1) }, (_, index) => begin + index);
}
