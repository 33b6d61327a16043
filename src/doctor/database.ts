import { access, constants } from 'node:fs/promises';
import type { DataSource, DataSourceOptions, QueryRunner } from 'typeorm';
import { databaseOptions, imDataSource, MIGRATIONS_TABLE } from '../database/data-source.js';
import type { EmbeddedSqlite } from '../database/embedded-sqlite.js';
import { IM_MIGRATIONS } from '../database/migrations/all.js';
import { IM_ENTITIES } from '../entities.js';
import type { Query, Row } from './check.js';

/** Why there is nothing to examine, and what to do about it. */
export class NothingToExamine extends Error {}

/** What drivers say, and what it means. */
const FAILURES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'it does not answer; is it running, and are host and port of DATABASE_URL right?',
  ETIMEDOUT: 'it does not answer in time; are host and port of DATABASE_URL right?',
  ENOTFOUND: 'there is no such host',
  ER_ACCESS_DENIED_ERROR: 'it refuses user or password',
  ER_DBACCESS_DENIED_ERROR: 'the user may not use this database',
  ER_BAD_DB_ERROR: 'there is no such database; CREATE DATABASE makes it, and the first start of the server its tables',
};

/** Opens a database for reading alone. @throws NothingToExamine where there is none */
export async function openForReading(url: string): Promise<DataSource> {
  if (url.startsWith('sqlite:')) await assertFile(url.slice('sqlite:'.length));
  try {
    const dataSource = await imDataSource({
      ...readonlyOptions(await databaseOptions(url)),
      entities: IM_ENTITIES,
      migrations: IM_MIGRATIONS,
      migrationsTableName: MIGRATIONS_TABLE,
    });
    return await dataSource.initialize();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new NothingToExamine(`The database cannot be opened: ${FAILURES[code ?? ''] ?? message}`);
  }
}

/**
 * Answers queries of one moment, until `end`: a server may go on writing, which it need not wait for. On SQLite what it
 * writes meanwhile stays in the log file, on MySQL in the undo log.
 */
export async function openSnapshot(dataSource: DataSource): Promise<{ query: Query; end(): Promise<void> }> {
  const runner: QueryRunner = dataSource.createQueryRunner();
  if (engineOf(dataSource) === 'sqlite') {
    await runner.query('BEGIN');
  } else {
    await runner.query('SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ');
    await runner.query('START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY');
  }
  return {
    query: (sql, parameters = []) => runner.query(sql, [...parameters]) as Promise<Row[]>,
    async end() {
      await runner.query('ROLLBACK');
      await runner.release();
    },
  };
}

export function engineOf({ options }: DataSource): 'sqlite' | 'mysql' {
  return options.type === 'better-sqlite3' ? 'sqlite' : 'mysql';
}

/** TypeORM would make the folder, and SQLite the file. */
async function assertFile(path: string): Promise<void> {
  if (path === ':memory:')
    throw new NothingToExamine('A database in memory ends with its server: there is nothing to examine.');
  try {
    await access(path, constants.R_OK);
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new NothingToExamine(
      missing
        ? `There is no file ${path}: the server never ran with this DATABASE_URL, or it runs in another folder.`
        : `The file ${path} cannot be read: run the doctor as the user the server runs as.`,
    );
  }
}

function readonlyOptions(options: DataSourceOptions): DataSourceOptions {
  if (options.type !== 'better-sqlite3') return { ...options, connectTimeout: 10_000 } as DataSourceOptions;
  const prepareDatabase = (connection: EmbeddedSqlite): void => void connection.pragma('busy_timeout = 5000');
  return { ...options, readonly: true, fileMustExist: true, prepareDatabase };
}
