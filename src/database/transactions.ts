import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import { isRetryable } from './failures.js';

/** Times a transaction is tried before a deadlock is reported as the failure it then is. */
const MAX_ATTEMPTS = 6;

interface Scope {
  readonly manager: EntityManager;
  /** Run once the outermost transaction has committed. */
  readonly afterCommit: (() => void | Promise<void>)[];
  closed: boolean;
}

/**
 * The only door to writing. `run` opens a transaction, or joins the one that is open: services call each other without
 * handing a manager around, and repositories read {@link Transactions.manager}. One instance per data source.
 */
export class Transactions {
  private readonly scopes = new AsyncLocalStorage<Scope>();

  constructor(readonly dataSource: DataSource) {}

  /** The manager of the open transaction, else one that runs every statement by itself (for reading). */
  get manager(): EntityManager {
    return this.openScope()?.manager ?? this.dataSource.manager;
  }

  /** True inside `run` or `join`. */
  get active(): boolean {
    return this.openScope() !== undefined;
  }

  /**
   * Runs `work` in a transaction. Nested calls join the outer one: all commit or none. After a deadlock or serialization
   * failure the whole work is called again, so it must have no effects outside the database; those belong in
   * {@link Transactions.afterCommit}.
   */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.active) return work();
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.attempt(work);
      } catch (error) {
        if (attempt >= MAX_ATTEMPTS || !isRetryable(error)) throw error;
        await delay(Math.random() * 10 * 2 ** attempt);
      }
    }
  }

  /**
   * Runs `work` inside a transaction that the host application opened with its own manager, so that its rows and ours
   * commit together or not at all. What we do after a commit (pushes, caches) waits for the host's commit and is dropped
   * when the host rolls back. The host retries; we do not.
   *
   * @example
   * await dataSource.transaction(async (manager) => {
   *   await manager.save(order);
   *   await transactions.join(manager, () => messages.send(systemActor(), receipt));
   * });
   */
  async join<T>(manager: EntityManager, work: () => Promise<T>): Promise<T> {
    if (!manager.queryRunner?.isTransactionActive) {
      throw new Error(
        'transactions.join() wants the EntityManager of an open transaction, as dataSource.transaction() gives it',
      );
    }
    const scope: Scope = { manager, afterCommit: [], closed: false };
    try {
      const result = await this.scopes.run(scope, work);
      if (scope.afterCommit.length > 0) onceCommitted(manager.queryRunner, () => void settle(scope.afterCommit));
      return result;
    } finally {
      scope.closed = true;
    }
  }

  /** Runs `effect` after the commit of the open transaction, or at once when none is open. Errors are the effect's own. */
  afterCommit(effect: () => void | Promise<void>): void {
    const scope = this.openScope();
    if (scope) scope.afterCommit.push(effect);
    else void settle([effect]);
  }

  private async attempt<T>(work: () => Promise<T>): Promise<T> {
    const runner = this.dataSource.createQueryRunner();
    const scope: Scope = { manager: runner.manager, afterCommit: [], closed: false };
    let result: T;
    try {
      await runner.startTransaction(this.isolation);
      try {
        result = await this.scopes.run(scope, work);
        scope.closed = true;
        await runner.commitTransaction();
      } catch (error) {
        scope.closed = true;
        await runner.rollbackTransaction().catch(() => undefined);
        throw error;
      }
    } finally {
      await runner.release();
    }
    await settle(scope.afterCommit);
    return result;
  }

  /** Rows are locked one by one where it matters, so MySQL's gap locks would only cost deadlocks. */
  private get isolation(): 'READ COMMITTED' | undefined {
    return this.dataSource.options.type === 'better-sqlite3' ? undefined : 'READ COMMITTED';
  }

  private openScope(): Scope | undefined {
    const scope = this.scopes.getStore();
    return scope && !scope.closed ? scope : undefined;
  }
}

/** What follows a commit cannot undo it any more: one failing effect must not keep the others from running. */
async function settle(effects: readonly (() => void | Promise<void>)[]): Promise<void> {
  for (const effect of effects) {
    try {
      await effect();
    } catch (error) {
      process.emitWarning(error instanceof Error ? error : new Error(String(error)));
    }
  }
}

/** What waits for the commit of a transaction that somebody else opened, and how deep in savepoints it was done. */
interface Pending {
  depth: number;
  callback: () => void;
}

const watched = new WeakMap<QueryRunner, Pending[]>();

/**
 * Calls back when a runner's transaction, opened by somebody else, has committed. Never when it rolls back, be it to a
 * savepoint that was set before.
 */
function onceCommitted(runner: QueryRunner, callback: () => void): void {
  const pending = watched.get(runner) ?? watch(runner);
  pending.push({ depth: depthOf(runner), callback });
}

function watch(runner: QueryRunner): Pending[] {
  const commit = runner.commitTransaction.bind(runner);
  const rollback = runner.rollbackTransaction.bind(runner);
  let pending: Pending[] = [];
  const end = (): void => {
    runner.commitTransaction = commit;
    runner.rollbackTransaction = rollback;
    watched.delete(runner);
  };
  const note = (next: Pending[]): void => {
    pending = next;
    watched.set(runner, next);
  };
  runner.commitTransaction = async () => {
    await commit();
    if (runner.isTransactionActive) {
      // A savepoint was released: what came after it now belongs to the level below.
      for (const one of pending) one.depth = Math.min(one.depth, depthOf(runner));
      return;
    }
    end();
    for (const { callback } of pending) callback();
  };
  runner.rollbackTransaction = async () => {
    await rollback();
    if (runner.isTransactionActive) note(pending.filter(({ depth }) => depth <= depthOf(runner)));
    else end();
  };
  note(pending);
  return pending;
}

/** How many savepoints deep a runner is; TypeORM counts, but does not show it. */
function depthOf(runner: QueryRunner): number {
  return (runner as unknown as { transactionDepth: number }).transactionDepth;
}
