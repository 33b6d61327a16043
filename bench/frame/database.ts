import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createConnection, type RowDataPacket } from 'mysql2/promise';

/** An empty database of one row's own. */
export interface BenchDatabase {
  /** For DATABASE_URL. */
  readonly url: string;
  drop(): Promise<void>;
}

/**
 * @param choice `sqlite`, or `mysql://user:password@host:port` of an account that may create databases
 */
export async function createDatabase(choice: string): Promise<BenchDatabase> {
  if (choice === 'sqlite') {
    const folder = await mkdtemp(join(tmpdir(), 'openim-bench-'));
    return {
      url: `sqlite:${join(folder, 'im.sqlite')}`,
      drop: () => rm(folder, { recursive: true, force: true }),
    };
  }
  const name = `openim_bench_${randomBytes(6).toString('hex')}`;
  await query(choice, `CREATE DATABASE ${name}`);
  const url = new URL(choice);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    drop: async () => {
      await query(choice, `DROP DATABASE ${name}`);
    },
  };
}

/** Engine, version, and what must have happened to a message before it is acknowledged. */
export async function durabilityOf(choice: string): Promise<string> {
  // What src/database/data-source.ts sets on each connection; no other connection can ask for it.
  if (choice === 'sqlite') return 'SQLite, journal_mode=WAL, synchronous=FULL';
  const [row] = await query(
    choice,
    'SELECT VERSION() AS version, @@innodb_flush_log_at_trx_commit AS flush, @@sync_binlog AS binlog',
  );
  return `MySQL protocol, ${row?.['version']}, innodb_flush_log_at_trx_commit=${row?.['flush']}, sync_binlog=${row?.['binlog']}`;
}

/** Bytes of a database: its files, or what MySQL estimates of its tables and indices. */
export async function sizeOnDisk(databaseUrl: string): Promise<number> {
  if (databaseUrl.startsWith('sqlite:')) {
    const folder = dirname(databaseUrl.slice('sqlite:'.length));
    const files = await Promise.all((await readdir(folder)).map((file) => stat(join(folder, file))));
    return files.reduce((sum, { size }) => sum + size, 0);
  }
  const [row] = await query(
    databaseUrl,
    'SELECT SUM(data_length + index_length) AS bytes FROM information_schema.tables WHERE table_schema = DATABASE()',
  );
  return Number(row?.['bytes']);
}

async function query(url: string, sql: string): Promise<RowDataPacket[]> {
  const connection = await createConnection(url);
  try {
    const [rows] = await connection.query<RowDataPacket[]>(sql);
    return rows;
  } finally {
    await connection.end();
  }
}
