import type { EntityManager } from 'typeorm';

/**
 * Options of a `find` that keeps the rows it reads from other writers until the transaction ends. SQLite has no row locks
 * and needs none: it has one writer at a time.
 */
export function forUpdate(manager: EntityManager): { lock?: { mode: 'pessimistic_write' } } {
  return manager.dataSource.options.type === 'better-sqlite3' ? {} : { lock: { mode: 'pessimistic_write' } };
}
