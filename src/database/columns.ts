import type { ColumnOptions } from 'typeorm';
import { MAX_ID_LENGTH } from '../core/ids.js';

/**
 * The kinds of columns, by meaning. They hide what differs between SQLite and MySQL; migrations build the same columns
 * with `src/database/migrations/table.ts`.
 */

/** No column of ours is nullable: "" and 0 say that there is nothing. */
type Column = ColumnOptions & { nullable?: false };

/** MySQL hands a bigint over as text, SQLite as a number; an entity always holds a number (all of ours stay below 2^53). */
const bigintToNumber = {
  to: (value: number | undefined): number | undefined => value,
  from: (value: string | number): number => Number(value),
};

/**
 * Compared with a number, MySQL turns every text into one first, and `userID = 0` is true of most users. The wire lets no
 * number through; this is for a host that is not typed.
 */
const onlyText = {
  to: (value: unknown): unknown => (typeof value === 'number' ? String(value) : value),
  from: (value: string): string => value,
};

/** A userID or groupID: case-sensitive, exact to the last blank. */
export function idColumn(): Column {
  return { type: 'varchar', length: MAX_ID_LENGTH, transformer: onlyText };
}

/** Longest conversationID: a prefix and two user IDs. */
const MAX_CONVERSATION_ID_LENGTH = 2 * MAX_ID_LENGTH + 8;

/** A conversationID. */
export function conversationIDColumn(): Column {
  return { type: 'varchar', length: MAX_CONVERSATION_ID_LENGTH, transformer: onlyText };
}

/** Short text with a limit in characters. */
export function textColumn(length: number): Column {
  return { type: 'varchar', length, default: '' };
}

/** Long text: up to 16 MB on MySQL. */
export function longTextColumn(): Column {
  return { type: 'mediumtext' };
}

/** A small number: a code, an option, a role. */
export function codeColumn(value = 0): Column {
  return { type: 'int', default: value };
}

/** True or false. */
export function flagColumn(): Column {
  return { type: 'boolean', default: false };
}

/** A moment in milliseconds since the epoch. */
export function epochMsColumn(): Column {
  return { type: 'bigint', default: 0, transformer: bigintToNumber };
}

/** A duration or a moment in seconds. */
export function secondsColumn(): Column {
  return { type: 'bigint', default: 0, transformer: bigintToNumber };
}

/** A sequence number of a conversation. */
export function seqColumn(): Column {
  return { type: 'bigint', default: 0, transformer: bigintToNumber };
}

/** A size in bytes. */
export function bytesColumn(): Column {
  return { type: 'bigint', default: 0, transformer: bigintToNumber };
}
