import type { DataSource, QueryRunner } from 'typeorm';
import { withDatabase } from './sql.js';

/** Most rows of one statement. */
const BLOCK = 10_000;

/** Copies of a row the server wrote, and what differs in them. */
export interface Copy {
  readonly table: string;
  /** Tells the row that is copied. */
  readonly model: Readonly<Record<string, string | number>>;
  /** SQL by column, in which `n` and `k` are the numbers of the copy. Columns left out are as in the model. */
  readonly set: Readonly<Record<string, string>>;
  /** The first `n`; 0 when left out. */
  readonly from?: number;
  /** How many `n`. */
  readonly count: number;
  /** For each `n` so many copies, with `k` from 0. 1 when left out. */
  readonly each?: number;
}

/**
 * Rows by the million, made by the database itself: what the server wrote once, again and again under other keys. The SQL
 * of both engines is the same; `||` joins texts.
 */
export class Copies {
  private constructor(private readonly runner: QueryRunner) {}

  /** Does something with a server's database behind its back. */
  static in<T>(databaseUrl: string, work: (copies: Copies) => Promise<T>): Promise<T> {
    return withDatabase(databaseUrl, async (database) => {
      const runner = database.createQueryRunner();
      try {
        await prepare(database, runner);
        return await work(new Copies(runner));
      } finally {
        await runner.query('DROP TABLE IF EXISTS bench_numbers');
        await runner.release();
      }
    });
  }

  async add({ table, model, set, from = 0, count, each = 1 }: Copy): Promise<void> {
    const keys = Object.keys(model);
    const where = keys.map((key) => `${key} = ?`).join(' AND ');
    const [row] = (await this.query(`SELECT * FROM ${table} WHERE ${where}`, Object.values(model))) as object[];
    if (!row) throw new Error(`${table} has no row of ${JSON.stringify(model)} to copy`);
    const columns = Object.keys(row);
    const values = columns.map((column) => set[column] ?? `model.${column}`).join(', ');
    const perStatement = Math.max(1, Math.floor(BLOCK / each));
    for (let done = 0; done < count; done += perStatement) {
      const some = Math.min(perStatement, count - done);
      await this.query(
        `INSERT INTO ${table} (${columns.join(', ')}) SELECT ${values} FROM ` +
          `(SELECT ${from + done} + i AS n FROM bench_numbers WHERE i < ${some}) AS ns, ` +
          `(SELECT i AS k FROM bench_numbers WHERE i < ${each}) AS ks, ` +
          `(SELECT * FROM ${table} WHERE ${where}) AS model ORDER BY n, k`,
        Object.values(model),
      );
    }
  }

  query(sql: string, values: readonly unknown[] = []): Promise<unknown> {
    return this.runner.query(sql, [...values]);
  }
}

async function prepare({ options }: DataSource, runner: QueryRunner): Promise<void> {
  if (options.type !== 'better-sqlite3') {
    await runner.query(`SET SESSION sql_mode = CONCAT(@@sql_mode, ',PIPES_AS_CONCAT')`);
  }
  await runner.query('CREATE TABLE bench_numbers (i INTEGER PRIMARY KEY)');
  await runner.query('INSERT INTO bench_numbers VALUES (0)');
  for (let size = 1; size < BLOCK; size *= 2) {
    await runner.query(`INSERT INTO bench_numbers SELECT i + ${size} FROM bench_numbers WHERE i + ${size} < ${BLOCK}`);
  }
}
