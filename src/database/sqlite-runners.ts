import { type DataSource, type EntityManager, QueryFailedError, type QueryRunner } from 'typeorm';

/** Longest wait for the connection, in milliseconds, before the waiter is told why it may be waiting for itself. */
const LOCK_TIMEOUT_MS = 30_000;

/** Somebody keeps the connection. Named as SQLite names a lock it waited for in vain. */
class SqliteBusy extends Error {
  readonly code = 'SQLITE_BUSY';

  constructor() {
    super(
      `SQLite stayed busy for ${LOCK_TIMEOUT_MS} ms. A transaction that calls an openim-nest service must hand over ` +
        'its EntityManager: transactions.join(manager, () => service.call(...)).',
    );
  }
}

/** Lets one holder in at a time, in the order they asked. */
class FifoLock {
  held = false;
  private readonly waiting: (() => void)[] = [];

  async acquire(): Promise<() => void> {
    if (this.held) await this.queue();
    this.held = true;
    let released = false;
    return () => {
      if (released) return;
      released = true;
      const next = this.waiting.shift();
      // The lock stays held while it is handed over, so nobody can step in between.
      if (next) next();
      else this.held = false;
    };
  }

  /** How many wait. */
  get length(): number {
    return this.waiting.length;
  }

  private queue(): Promise<void> {
    return new Promise((resolve, reject) => {
      const enter = (): void => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        this.waiting.splice(this.waiting.indexOf(enter), 1);
        reject(new SqliteBusy());
      }, LOCK_TIMEOUT_MS);
      timer.unref();
      this.waiting.push(enter);
    });
  }
}

/** What of a prepared statement is used here. */
interface Statement {
  run(...values: unknown[]): unknown;
  all(...values: unknown[]): object[];
}

/** The parts of TypeORM's SQLite runner that are overridden below. */
interface SqliteRunner extends QueryRunner {
  getStmt(sql: string): Promise<Statement>;
}
interface RowByRow extends QueryRunner {
  allForEach(sql: string, keys: readonly (readonly unknown[])[]): Promise<object[]>;
  runForEach(sql: string, rows: readonly (readonly unknown[])[]): Promise<void>;
}
interface SqliteDriver {
  supportedDataTypes: string[];
  databaseConnection: { prepare(sql: string): Statement };
  queryRunner?: SqliteRunner;
  createQueryRunner(mode: string): SqliteRunner;
  createParameter(name: string, index: number): string;
  normalizeType(column: { type?: unknown }): string;
  escapeQueryWithParameters(sql: string, parameters: Record<string, unknown>): [string, unknown[]];
}

const prepared = new WeakMap<DataSource, FifoLock>();

/** True when {@link prepareSqlite} was there. */
export function isPrepared(dataSource: DataSource): boolean {
  return prepared.has(dataSource);
}

/** Whether the one connection is in use, and how many wait for it; undefined where {@link prepareSqlite} was not. */
export function queueOf(dataSource: DataSource): { readonly held: boolean; readonly length: number } | undefined {
  return prepared.get(dataSource);
}

/** Statements kept prepared on the one connection. */
const STATEMENT_CACHE_SIZE = 500;

/**
 * Makes a SQLite data source behave as a server database does. TypeORM shares one query runner among all callers there,
 * so a rollback of one undoes what another was told is stored. Here every caller gets a runner of its own behind a queue
 * that is held for one statement, or from BEGIN to COMMIT. Also: numbers are bound instead of inlined, so that prepared
 * statements are found again, and `mediumtext` is understood. Call it before `initialize()`.
 */
export function prepareSqlite(dataSource: DataSource): void {
  const lock = new FifoLock();
  prepared.set(dataSource, lock);
  const driver = dataSource.driver as unknown as SqliteDriver;
  const Runner = driver.createQueryRunner('master').constructor as new (driver: unknown) => SqliteRunner;
  driver.queryRunner = undefined;
  const statements = new Map<string, Statement>();

  class IsolatedRunner extends Runner implements RowByRow {
    private unlock?: () => void;

    override async query(sql: string, parameters?: unknown[], structured?: boolean): Promise<any> {
      if (this.unlock) return super.query(sql, parameters as any[], structured as true);
      const unlock = await lock.acquire();
      try {
        return await super.query(sql, parameters as any[], structured as true);
      } finally {
        unlock();
      }
    }

    /** See {@link runForEach}. */
    async runForEach(sql: string, rows: readonly (readonly unknown[])[]): Promise<void> {
      if (!this.isTransactionActive) return this.alone(() => this.runForEach(sql, rows));
      this.manager.dataSource.logger.logQuery(sql, [...rows[0]], this);
      const [statement, begin, end, undo] = await Promise.all(
        [sql, 'SAVEPOINT im_rows', 'RELEASE im_rows', 'ROLLBACK TO im_rows'].map((text) => this.getStmt(text)),
      );
      begin.run();
      try {
        for (const row of rows) statement.run(...row);
        end.run();
      } catch (error) {
        try {
          undo.run();
          end.run();
        } catch {
          // A full disk has made SQLite roll back everything by itself.
        }
        throw new QueryFailedError(sql, [], error as Error);
      }
    }

    /** Runs `work` in a transaction of its own. */
    private async alone(work: () => Promise<void>): Promise<void> {
      await this.startTransaction();
      try {
        await work();
        await this.commitTransaction();
      } catch (error) {
        await this.rollbackTransaction().catch(() => undefined);
        throw error;
      }
    }

    /** See {@link allForEach}. */
    async allForEach(sql: string, keys: readonly (readonly unknown[])[]): Promise<object[]> {
      this.manager.dataSource.logger.logQuery(sql, [...keys[0]], this);
      const unlock = this.unlock ? undefined : await lock.acquire();
      try {
        const statement = await this.getStmt(sql);
        return keys.flatMap((key) => statement.all(...key));
      } catch (error) {
        throw new QueryFailedError(sql, [], error as Error);
      } finally {
        unlock?.();
      }
    }

    override async getStmt(sql: string): Promise<Statement> {
      let statement = statements.get(sql);
      if (!statement) {
        statement = driver.databaseConnection.prepare(sql);
        if (statements.size >= STATEMENT_CACHE_SIZE) statements.delete(statements.keys().next().value as string);
        statements.set(sql, statement);
      }
      return statement;
    }

    override async startTransaction(): Promise<void> {
      const outermost = !this.unlock;
      this.unlock ??= await lock.acquire();
      try {
        await super.startTransaction();
      } catch (error) {
        if (outermost) this.leave();
        throw error;
      }
    }

    override async commitTransaction(): Promise<void> {
      // When COMMIT fails the transaction is still open: the rollback that follows gives the connection free.
      await super.commitTransaction();
      if (!this.isTransactionActive) this.leave();
    }

    override async rollbackTransaction(): Promise<void> {
      const outermost = (this as unknown as { transactionDepth: number }).transactionDepth <= 1;
      try {
        await super.rollbackTransaction();
      } finally {
        // A full disk makes SQLite roll back by itself; ROLLBACK then fails, and the transaction is over all the same.
        if (outermost) {
          (this as { isTransactionActive: boolean }).isTransactionActive = false;
          (this as unknown as { transactionDepth: number }).transactionDepth = 0;
          this.leave();
        }
      }
    }

    override async release(): Promise<void> {
      if (this.unlock && this.isTransactionActive) await this.rollbackTransaction().catch(() => undefined);
      this.leave();
      await super.release();
    }

    private leave(): void {
      this.unlock?.();
      this.unlock = undefined;
    }
  }

  driver.createQueryRunner = () => new IsolatedRunner(driver);
  driver.supportedDataTypes.push('mediumtext');
  const normalizeType = driver.normalizeType.bind(driver);
  driver.normalizeType = (column) => (column.type === 'mediumtext' ? 'text' : normalizeType(column));
  const escape = driver.escapeQueryWithParameters.bind(driver);
  driver.escapeQueryWithParameters = (sql, parameters) => {
    // The driver writes a bare number into the SQL but binds every other value; an object that is no number is bound.
    const [text, values] = escape(
      sql,
      mapNumbers(parameters, (value) => new BoundNumber(value)),
    );
    return [text, values.map((value) => (value instanceof BoundNumber ? value.value : value))];
  };
}

/**
 * Runs a statement once for each of the rows, of which there is one at least: for all of them, or for none. It takes half
 * the time that one statement with the values of all rows would, and needs to be prepared only once, whatever their number.
 *
 * @param manager of a data source that {@link prepareSqlite} prepared
 */
export function runForEach(manager: EntityManager, sql: string, rows: readonly (readonly unknown[])[]): Promise<void> {
  return withRunner(manager, (runner) => runner.runForEach(sql, rows));
}

/**
 * Asks a query once for each of the keys, of which there is one at least, and answers all it finds: it needs to be prepared
 * only once, whatever their number.
 *
 * @param manager of a data source that {@link prepareSqlite} prepared
 */
export function allForEach(
  manager: EntityManager,
  sql: string,
  keys: readonly (readonly unknown[])[],
): Promise<object[]> {
  return withRunner(manager, (runner) => runner.allForEach(sql, keys));
}

async function withRunner<T>(manager: EntityManager, work: (runner: RowByRow) => Promise<T>): Promise<T> {
  const runner = (manager.queryRunner ?? manager.dataSource.createQueryRunner()) as RowByRow;
  try {
    return await work(runner);
  } finally {
    if (runner !== manager.queryRunner) await runner.release();
  }
}

class BoundNumber {
  constructor(readonly value: number) {}
}

function mapNumbers(parameters: Record<string, unknown>, wrap: (value: number) => unknown): Record<string, unknown> {
  const mapped: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(parameters ?? {})) {
    mapped[key] = typeof value === 'number' ? wrap(value) : value;
  }
  return mapped;
}
