/** The database's own codes on a thrown driver error, wherever TypeORM and the driver put them. */
function codesOf(error: unknown): unknown[] {
  if (typeof error !== 'object' || error === null) return [];
  const { code, errno, errcode, driverError } = error as Record<string, unknown>;
  return [code, errno, errcode, ...(driverError && driverError !== error ? codesOf(driverError) : [])];
}

const DUPLICATE = new Set<unknown>([
  'ER_DUP_ENTRY',
  1062,
  'SQLITE_CONSTRAINT_UNIQUE',
  'SQLITE_CONSTRAINT_PRIMARYKEY',
  2067,
  1555,
]);

/** Others held what was needed. The transaction is undone, and passes when they are through. */
const CONTENTION = new Set<unknown>([
  'ER_LOCK_DEADLOCK',
  1213,
  'ER_LOCK_WAIT_TIMEOUT',
  1205,
  'ER_CHECKREAD',
  1020,
  'SQLITE_BUSY',
  5,
]);

/** The connection broke, or the server ended it. The database undoes what was not committed on it. */
const BROKEN = new Set<unknown>(['ECONNRESET', 'EPIPE', 'PROTOCOL_CONNECTION_LOST']);
const ENDED = new Set<unknown>(['ER_SERVER_SHUTDOWN', 1053, 'ER_CONNECTION_KILLED', 1927]);

/** The database is there, but takes nothing: too many connections, no more room, read-only. */
const REFUSAL = new Set<unknown>([
  'NO_CONNECTION_FREE',
  'ER_CON_COUNT_ERROR',
  1040,
  'ER_TOO_MANY_USER_CONNECTIONS',
  1203,
  'ER_DISK_FULL',
  1021,
  'ER_RECORD_FILE_FULL',
  1114,
  'ER_OPTION_PREVENTS_STATEMENT',
  1290,
  'ER_READ_ONLY_MODE',
  1836,
]);

/** SQLite's results, in their lowest byte: a file that is read-only, cannot be read or written, is full, cannot be opened. */
const SQLITE_REFUSAL = new Set([8, 10, 13, 14]);

/**
 * COMMIT was on its way when the connection broke: what it was about is stored as a whole, or not at all, and nobody can
 * say which. Must not be tried again by anybody who cannot tell.
 */
export class CommitUnanswered extends Error {
  constructor(cause: unknown) {
    super('the connection to the database broke before COMMIT was answered', { cause });
  }
}

/** True when a row with the same key is already there. Three drivers, three shapes, one answer. */
export function isDuplicateKey(error: unknown): boolean {
  return codesOf(error).some((code) => DUPLICATE.has(code));
}

/** True when others were in the way of a transaction: locks, deadlocks. */
export function isContention(error: unknown): boolean {
  return codesOf(error).some((code) => CONTENTION.has(code));
}

/**
 * True when the database gave up a transaction, or its connection broke, and it would pass when tried again as a whole. What
 * could not be connected at all is not tried again: its waiting was long enough.
 */
export function isRetryable(error: unknown): boolean {
  return isContention(error) || isUnsent(error) || isLost(error);
}

/** True when a statement may have reached the database, and its answer was lost. */
export function isUnanswered(error: unknown): boolean {
  return (isFatal(error) || isLost(error)) && !isUnsent(error);
}

/**
 * True when it is the state of the database that keeps it from doing what it is asked, whatever that is: it does not
 * answer, has no room, or is too busy. The same may pass later.
 */
export function isUnavailable(error: unknown): boolean {
  return error instanceof CommitUnanswered || isRetryable(error) || isFatal(error) || isRefusal(error);
}

/** mysql2 marks what ends a connection, or keeps it from coming about. */
function isFatal(error: unknown): boolean {
  const { fatal, driverError } = (error ?? {}) as { fatal?: boolean; driverError?: { fatal?: boolean } };
  return fatal === true || driverError?.fatal === true;
}

/** Others have connections too, to other things: theirs do not count. */
function isLost(error: unknown): boolean {
  return codesOf(error).some((code) => ENDED.has(code) || (BROKEN.has(code) && isFatal(error)));
}

/** The connection had broken before the statement was sent. mysql2 has no code for it. */
function isUnsent(error: unknown): boolean {
  return isFatal(error) && codesOf(error).every((code) => code === undefined);
}

function isRefusal(error: unknown): boolean {
  const { errcode } = (error ?? {}) as { errcode?: number };
  return SQLITE_REFUSAL.has((errcode ?? 0) & 0xff) || codesOf(error).some((code) => REFUSAL.has(code));
}
