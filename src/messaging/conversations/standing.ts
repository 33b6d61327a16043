import { boundsOf } from '../history/readable.js';

/** Where a conversation stands for its owner: what lists are ordered and counted by. */
export interface Standing {
  conversationID: string;
  isPinned: boolean;
  recvMsgOpt: number;
  /** Highest seq the owner may read. */
  maxSeq: number;
  /** Up to which seq nothing is unread. */
  readSeq: number;
  /** sendTime of the newest message he may read, epoch milliseconds. */
  newestTime: number;
}

/** As the database has it: numbers may be text, and what there is not is null. */
export interface RawStanding {
  conversationID: string;
  isPinned: unknown;
  recvMsgOpt: unknown;
  /** Limits of the owner, 0 without one. */
  ownMinSeq: unknown;
  ownMaxSeq: unknown;
  /** Limits of everybody. */
  minSeq: unknown;
  maxSeq: unknown;
  hasReadSeq: unknown;
  newestTime: unknown;
}

/**
 * Those of the conversations in which their owner may read something: pinned ones first, then the newest, ties by ID. What
 * he may not read does not count as unread.
 */
export function standingsOf(rows: readonly RawStanding[]): Standing[] {
  return rows
    .map(standingOf)
    .filter((standing) => standing !== undefined)
    .sort(byPinAndTime);
}

/** How many messages the owner has not read. */
export function unreadOf({ maxSeq, readSeq }: Standing): number {
  return maxSeq - readSeq;
}

/** As {@link unreadOf}, of all of them. */
export function unreadOfAll(standings: readonly Standing[]): number {
  return standings.reduce((sum, standing) => sum + unreadOf(standing), 0);
}

function standingOf(row: RawStanding): Standing | undefined {
  const own = { minSeq: Number(row.ownMinSeq), maxSeq: Number(row.ownMaxSeq) };
  const { min, max } = boundsOf({ minSeq: Number(row.minSeq), maxSeq: Number(row.maxSeq) }, own);
  if (max < min) return undefined;
  return {
    conversationID: row.conversationID,
    isPinned: Number(row.isPinned) !== 0,
    recvMsgOpt: Number(row.recvMsgOpt),
    maxSeq: max,
    readSeq: Math.min(max, Math.max(Number(row.hasReadSeq), min - 1)),
    newestTime: Number(row.newestTime),
  };
}

function byPinAndTime(a: Standing, b: Standing): number {
  if (a.isPinned !== b.isPinned) return a.isPinned ? -1 : 1;
  if (a.newestTime !== b.newestTime) return b.newestTime - a.newestTime;
  return a.conversationID < b.conversationID ? -1 : 1;
}
