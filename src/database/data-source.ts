import { DataSource, type DataSourceOptions } from 'typeorm';
import { EmbeddedSqlite } from './embedded-sqlite.js';
import { prepareSqlite } from './sqlite-runners.js';

/** Milliseconds a connection to MySQL or MariaDB may take to come about. */
const CONNECT_TIMEOUT_MS = 5_000;

/** Where everything is stored unless something else is said. */
export const DEFAULT_DATABASE_URL = 'sqlite:./data/openim.sqlite';

/** What the tables and the migrations table are called: all begin with `im_`, to live beside a host's own. */
export const MIGRATIONS_TABLE = 'im_migrations';

/** The classes a data source is built from; see `IM_ENTITIES` and `IM_MIGRATIONS`. */
export interface Schema {
  entities: DataSourceOptions['entities'];
  migrations: DataSourceOptions['migrations'];
}

/**
 * A data source for a database URL, not yet initialized.
 *
 * @param url `sqlite:<path>` (`sqlite::memory:` for a throwaway one) or `mysql://user:password@host:port/database`
 */
export async function createDataSource(url: string, schema: Schema): Promise<DataSource> {
  return imDataSource({ ...(await databaseOptions(url)), ...schema, migrationsTableName: MIGRATIONS_TABLE });
}

/**
 * TypeORM's options for a database URL: the engine, durable commits, the character set. A host with a data source of its
 * own may begin with them.
 */
export async function databaseOptions(url: string): Promise<DataSourceOptions> {
  return url.startsWith('sqlite:') ? sqliteOptions(url.slice('sqlite:'.length)) : mysqlOptions(url);
}

/**
 * The factory a host application with a data source of its own passes to `TypeOrmModule.forRootAsync` as
 * `dataSourceFactory`. On SQLite it is required: TypeORM alone would let transactions of different callers run into one
 * another. On MySQL it changes nothing.
 */
export async function imDataSource(options?: DataSourceOptions): Promise<DataSource> {
  const dataSource = new DataSource(options as DataSourceOptions);
  if (dataSource.options.type === 'better-sqlite3') prepareSqlite(dataSource);
  return dataSource;
}

/** The database's address, as it may be shown. */
export function withoutPassword(url: string): string {
  return url.replace(/^(mysql:\/\/[^:@/]*):[^@/]*@/, '$1:***@');
}

function sqliteOptions(database: string): DataSourceOptions {
  return {
    type: 'better-sqlite3',
    database,
    driver: EmbeddedSqlite,
    prepareDatabase: (connection: EmbeddedSqlite) => {
      connection.pragma('journal_mode = WAL');
      // Acknowledged means durable: the log is flushed at every commit.
      connection.pragma('synchronous = FULL');
      connection.pragma('busy_timeout = 5000');
      // Pages that change with every commit stay in memory, and go from the log into the file every 32 MB only.
      connection.pragma('cache_size = -32768');
      connection.pragma('wal_autocheckpoint = 8192');
    },
  };
}

async function mysqlOptions(url: string): Promise<DataSourceOptions> {
  return {
    type: (await isMariaDb(url)) ? 'mariadb' : 'mysql',
    url,
    charset: 'utf8mb4',
    timezone: 'Z',
    supportBigNumbers: true,
    bigNumberStrings: false,
    poolSize: 16,
    connectTimeout: CONNECT_TIMEOUT_MS,
  };
}

/** TypeORM must be told which of the two it talks to: with the wrong one it sees differences in the schema that are none. */
async function isMariaDb(url: string): Promise<boolean> {
  // Who stores into a file has no use for it.
  const { createConnection } = await import('mysql2/promise');
  const connection = await createConnection({ uri: url, connectTimeout: CONNECT_TIMEOUT_MS });
  try {
    const [rows] = await connection.query('SELECT VERSION() AS version');
    return /mariadb/i.test((rows as { version: string }[])[0]?.version ?? '');
  } finally {
    await connection.end();
  }
}
