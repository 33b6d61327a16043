import type { EntityManager, EntityTarget, ObjectLiteral } from 'typeorm';
import { runForEach } from './sqlite-runners.js';

/** Values that are sent in one statement at the most; beyond that a statement gets long and is not faster. */
const MAX_VALUES = 16_000;

/**
 * How many values a statement looks for at once. MariaDB stops using the index for lists somewhere between 8,000 and
 * 15,000 values: it then reads, and locks, the whole table.
 */
const MAX_WANTED = 2_000;

/**
 * What happens to a row whose key is there already: nothing, its columns take the new values, or its numbers rise to the
 * new ones where these are higher. Without one, the insert fails as a duplicate.
 */
export type OnConflict<T> = 'ignore' | { update: (keyof T & string)[] } | { raise: (keyof T & string)[] };

/**
 * Inserts rows, all or none, in the way that is fastest for the engine. Every row must have the same members; what a
 * row leaves out takes the column's default. Nothing is read back.
 */
export async function insertRows<T extends ObjectLiteral>(
  manager: EntityManager,
  entity: EntityTarget<T>,
  rows: readonly Partial<T>[],
  onConflict?: OnConflict<T>,
): Promise<void> {
  const first = rows[0];
  if (!first) return;
  const { dataSource } = manager;
  const sqlite = dataSource.options.type === 'better-sqlite3';
  const escape = (name: string): string => dataSource.driver.escape(name);
  const metadata = dataSource.getMetadata(entity);
  const columns = metadata.columns.filter((column) => first[column.propertyName as keyof T] !== undefined);
  const names = columns.map((column) => column.propertyName);
  const head = `INSERT INTO ${escape(metadata.tableName)} (${names.map(escape).join(', ')}) VALUES `;
  const tuple = `(${names.map(() => '?').join(', ')})`;
  const tail = conflictClause(
    onConflict,
    metadata.primaryColumns.map((column) => column.propertyName),
    { escape, sqlite },
  );
  const valuesOf = (row: Partial<T>): unknown[] => names.map((name) => bindable(row[name as keyof T]));
  if (sqlite) {
    await runForEach(manager, head + tuple + tail, rows.map(valuesOf));
    return;
  }
  for (const chunk of chunks(rows, Math.max(1, Math.floor(MAX_VALUES / names.length)))) {
    await manager.query(head + chunk.map(() => tuple).join(', ') + tail, chunk.flatMap(valuesOf));
  }
}

/** Every driver takes numbers; better-sqlite3 takes no booleans. */
export function bindable(value: unknown): unknown {
  return typeof value === 'boolean' ? Number(value) : value;
}

function conflictClause(
  onConflict: OnConflict<Record<string, unknown>> | undefined,
  keys: string[],
  { escape, sqlite }: { escape: (name: string) => string; sqlite: boolean },
): string {
  if (!onConflict) return '';
  if (onConflict === 'ignore') {
    if (sqlite) return ' ON CONFLICT DO NOTHING';
    // INSERT IGNORE would also swallow a text that is too long; setting a key to itself changes nothing.
    const key = escape(keys[0]);
    return ` ON DUPLICATE KEY UPDATE ${key} = ${key}`;
  }
  const higher = sqlite ? 'MAX' : 'GREATEST';
  const set = (incoming: (name: string) => string): string =>
    'raise' in onConflict
      ? onConflict.raise
          .map(escape)
          .map((name) => `${name} = ${higher}(${name}, ${incoming(name)})`)
          .join(', ')
      : onConflict.update
          .map(escape)
          .map((name) => `${name} = ${incoming(name)}`)
          .join(', ');
  return sqlite
    ? ` ON CONFLICT (${keys.map(escape).join(', ')}) DO UPDATE SET ${set((name) => `excluded.${name}`)}`
    : ` ON DUPLICATE KEY UPDATE ${set((name) => `VALUES(${name})`)}`;
}

/** Slices of at most `size` elements, in order; by default as many as a statement looks for at once. */
export function* chunks<T>(list: readonly T[], size = MAX_WANTED): Generator<readonly T[]> {
  for (let start = 0; start < list.length; start += size) yield list.slice(start, start + size);
}

/** Runs `load` for slices a statement can look for at once and joins what comes back. An empty list asks nothing. */
export async function inChunks<T, R>(list: readonly T[], load: (chunk: readonly T[]) => Promise<R[]>): Promise<R[]> {
  const found: R[] = [];
  for (const chunk of chunks(list)) found.push(...(await load(chunk)));
  return found;
}
