import type { DataSource, QueryRunner } from 'typeorm';

/** Longest wait for the connection, in milliseconds, before the waiter is told why it may be waiting for itself. */
const LOCK_TIMEOUT_MS = 30_000;

/** Lets one holder in at a time, in the order they asked. */
class FifoLock {
  private held = false;
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

  private queue(): Promise<void> {
    return new Promise((resolve, reject) => {
      const enter = (): void => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        this.waiting.splice(this.waiting.indexOf(enter), 1);
        reject(
          new Error(
            `SQLite stayed busy for ${LOCK_TIMEOUT_MS} ms. A transaction that calls an openim-nest service must hand over ` +
              'its EntityManager: transactions.join(manager, () => service.call(...)).',
          ),
        );
      }, LOCK_TIMEOUT_MS);
      timer.unref();
      this.waiting.push(enter);
    });
  }
}

/** The parts of TypeORM's SQLite runner that are overridden below. */
interface SqliteRunner extends QueryRunner {
  getStmt(sql: string): Promise<unknown>;
}
interface SqliteDriver {
  supportedDataTypes: string[];
  databaseConnection: { prepare(sql: string): unknown };
  queryRunner?: SqliteRunner;
  createQueryRunner(mode: string): SqliteRunner;
  createParameter(name: string, index: number): string;
  normalizeType(column: { type?: unknown }): string;
  escapeQueryWithParameters(sql: string, parameters: Record<string, unknown>): [string, unknown[]];
}

const prepared = new WeakSet<DataSource>();

/** True when {@link prepareSqlite} was there. */
export function isPrepared(dataSource: DataSource): boolean {
  return prepared.has(dataSource);
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
  prepared.add(dataSource);
  const driver = dataSource.driver as unknown as SqliteDriver;
  const Runner = driver.createQueryRunner('master').constructor as new (driver: unknown) => SqliteRunner;
  driver.queryRunner = undefined;
  const lock = new FifoLock();
  const statements = new Map<string, unknown>();

  class IsolatedRunner extends Runner {
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

    override async getStmt(sql: string): Promise<unknown> {
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
