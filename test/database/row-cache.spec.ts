import 'reflect-metadata';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { insertRows } from '../../src/database/bulk.js';
import { createDataSource } from '../../src/database/data-source.js';
import { IM_MIGRATIONS } from '../../src/database/migrations/all.js';
import { RowCache } from '../../src/database/row-cache.js';
import { Transactions } from '../../src/database/transactions.js';
import { IM_ENTITIES } from '../../src/entities.js';
import { User } from '../../src/users/user.entity.js';
import { describeOnEachDatabase, type FreshDatabase, freshDatabase } from '../support/databases.js';

describeOnEachDatabase('A cache of rows', (database) => {
  let fresh: FreshDatabase;
  let dataSource: DataSource;
  let transactions: Transactions;
  let users: RowCache<User>;

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
    await dataSource.manager.clear(User);
    await insertRows(dataSource.manager, User, [{ userID: 'ann', nickname: 'Ann' }]);
    transactions = new Transactions(dataSource);
    users = new RowCache(transactions, 'users', 3);
    load.mockClear();
  });

  const load = vi.fn<(userID: string) => Promise<User | undefined>>(async (userID) => {
    return (await transactions.manager.findOneBy(User, { userID })) ?? undefined;
  });
  const find = (userID: string) => users.get(userID, () => load(userID));
  const rename = async (nickname: string) => {
    await transactions.manager.update(User, { userID: 'ann' }, { nickname });
    users.forget(['ann']);
  };
  const nameOf = async (userID: string) => (await find(userID))?.nickname;

  it('asks the database once', async () => {
    expect(users.peek('ann')).toBeUndefined();
    expect([await nameOf('ann'), await nameOf('ann')]).toEqual(['Ann', 'Ann']);
    expect(load).toHaveBeenCalledTimes(1);
    expect(users.peek('ann')?.nickname).toBe('Ann');
  });

  it('does not remember that there was nobody', async () => {
    expect(await find('bob')).toBeUndefined();
    await insertRows(dataSource.manager, User, [{ userID: 'bob', nickname: 'Bob' }]);
    expect(await nameOf('bob')).toBe('Bob');
  });

  it('holds no more rows than it may; who was asked for longest ago gives way', async () => {
    const rows = ['a', 'b', 'c', 'd'].map((userID) => ({ userID }) as User);
    for (const row of rows) {
      await users.get(row.userID, async () => row);
      await users.get('a', async () => rows[0]);
    }
    expect(rows.filter(({ userID }) => users.peek(userID)).map(({ userID }) => userID)).toEqual(['a', 'c', 'd']);
  });

  it('counts what it is told to count: one row that is larger than all is not held', async () => {
    const lists = new RowCache<readonly string[]>(transactions, 'lists', 5, ({ length }) => length);
    const held = () => ['a', 'b', 'c', 'd'].filter((key) => lists.peek(key)).join('');
    for (const key of ['a', 'b']) await lists.get(key, async () => [key, key]);
    expect(held()).toBe('ab');
    await lists.get('c', async () => ['c', 'c', 'c']);
    expect(held()).toBe('bc');
    expect(await lists.get('d', async () => Array<string>(6).fill('d'))).toHaveLength(6);
    expect(held()).toBe('bc');
  });

  it('does not remember a load that failed', async () => {
    await expect(users.get('ann', () => Promise.reject(new Error('gone')))).rejects.toThrow('gone');
    expect(await nameOf('ann')).toBe('Ann');
  });

  it('forgets at once where no transaction is open, and only what it is told', async () => {
    await insertRows(dataSource.manager, User, [{ userID: 'bob' }]);
    await Promise.all([find('ann'), find('bob')]);
    users.forget([]);
    expect(users.peek('ann')).toBeDefined();
    await rename('Anna');
    expect(await nameOf('ann')).toBe('Anna');
    expect(users.peek('bob')).toBeDefined();
  });

  it('is passed by inside a transaction, which sees its own rows', async () => {
    await find('ann');
    await transactions.run(async () => {
      await rename('Anna');
      expect(await nameOf('ann')).toBe('Anna');
      expect(users.peek('ann')?.nickname).toBe('Ann');
    });
    expect(await nameOf('ann')).toBe('Anna');
  });

  it('is not filled inside a transaction, whose rows may yet be undone', async () => {
    const work = transactions.run(async () => {
      await rename('Anna');
      await find('ann');
      throw new Error('rolled back');
    });
    await expect(work).rejects.toThrow('rolled back');
    expect(users.peek('ann')).toBeUndefined();
    expect(await nameOf('ann')).toBe('Ann');
  });

  it('forgets after the commit only', async () => {
    await find('ann');
    const seen: unknown[] = [];
    await transactions.run(async () => {
      await rename('Anna');
      seen.push(users.peek('ann')?.nickname);
      transactions.afterCommit(() => void seen.push(users.peek('ann')));
    });
    expect(seen).toEqual(['Ann', undefined]);
  });

  it('forgets nothing when the transaction is rolled back', async () => {
    await find('ann');
    const work = transactions.run(async () => {
      await rename('Anna');
      throw new Error('rolled back');
    });
    await expect(work).rejects.toThrow('rolled back');
    expect(users.peek('ann')?.nickname).toBe('Ann');
  });

  it('does not remember a load that was under way when the row was forgotten', async () => {
    let arrive!: () => void;
    const arrived = new Promise<void>((resolve) => (arrive = resolve));
    const slow = users.get('ann', async () => {
      const old = await load('ann');
      await arrived;
      return old;
    });
    await vi.waitFor(() => expect(load).toHaveResolvedTimes(1));
    await transactions.run(() => rename('Anna'));
    arrive();
    expect((await slow)?.nickname).toBe('Ann');
    expect(users.peek('ann')).toBeUndefined();
    expect(await nameOf('ann')).toBe('Anna');
  });

  it('ends up with the truth, however many read and write at once', async () => {
    const reading = Array.from({ length: 30 }, () => find('ann'));
    const writing = Array.from({ length: 10 }, (_, index) => transactions.run(() => rename(`Ann ${index}`)));
    const more = Array.from({ length: 30 }, () => find('ann'));
    await Promise.all([...reading, ...writing, ...more]);
    const truth = await dataSource.manager.findOneByOrFail(User, { userID: 'ann' });
    expect(await nameOf('ann')).toBe(truth.nickname);
  });
});
