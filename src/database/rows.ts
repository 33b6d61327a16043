import type { DataSource, EntityManager, EntityMetadata, EntityTarget, ObjectLiteral, ValueTransformer } from 'typeorm';
import { bindable, chunks } from './bulk.js';
import { allForEach } from './sqlite-runners.js';

/**
 * Reading past TypeORM's finding. What comes back is the same, but for a plain object each; building that query and its
 * answer takes TypeORM several times as long as the reading itself.
 */

/** What one statement of MySQL looks for at once: values of one column, or conditions. */
const VALUES = 2_000;
const CONDITIONS = 500;

/** How rows are read. */
export interface Reading<T> {
  /** Columns by which the rows of each key come in order, rising. Left out, the order is the database's. */
  order?: readonly (keyof T & string)[];
  /** Of the rows of each key in that order: how many are passed over, and how many are read at most. For one key alone. */
  page?: { offset: number; limit: number };
  /** Keeps the rows from other writers until the transaction ends. */
  lock?: boolean;
}

/**
 * Reads rows by their keys. Unknown ones are left out, and one that is given twice is found once.
 *
 * @param columns of the key; an index has to begin with them
 * @param keys their values, in that order
 */
export async function rowsByKey<T extends ObjectLiteral>(
  manager: EntityManager,
  entity: EntityTarget<T>,
  columns: readonly (keyof T & string)[],
  keys: readonly (readonly unknown[])[],
  reading: Reading<T> = {},
): Promise<T[]> {
  const { driver } = manager.dataSource;
  const equal = columns.map((name) => `${driver.escape(name)} = ?`);
  const { storable } = readerOf(manager.dataSource, manager.dataSource.getMetadata(entity));
  const wanted = onceEach(keys.map((key) => key.map((value, place) => storable(columns[place], value))));
  const shared = wanted[0]?.slice(0, -1) ?? [];
  const alike = wanted.every((key) => shared.every((value, place) => value === key[place]));
  if (wanted.length < 2 || !alike) return rowsWhere(manager, entity, equal.join(' AND '), wanted, reading);
  const last = driver.escape(columns[shared.length]);
  const anyOf = (list: string): string => [...equal.slice(0, -1), `${last} IN (${list})`].join(' AND ');
  const values = wanted.map((key) => key.at(-1));
  if (isSqlite(manager)) {
    // As one value, so that one prepared statement does for any number of them.
    const condition = anyOf('SELECT value FROM json_each(?)');
    return rowsWhere(manager, entity, condition, [[...shared, JSON.stringify(values)]], reading);
  }
  let found: T[] = [];
  for (const some of chunks(values, VALUES)) {
    const condition = anyOf(some.map(() => '?').join(', '));
    found = found.concat(await rowsWhere(manager, entity, condition, [[...shared, ...some]], reading));
  }
  return found;
}

function onceEach(keys: readonly (readonly unknown[])[]): readonly (readonly unknown[])[] {
  if (keys.length < 2) return keys;
  return [...new Map(keys.map((key) => [key.join('\0'), key])).values()];
}

/**
 * Reads the rows that meet a condition, for each list of its parameters.
 *
 * @param condition SQL of both engines; an index has to serve it
 * @param keys values for its question marks; a row that meets it for several of them comes once or more often
 */
export async function rowsWhere<T extends ObjectLiteral>(
  manager: EntityManager,
  entity: EntityTarget<T>,
  condition: string,
  keys: readonly (readonly unknown[])[],
  { order = [], page, lock = false }: Reading<T> = {},
): Promise<T[]> {
  if (keys.length === 0) return [];
  const { columns, select, convert } = readerOf(manager.dataSource, manager.dataSource.getMetadata(entity));
  // SQLite has no row locks and needs none: it has one writer at a time.
  const tail = [
    ...(order.length > 0 ? [`ORDER BY ${order.join(', ')}`] : []),
    ...(page ? ['LIMIT ? OFFSET ?'] : []),
    ...(lock && !isSqlite(manager) ? ['FOR UPDATE'] : []),
  ].join(' ');
  const bounds = page ? [page.limit, page.offset] : [];
  const read = async (conditions: number, values: readonly (readonly unknown[])[]): Promise<T[]> => {
    const where = Array.from({ length: conditions }, () => `(${condition})`).join(' OR ');
    const rows = await selected(manager, { sql: `${select} WHERE ${where} ${tail}`, columns }, values);
    return rows.map(convert) as T[];
  };
  if (isSqlite(manager)) return read(1, page ? [[...keys[0], ...bounds]] : keys);
  let found: T[] = [];
  for (const some of chunks(keys, CONDITIONS)) {
    found = found.concat(await read(some.length, [[...some.flat(), ...bounds]]));
  }
  return found;
}

/** A SELECT of both engines, and what its columns are called. */
export interface Selection {
  sql: string;
  columns: readonly string[];
}

/**
 * What a SELECT finds, for each list of its parameters. Values are as the driver hands them over: on MySQL a bigint is
 * text, and no truth is a boolean.
 */
export async function selected(
  manager: EntityManager,
  { sql, columns }: Selection,
  keys: readonly (readonly unknown[])[],
): Promise<Row[]> {
  if (!isSqlite(manager)) {
    let rows: Row[] = [];
    for (const key of keys) rows = rows.concat(await manager.query<Row[]>(sql, [...key]));
    return rows;
  }
  // SQLite's drivers take their time over each value they hand over. One text takes a third of what its values would.
  const names = columns.map((name) => manager.dataSource.driver.escape(name)).join(', ');
  const asText = `SELECT json_group_array(json_array(${names})) AS found FROM (${sql})`;
  const found: Row[] = [];
  for (const answer of await allForEach(manager, asText, keys)) {
    for (const values of JSON.parse((answer as { found: string }).found) as unknown[][]) {
      const row: Row = {};
      for (let index = 0; index < columns.length; index += 1) row[columns[index]] = values[index];
      found.push(row);
    }
  }
  return found;
}

type Row = Record<string, unknown>;

function isSqlite({ dataSource }: EntityManager): boolean {
  return dataSource.options.type === 'better-sqlite3';
}

/** How an entity is read: its columns, and what is done to a row as the driver hands it over. */
interface Reader {
  columns: readonly string[];
  select: string;
  convert: (row: Row) => Row;
  /** A value as the column stores it. */
  storable: (name: string, value: unknown) => unknown;
}

const readers = new WeakMap<EntityMetadata, Reader>();

function readerOf({ driver }: DataSource, metadata: EntityMetadata): Reader {
  let reader = readers.get(metadata);
  if (!reader) {
    const columns = metadata.columns.map(({ propertyName }) => propertyName);
    const transformers = new Map(
      metadata.columns.map(({ propertyName, transformer }) => [
        propertyName,
        transformer as ValueTransformer | undefined,
      ]),
    );
    const conversions = metadata.columns.flatMap(({ propertyName, type, transformer }) => {
      if (type === 'boolean') return [{ name: propertyName, from: (value: unknown): unknown => Boolean(value) }];
      const own = transformer as ValueTransformer | undefined;
      return own ? [{ name: propertyName, from: (value: unknown): unknown => own.from(value) }] : [];
    });
    reader = {
      columns,
      select: `SELECT ${columns.map((name) => driver.escape(name)).join(', ')} FROM ${driver.escape(metadata.tableName)}`,
      convert: (row) => {
        for (const { name, from } of conversions) row[name] = from(row[name]);
        return row;
      },
      storable: (name, value) => {
        const transformer = transformers.get(name);
        return bindable(transformer ? transformer.to(value) : value);
      },
    };
    readers.set(metadata, reader);
  }
  return reader;
}
