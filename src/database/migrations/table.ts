import { Table, type QueryRunner, type TableColumnOptions, type TableIndexOptions } from 'typeorm';

/**
 * How migrations write tables, once for both engines. The kinds mirror `src/database/columns.ts`; a migration keeps what
 * it wrote, so they take what they need as arguments and never look at an entity.
 */
export interface TableKinds {
  id(name: string): TableColumnOptions;
  text(name: string, length: number): TableColumnOptions;
  longText(name: string): TableColumnOptions;
  code(name: string, value?: number): TableColumnOptions;
  flag(name: string): TableColumnOptions;
  /** Milliseconds, seconds, sequence numbers. */
  big(name: string): TableColumnOptions;
}

/** Kinds for the database a migration runs on. */
export async function tableKinds(runner: QueryRunner): Promise<TableKinds> {
  const sqlite = runner.dataSource.options.type === 'better-sqlite3';
  const exact = sqlite ? {} : { charset: 'utf8mb4', collation: await exactCollation(runner) };
  const varchar = (name: string, length: number): TableColumnOptions => ({
    name,
    type: 'varchar',
    length: String(length),
    ...exact,
  });
  const number = (name: string, type: string, value: number): TableColumnOptions => ({
    name,
    type,
    default: String(value),
  });
  return {
    id: (name) => varchar(name, 64),
    text: (name, length) => ({ ...varchar(name, length), default: "''" }),
    longText: (name) => ({ name, type: sqlite ? 'text' : 'mediumtext', ...exact }),
    code: (name, value = 0) => number(name, sqlite ? 'integer' : 'int', value),
    flag: (name) => (sqlite ? number(name, 'boolean', 0) : { ...number(name, 'tinyint', 0), length: '1' }),
    big: (name) => number(name, 'bigint', 0),
  };
}

/** Columns of the primary key. */
export function key(column: TableColumnOptions): TableColumnOptions {
  const { default: _, ...rest } = column;
  return { ...rest, isPrimary: true, ...(column.type === 'bigint' ? { default: column.default } : {}) };
}

export async function createTable(
  runner: QueryRunner,
  name: string,
  columns: TableColumnOptions[],
  indices: TableIndexOptions[] = [],
): Promise<void> {
  await runner.createTable(new Table({ name, columns, indices }));
}

/**
 * The collation under which two texts are equal only when every byte is: upper and lower case apart, accents apart, and
 * trailing blanks counted. MariaDB and MySQL each have one, with different names.
 */
async function exactCollation(runner: QueryRunner): Promise<string> {
  const found = (await runner.query(
    "SELECT COLLATION_NAME AS name FROM information_schema.COLLATIONS WHERE COLLATION_NAME IN ('utf8mb4_nopad_bin', 'utf8mb4_0900_bin')",
  )) as { name: string }[];
  const name = found[0]?.name;
  if (!name) {
    throw new Error('This database has no exact collation: MySQL 8.0.17 or newer, or MariaDB 10.2 or newer, is needed');
  }
  return name;
}
