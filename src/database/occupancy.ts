import type { DataSource } from 'typeorm';
import type { Measures } from '../core/measures.js';
import { queueOf } from './sqlite-runners.js';

/** What of mysql2's pool is read here: lists that it has no names for which are meant for others. */
const OPEN = '_allConnections';
const FREE = '_freeConnections';
const WAITING = '_connectionQueue';
type MysqlPool = Partial<Record<typeof OPEN | typeof FREE | typeof WAITING, { length: number }>>;

/** How far the connections of a database are in use. */
interface Occupancy {
  used: number;
  free: number;
  /** Callers that wait for one. */
  waiting: number;
}

/** Declares what of the connections is measured: of the pool, or of the one that SQLite has. */
export function measureConnections(dataSource: DataSource, measures: Measures): void {
  const connections = 'Connections to the database that are open: used, and free. SQLite has one.';
  measures.gauge({ name: 'openim_database_connections', help: connections, labels: ['state'] }, () => {
    const { used, free } = occupancyOf(dataSource);
    return [
      [{ state: 'used' }, used],
      [{ state: 'free' }, free],
    ];
  });
  const waiting = 'Callers that wait for a connection to the database.';
  measures.gauge({ name: 'openim_database_waiting', help: waiting }, () => occupancyOf(dataSource).waiting);
}

function occupancyOf(dataSource: DataSource): Occupancy {
  const queue = queueOf(dataSource);
  if (queue) return { used: Number(queue.held), free: Number(!queue.held), waiting: queue.length };
  const { pool = {} } = dataSource.driver as unknown as { pool?: MysqlPool };
  const free = pool[FREE]?.length ?? 0;
  const open = pool[OPEN]?.length ?? 0;
  return { used: open - free, free, waiting: pool[WAITING]?.length ?? 0 };
}
