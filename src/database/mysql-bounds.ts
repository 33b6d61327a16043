import type { Socket } from 'node:net';
import type { DataSource } from 'typeorm';

/** Milliseconds a caller waits for one of the pool's connections. */
const WAIT_MS = 10_000;

/** Milliseconds without a byte, after which a connection is given up. So long may a statement take until its first row. */
const SILENCE_MS = 30_000;

/**
 * Seconds a statement waits for a row somebody else has locked (MySQL's own bound is 50), and seconds after which the server
 * ends a session it hears nothing of, so that locks of one whose client was cut off do not stay for hours. We end it first.
 */
const SESSION = 'SET SESSION innodb_lock_wait_timeout = 10, wait_timeout = 60';

/** The parts used of mysql2's connection. Over TLS the stream is the encrypted one. */
interface Connection {
  stream: Socket;
  query(sql: string, done: () => void): void;
  release(): void;
}

interface MysqlDriver {
  obtainMasterConnection(): Promise<Connection>;
}

/** All connections are taken, and none came free in time. */
class NoConnectionFree extends Error {
  readonly code = 'NO_CONNECTION_FREE';

  constructor() {
    super(`no connection to the database came free within ${WAIT_MS} ms`);
  }
}

/** A connection, or the server behind it, fell silent. Named as the system names a connection that came to nothing. */
class DatabaseSilent extends Error {
  readonly code = 'ETIMEDOUT';

  constructor() {
    super(`the database did not answer within ${SILENCE_MS} ms`);
  }
}

/**
 * Bounds every wait for MySQL or MariaDB, so that a database that has fallen silent fails callers instead of holding them,
 * and the pool has connections again when it is back. Neither mysql2 nor TypeORM has such bounds: a statement's `timeout`
 * leaves its connection stuck in the pool. Called once migrations are through, which may take as long as they need.
 */
export function boundWaits(dataSource: DataSource): void {
  const driver = dataSource.driver as unknown as MysqlDriver;
  const obtain = driver.obtainMasterConnection.bind(driver);
  const known = new WeakSet<Connection>();
  driver.obtainMasterConnection = async () => {
    const connection = await inTime(obtain());
    if (!known.has(connection)) {
      known.add(connection);
      const { stream } = connection;
      // mysql2 fails the statement that waits, and takes the connection out of the pool.
      stream.setTimeout(SILENCE_MS, () => stream.destroy(new DatabaseSilent()));
      // Comes before whatever the caller asks. What keeps it from being done keeps that from being done too.
      connection.query(SESSION, () => undefined);
    }
    return connection;
  };
}

/** Gives up waiting after a while; what comes too late goes back to the pool. */
async function inTime(coming: Promise<Connection>): Promise<Connection> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new NoConnectionFree()), WAIT_MS);
  });
  try {
    return await Promise.race([coming, late]);
  } catch (error) {
    coming.then(
      (connection) => connection.release(),
      () => undefined,
    );
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
