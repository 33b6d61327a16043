import 'reflect-metadata';
import { type DataSource, QueryFailedError } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { insertRows } from '../../src/database/bulk.js';
import { createDataSource } from '../../src/database/data-source.js';
import { CommitUnanswered, isDuplicateKey, isRetryable, isUnavailable } from '../../src/database/failures.js';
import { IM_MIGRATIONS } from '../../src/database/migrations/all.js';
import { Measures } from '../../src/core/measures.js';
import { Transactions } from '../../src/database/transactions.js';
import { IM_ENTITIES } from '../../src/entities.js';
import { User } from '../../src/users/user.entity.js';
import { describeOnEachDatabase, type FreshDatabase, freshDatabase } from '../support/databases.js';

/** A door one side waits at until the other opens it. */
function door(): { open: () => void; opened: Promise<void> } {
  let open!: () => void;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open, opened };
}

describeOnEachDatabase('A transaction the database gives up', (database) => {
  let fresh: FreshDatabase;
  let dataSource: DataSource;
  let transactions: Transactions;
  let measures: Measures;

  beforeAll(async () => {
    fresh = await freshDatabase(database);
    dataSource = await createDataSource(fresh.url, { entities: IM_ENTITIES, migrations: IM_MIGRATIONS });
    await dataSource.initialize();
    await dataSource.runMigrations({ transaction: 'each' });
  });
  afterAll(async () => {
    await dataSource?.destroy();
    await fresh?.drop();
  });
  beforeEach(async () => {
    measures = new Measures();
    transactions = new Transactions(dataSource, measures);
    await dataSource.manager.clear(User);
    await insertRows(dataSource.manager, User, [
      { userID: 'ann', gender: 0 },
      { userID: 'bob', gender: 0 },
    ]);
  });

  /** Counts a visit to a row, which is locked until the transaction ends. */
  const visit = (userID: string) => transactions.manager.increment(User, { userID }, 'gender', 1);
  const visits = async () => {
    const users = await dataSource.manager.find(User, { order: { userID: 'ASC' } });
    return users.map(({ gender }) => gender);
  };

  /** Two transactions visit ann and bob in opposite order, each holding its first row before it asks for its second. */
  async function crossing(): Promise<{ told: string[]; effects: string[] }> {
    const told: string[] = [];
    const effects: string[] = [];
    const [first, second] = [door(), door()];
    const journey = (name: string, route: [string, string], mine: typeof first, other: typeof first) =>
      transactions.run(async () => {
        told.push(`${name} begins`);
        transactions.afterCommit(() => void effects.push(name));
        await visit(route[0]);
        mine.open();
        // SQLite lets nobody in while another is there: who waits for the other would wait for ever.
        if (database.name !== 'SQLite') await other.opened;
        await visit(route[1]);
        told.push(`${name} ends`);
      });
    await Promise.all([journey('east', ['ann', 'bob'], first, second), journey('west', ['bob', 'ann'], second, first)]);
    return { told, effects };
  }

  it('for a deadlock is run again as a whole, and both come through', async () => {
    const { told, effects } = await crossing();
    expect(await visits()).toEqual([2, 2]);
    expect(effects.toSorted()).toEqual(['east', 'west']);
    if (database.name === 'SQLite') {
      expect(told).toEqual(['east begins', 'east ends', 'west begins', 'west ends']);
    } else {
      const begun = told.filter((line) => line.endsWith('begins'));
      expect(begun).toHaveLength(3);
      expect(told.slice(0, 2).toSorted()).toEqual(['east begins', 'west begins']);
      expect(told.filter((line) => line.endsWith('ends')).toSorted()).toEqual(['east ends', 'west ends']);
    }
  });

  /** How many attempts followed others, by why. */
  const retries = (): object => {
    const counter = [...measures].find(({ spec }) => spec.name === 'openim_transaction_retries_total');
    return Object.fromEntries(Array.from(counter?.samples() ?? [], ({ labels, value }) => [labels['reason'], value]));
  };

  it.each(['ER_LOCK_DEADLOCK', 'ER_LOCK_WAIT_TIMEOUT', 'ER_CHECKREAD', 'SQLITE_BUSY'])(
    'for %s leaves nothing of the attempts that failed',
    async (code) => {
      const effect = vi.fn<(attempt: number) => void>();
      let attempts = 0;
      const answer = await transactions.run(async () => {
        attempts += 1;
        await visit('ann');
        transactions.afterCommit(() => effect(attempts));
        if (attempts < 3) throw Object.assign(new Error('gave up'), { code });
        return 'done';
      });
      expect([answer, attempts, await visits()]).toEqual(['done', 3, [1, 0]]);
      expect(effect.mock.calls).toEqual([[3]]);
      expect(retries()).toEqual({ contention: 2, connection: 0 });
    },
  );

  it('again and again is reported in the end, and nothing is stored', async () => {
    const deadlock = Object.assign(new Error('gave up'), { errno: 1213 });
    const work = vi.fn<() => Promise<void>>(async () => {
      await visit('ann');
      throw deadlock;
    });
    await expect(transactions.run(work)).rejects.toBe(deadlock);
    expect(work).toHaveBeenCalledTimes(6);
    expect(await visits()).toEqual([0, 0]);
  });

  it('is run again from its outermost beginning, not from where it was joined', async () => {
    const begun: string[] = [];
    await transactions.run(async () => {
      begun.push('outer');
      await visit('ann');
      await transactions.run(async () => {
        begun.push('inner');
        if (begun.length < 4) throw Object.assign(new Error('gave up'), { code: 'ER_LOCK_DEADLOCK' });
      });
    });
    expect(begun).toEqual(['outer', 'inner', 'outer', 'inner']);
    expect(await visits()).toEqual([1, 0]);
  });

  it('for any other reason is not run again', async () => {
    const work = vi.fn<() => Promise<void>>(() => insertRows(transactions.manager, User, [{ userID: 'ann' }]));
    await expect(transactions.run(work)).rejects.toThrow(QueryFailedError);
    const refusal = vi.fn<() => Promise<never>>(() => Promise.reject(new Error('no')));
    await expect(transactions.run(refusal)).rejects.toThrow('no');
    expect([work, refusal].map((called) => called.mock.calls.length)).toEqual([1, 1]);
  });
});

describe('What a failure of the database means', () => {
  const failed = (driverError: object) => new QueryFailedError('INSERT', [], driverError as Error);

  it.each([
    { code: 'ER_DUP_ENTRY', errno: 1062 },
    { code: 'SQLITE_CONSTRAINT_UNIQUE' },
    { code: 'SQLITE_CONSTRAINT_PRIMARYKEY' },
    { code: 'ERR_SQLITE_ERROR', errcode: 2067 },
    { code: 'ERR_SQLITE_ERROR', errcode: 1555 },
  ])('is told in three shapes: %j is a row that is there already', (driverError) => {
    for (const error of [driverError, failed(driverError)]) {
      expect([isDuplicateKey(error), isRetryable(error)]).toEqual([true, false]);
    }
  });

  it.each([
    { code: 'ER_LOCK_DEADLOCK', errno: 1213 },
    { code: 'ER_LOCK_WAIT_TIMEOUT', errno: 1205 },
    { code: 'ERR_SQLITE_ERROR', errcode: 5 },
    { code: 'SQLITE_BUSY' },
  ])('%j is worth another try', (driverError) => {
    for (const error of [driverError, failed(driverError)]) {
      expect([isDuplicateKey(error), isRetryable(error)]).toEqual([false, true]);
    }
  });

  it.each([
    ['a connection that broke', { code: 'ECONNRESET', errno: -104, fatal: true }, true],
    ['one that the server closed', { code: 'PROTOCOL_CONNECTION_LOST', fatal: true }, true],
    ['one that had broken before', { fatal: true }, true],
    ['one that did not come about', { code: 'ECONNREFUSED', errno: -111, fatal: true }, false],
    ['one that fell silent', { code: 'ETIMEDOUT', fatal: true }, false],
    ['one too many', { code: 'ER_CON_COUNT_ERROR', errno: 1040, fatal: true }, false],
    ['a database that is read-only', { code: 'ER_OPTION_PREVENTS_STATEMENT', errno: 1290 }, false],
    ['a table without room', { code: 'ER_RECORD_FILE_FULL', errno: 1114 }, false],
    ['a full disk', { code: 'ERR_SQLITE_ERROR', errcode: 13 }, false],
    ['a file that cannot be written', { code: 'ERR_SQLITE_ERROR', errcode: 778 }, false],
    ['a deadlock', { code: 'ER_LOCK_DEADLOCK', errno: 1213 }, true],
  ])('%s may pass later; what is tried again at once is %j', (_what, driverError, retried) => {
    for (const error of [driverError, failed(driverError)]) {
      expect([isUnavailable(error), isRetryable(error), isDuplicateKey(error)]).toEqual([true, retried, false]);
    }
  });

  it('a COMMIT without an answer may pass later, and is tried again by nobody who cannot tell', () => {
    const unanswered = new CommitUnanswered(failed({ code: 'ECONNRESET', fatal: true }));
    expect([isUnavailable(unanswered), isRetryable(unanswered)]).toEqual([true, false]);
  });

  it('what somebody else lost is not ours: a hook of the host that was cut off is not called again', () => {
    const error = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET', errno: -104 });
    expect([isUnavailable(error), isRetryable(error)]).toEqual([false, false]);
  });

  it('a row that is there already, or a wrong statement, stays what it is', () => {
    for (const driverError of [{ code: 'ER_DUP_ENTRY', errno: 1062 }, { errcode: 2067 }, { code: 'ER_PARSE_ERROR' }]) {
      for (const error of [driverError, failed(driverError)]) expect(isUnavailable(error)).toBe(false);
    }
  });

  it.each([undefined, null, 'ER_DUP_ENTRY', 1062, {}, new Error('ER_DUP_ENTRY'), { code: 'ER_BAD_NULL_ERROR' }])(
    '%j is neither',
    (error) => {
      expect([isDuplicateKey(error), isRetryable(error)]).toEqual([false, false]);
    },
  );
});
