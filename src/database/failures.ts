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
const RETRYABLE = new Set<unknown>([
  'ER_LOCK_DEADLOCK',
  1213,
  'ER_LOCK_WAIT_TIMEOUT',
  1205,
  'ER_CHECKREAD',
  1020,
  'SQLITE_BUSY',
  5,
]);

/** True when a row with the same key is already there. Three drivers, three shapes, one answer. */
export function isDuplicateKey(error: unknown): boolean {
  return codesOf(error).some((code) => DUPLICATE.has(code));
}

/** True when the database gave up a transaction that would pass when tried again as a whole. */
export function isRetryable(error: unknown): boolean {
  return codesOf(error).some((code) => RETRYABLE.has(code));
}
