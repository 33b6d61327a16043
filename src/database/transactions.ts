import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import { type Counter, Measures } from '../core/measures.js';
import { Caches } from './caches.js';
import { CommitUnanswered, isContention, isRetryable, isUnanswered } from './failures.js';
import { measureConnections } from './occupancy.js';
import type { Replicas } from './replicas.js';

/** Times a transaction is tried, and milliseconds, before a deadlock is reported as the failure it then is. */
const MAX_ATTEMPTS = 6;
const MAX_TRYING_MS = 10_000;

/** What is to be done once the outermost transaction has committed. */
type Effect = () => void | Promise<void>;

interface Scope {
  readonly manager: EntityManager;
  readonly effects: Effect[];
  /** Keys that caches drop before any effect runs, by cache. */
  readonly forgotten: Map<string, Set<string>>;
  /** It reads from a replica, and is no transaction. */
  readonly stale: boolean;
  closed: boolean;
}

/**
 * The only door to writing. `run` opens a transaction, or joins the one that is open: services call each other without
 * handing a manager around, and repositories read {@link Transactions.manager}. One instance per data source.
 */
export class Transactions {
  /** What is remembered of rows, and forgotten when a transaction has written them. */
  readonly caches = new Caches();
  private readonly scopes = new AsyncLocalStorage<Scope>();

  private readonly retries: Counter<'reason'>;

  constructor(
    readonly dataSource: DataSource,
    measures = new Measures(),
    private readonly replicas?: Replicas,
  ) {
    this.retries = measures.counter({
      name: 'openim_transaction_retries_total',
      help: 'Transactions that were tried again: others were in the way (contention), or the connection broke.',
      labels: ['reason'],
    });
    for (const reason of ['contention', 'connection']) this.retries.add(0, { reason });
    measureConnections(dataSource, measures);
  }

  /** The manager of the open transaction, else one that runs every statement by itself (for reading). */
  get manager(): EntityManager {
    return this.currentScope()?.manager ?? this.dataSource.manager;
  }

  /** True inside `run` or `join`. */
  get active(): boolean {
    return this.openScope() !== undefined;
  }

  /** Whether what is read now may differ from what everybody would read: nothing of it is to be remembered. */
  get isApart(): boolean {
    return this.currentScope() !== undefined;
  }

  /**
   * Runs `work`, which only reads, and for which what was so a moment ago is good enough: on a replica, if there is one that
   * answers. Inside a transaction it reads there.
   */
  stale<T>(work: () => Promise<T>): Promise<T> {
    if (!this.replicas || this.isApart) return work();
    return this.replicas.read(async (manager) => {
      const scope = scopeOf(manager, true);
      try {
        return await this.scopes.run(scope, work);
      } finally {
        scope.closed = true;
      }
    }, work);
  }

  /**
   * Runs `work` in a transaction. Nested calls join the outer one: all commit or none. After a deadlock, a serialization
   * failure or the loss of its connection the whole work is called again, so it must have no effects outside the database;
   * those belong in {@link Transactions.afterCommit}.
   *
   * @throws CommitUnanswered when nobody can say whether it was committed
   */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.active) return work();
    const begun = performance.now();
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.attempt(work);
      } catch (error) {
        const patient = attempt < MAX_ATTEMPTS && performance.now() - begun < MAX_TRYING_MS;
        if (!patient || !isRetryable(error)) throw error;
        this.retries.add(1, { reason: isContention(error) ? 'contention' : 'connection' });
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
    const scope = scopeOf(manager);
    try {
      const result = await this.scopes.run(scope, work);
      if (scope.effects.length > 0 || scope.forgotten.size > 0) {
        onceCommitted(manager.queryRunner, async (outcome) => {
          await this.forgetAll(scope);
          if (outcome === 'committed') void settle(scope.effects);
        });
      }
      return result;
    } finally {
      scope.closed = true;
    }
  }

  /** Runs `effect` after the commit of the open transaction, or at once when none is open. Errors are the effect's own. */
  afterCommit(effect: () => void | Promise<void>): void {
    const scope = this.openScope();
    if (scope) scope.effects.push(effect);
    else void settle([effect]);
  }

  /** Drops keys of a cache, here and in other processes, once the open transaction has committed or may have. */
  forget(cache: string, keys: readonly string[]): void {
    const scope = this.openScope();
    if (!scope) return void this.caches.forgetEverywhere({ [cache]: keys });
    const forgotten = scope.forgotten.get(cache);
    if (!forgotten) scope.forgotten.set(cache, new Set(keys));
    else for (const key of keys) forgotten.add(key);
  }

  private async attempt<T>(work: () => Promise<T>): Promise<T> {
    const runner = this.dataSource.createQueryRunner();
    const scope = scopeOf(runner.manager);
    let result: T;
    try {
      await runner.startTransaction(this.isolation);
      try {
        result = await this.scopes.run(scope, work);
        scope.closed = true;
        await sendCommit(runner);
      } catch (error) {
        scope.closed = true;
        await runner.rollbackTransaction().catch(() => undefined);
        if (error instanceof CommitUnanswered) await this.forgetAll(scope);
        throw error;
      }
    } finally {
      await runner.release();
    }
    await this.forgetAll(scope);
    await settle(scope.effects);
    return result;
  }

  /** Nobody goes by old rows any more when the effects run, and when the caller hears that his are stored. */
  private async forgetAll({ forgotten }: Scope): Promise<void> {
    if (forgotten.size === 0) return;
    const keys = [...forgotten].map(([cache, some]) => [cache, [...some]]);
    await this.caches.forgetEverywhere(Object.fromEntries(keys));
  }

  /** Rows are locked one by one where it matters, so MySQL's gap locks would only cost deadlocks. */
  private get isolation(): 'READ COMMITTED' | undefined {
    return this.dataSource.options.type === 'better-sqlite3' ? undefined : 'READ COMMITTED';
  }

  private openScope(): Scope | undefined {
    const scope = this.currentScope();
    return scope?.stale ? undefined : scope;
  }

  private currentScope(): Scope | undefined {
    const scope = this.scopes.getStore();
    return scope && !scope.closed ? scope : undefined;
  }
}

function scopeOf(manager: EntityManager, stale = false): Scope {
  return { manager, effects: [], forgotten: new Map(), stale, closed: false };
}

/** A transaction that broke off before COMMIT is undone; once COMMIT is on its way, it may be either. */
async function sendCommit(runner: QueryRunner): Promise<void> {
  try {
    await runner.commitTransaction();
  } catch (error) {
    throw isUnanswered(error) ? new CommitUnanswered(error) : error;
  }
}

/** How a transaction ended that was not rolled back. */
type Outcome = 'committed' | 'in doubt';

/** What follows a commit cannot undo it any more: one failing effect must not keep the others from running. */
async function settle(effects: readonly Effect[]): Promise<void> {
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
  callback: (outcome: Outcome) => Promise<void>;
}

const watched = new WeakMap<QueryRunner, Pending[]>();

/**
 * Calls back when a runner's transaction, opened by somebody else, has committed, or may have. Never when it rolls back, be
 * it to a savepoint that was set before.
 */
function onceCommitted(runner: QueryRunner, callback: (outcome: Outcome) => Promise<void>): void {
  const pending = watched.get(runner) ?? watch(runner);
  pending.push({ depth: depthOf(runner), callback });
}

function watch(runner: QueryRunner): Pending[] {
  const commit = runner.commitTransaction.bind(runner);
  const rollback = runner.rollbackTransaction.bind(runner);
  let pending: Pending[] = [];
  const end = async (outcome: Outcome | 'rolled back'): Promise<void> => {
    runner.commitTransaction = commit;
    runner.rollbackTransaction = rollback;
    watched.delete(runner);
    if (outcome !== 'rolled back') await Promise.all(pending.map(({ callback }) => callback(outcome)));
  };
  const note = (next: Pending[]): void => {
    pending = next;
    watched.set(runner, next);
  };
  runner.commitTransaction = async () => {
    await commit();
    if (!runner.isTransactionActive) return end('committed');
    // A savepoint was released: what came after it now belongs to the level below.
    for (const one of pending) one.depth = Math.min(one.depth, depthOf(runner));
  };
  runner.rollbackTransaction = async () => {
    try {
      await rollback();
    } catch (error) {
      // So ends a connection that broke, perhaps while COMMIT was on its way.
      await end('in doubt');
      throw error;
    }
    if (runner.isTransactionActive) note(pending.filter(({ depth }) => depth <= depthOf(runner)));
    else await end('rolled back');
  };
  note(pending);
  return pending;
}

/** How many savepoints deep a runner is; TypeORM counts, but does not show it. */
function depthOf(runner: QueryRunner): number {
  return (runner as unknown as { transactionDepth: number }).transactionDepth;
}
