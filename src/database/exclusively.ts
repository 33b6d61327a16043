import type { DataSource } from 'typeorm';

/** Seconds one question for the lock waits, and milliseconds after which nobody waits any longer. */
const ASK_SECONDS = 10;
const MAX_WAIT_MS = 600_000;

/** Seconds the session that holds the lock may be silent: as long as MySQL lets it be by default, whatever this server says. */
const SILENCE_SECONDS = 28_800;

/**
 * Names are the server's, not the database's. Of MySQL they may have 64 characters.
 *
 * @param name short: what is done
 */
const LOCK = "CONCAT('im_', ?, '_', LEFT(SHA2(DATABASE(), 256), 32))";

/**
 * Runs `work` while no other process on the same MySQL or MariaDB does what has the same name: migrating, which TypeORM
 * lets everybody do at once. Waits for ten minutes at most. The lock is the session's: it ends with a process that is
 * killed. It takes a connection of its own, so that the pool must have two. A SQLite file has one process; there `work` is
 * run at once.
 *
 * @param name of at most 24 characters
 * @throws Error when somebody else was still at it after that time
 */
export async function exclusively<T>(dataSource: DataSource, name: string, work: () => Promise<T>): Promise<T> {
  if (dataSource.options.type === 'better-sqlite3') return work();
  const runner = dataSource.createQueryRunner();
  try {
    await runner.query(`SET SESSION wait_timeout = ${SILENCE_SECONDS}`);
    const deadline = performance.now() + MAX_WAIT_MS;
    for (;;) {
      const [{ taken }] = (await runner.query(`SELECT GET_LOCK(${LOCK}, ${ASK_SECONDS}) AS taken`, [name])) as {
        taken: unknown;
      }[];
      if (Number(taken) === 1) break;
      if (performance.now() > deadline) {
        throw new Error(`Another process has been at "${name}" of this database for ${MAX_WAIT_MS / 60_000} minutes`);
      }
    }
    try {
      return await work();
    } finally {
      // Where the connection is gone, the lock is.
      await runner.query(`SELECT RELEASE_LOCK(${LOCK})`, [name]).catch(() => undefined);
    }
  } finally {
    await runner.release();
  }
}
