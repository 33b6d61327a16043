import 'reflect-metadata';
import type { DataSource, EntityManager } from 'typeorm';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { insertRows } from '../../src/database/bulk.js';
import { createDataSource } from '../../src/database/data-source.js';
import { IM_MIGRATIONS } from '../../src/database/migrations/all.js';
import { Transactions } from '../../src/database/transactions.js';
import { IM_ENTITIES } from '../../src/entities.js';
import { User } from '../../src/users/user.entity.js';
import { describeOnEachDatabase, type FreshDatabase, freshDatabase } from '../support/databases.js';

describeOnEachDatabase('Joining a host’s transaction', (database) => {
  let fresh: FreshDatabase;
  let dataSource: DataSource;
  let transactions: Transactions;

  // A database for each: what one of these leaves open must not stop the next.
  beforeEach(async () => {
    fresh = await freshDatabase(database);
    dataSource = await createDataSource(fresh.url, { entities: IM_ENTITIES, migrations: IM_MIGRATIONS });
    await dataSource.initialize();
    await dataSource.runMigrations({ transaction: 'each' });
    transactions = new Transactions(dataSource);
  });
  afterEach(async () => {
    await dataSource?.destroy();
    await fresh?.drop();
  });

  const hostWrites = (manager: EntityManager, userID: string) => insertRows(manager, User, [{ userID }]);
  const write = (userID: string) => insertRows(transactions.manager, User, [{ userID }]);
  const stored = async () => {
    const users = await dataSource.manager.find(User, { order: { userID: 'ASC' } });
    return users.map(({ userID }) => userID);
  };

  it('commits our rows with the host’s, and answers what the work answers', async () => {
    const answer = await dataSource.transaction(async (manager) => {
      await hostWrites(manager, 'order');
      const answered = await transactions.join(manager, async () => {
        expect(transactions.active).toBe(true);
        expect(transactions.manager).toBe(manager);
        await transactions.run(() => write('receipt'));
        return 'sent';
      });
      expect(transactions.active).toBe(false);
      await hostWrites(manager, 'order 2');
      return answered;
    });
    expect(answer).toBe('sent');
    expect(await stored()).toEqual(['order', 'order 2', 'receipt']);
  });

  it('rolls our rows back with the host’s', async () => {
    const host = dataSource.transaction(async (manager) => {
      await hostWrites(manager, 'order');
      await transactions.join(manager, () => write('receipt'));
      throw new Error('the host changes its mind');
    });
    await expect(host).rejects.toThrow('the host changes its mind');
    expect(await stored()).toEqual([]);
  });

  it('fails as the work fails, and the host decides what becomes of it', async () => {
    const effect = vi.fn<() => void>();
    await dataSource.transaction(async (manager) => {
      await hostWrites(manager, 'order');
      const joined = transactions.join(manager, async () => {
        transactions.afterCommit(effect);
        throw new Error('no such user');
      });
      await expect(joined).rejects.toThrow('no such user');
    });
    expect(await stored()).toEqual(['order']);
    expect(effect).not.toHaveBeenCalled();
  });

  it('what follows our commit waits for the host’s', async () => {
    const told: unknown[] = [];
    await dataSource.transaction(async (manager) => {
      for (const receipt of ['receipt 1', 'receipt 2']) {
        await transactions.join(manager, async () => {
          await write(receipt);
          transactions.afterCommit(async () => void told.push(`pushed ${receipt}`, await stored()));
        });
      }
      told.push('host goes on');
      await hostWrites(manager, 'order');
      told.push('host ends');
    });
    const all = ['order', 'receipt 1', 'receipt 2'];
    await vi.waitFor(() => expect(told).toHaveLength(6));
    expect(told.slice(0, 2)).toEqual(['host goes on', 'host ends']);
    expect(told).toEqual(expect.arrayContaining(['pushed receipt 1', 'pushed receipt 2', all]));
  });

  it('what follows our commit does not happen when the host rolls back, and not at its next commit either', async () => {
    const effect = vi.fn<() => void>();
    const runner = dataSource.createQueryRunner();
    await runner.startTransaction();
    await transactions.join(runner.manager, async () => {
      await write('receipt');
      transactions.afterCommit(effect);
    });
    await runner.rollbackTransaction();
    await runner.startTransaction();
    await hostWrites(runner.manager, 'order');
    await runner.commitTransaction();
    await runner.release();
    expect(await stored()).toEqual(['order']);
    expect(effect).not.toHaveBeenCalled();
  });

  it('what follows our commit happens once, though the host uses its runner again', async () => {
    const effect = vi.fn<() => void>();
    const runner = dataSource.createQueryRunner();
    await runner.startTransaction();
    await transactions.join(runner.manager, async () => transactions.afterCommit(effect));
    await runner.commitTransaction();
    expect(effect).toHaveBeenCalledTimes(1);
    await runner.startTransaction();
    await runner.commitTransaction();
    await runner.release();
    expect(effect).toHaveBeenCalledTimes(1);
  });

  it('what follows our commit does not happen at a savepoint of the host’s, but when it really commits', async () => {
    const told: string[] = [];
    await dataSource.transaction(async (manager) => {
      await manager.transaction(async (inner) => {
        await transactions.join(inner, async () => {
          await write('receipt');
          transactions.afterCommit(() => void told.push('pushed'));
        });
      });
      told.push('savepoint released');
    });
    expect(told).toEqual(['savepoint released', 'pushed']);
  });

  it('a host may go back to a savepoint and go on', async () => {
    await dataSource.transaction(async (manager) => {
      await hostWrites(manager, 'order');
      const inner = manager.transaction(async (nested) => {
        await transactions.join(nested, () => write('receipt'));
        throw new Error('without a receipt then');
      });
      await expect(inner).rejects.toThrow('without a receipt then');
      await hostWrites(manager, 'order 2');
    });
    await transactions.run(() => write('next'));
    expect(await stored()).toEqual(['next', 'order', 'order 2']);
  });

  it('what follows our commit does not happen when the host goes back to a savepoint before it', async () => {
    const effect = vi.fn<() => void>();
    const host = dataSource.transaction(async (manager) => {
      const inner = manager.transaction(async (nested) => {
        await transactions.join(nested, async () => {
          await write('receipt');
          transactions.afterCommit(effect);
        });
        throw new Error('without a receipt then');
      });
      await expect(inner).rejects.toThrow('without a receipt then');
    });
    await expect(host).resolves.toBeUndefined();
    expect(effect).not.toHaveBeenCalled();
  });

  it('what follows two of our commits does not happen when the host goes back to a savepoint before both', async () => {
    const effect = vi.fn<(receipt: string) => void>();
    await dataSource.transaction(async (manager) => {
      const inner = manager.transaction(async (nested) => {
        for (const receipt of ['first', 'second']) {
          await transactions.join(nested, async () => transactions.afterCommit(() => effect(receipt)));
        }
        throw new Error('without receipts then');
      });
      await expect(inner).rejects.toThrow('without receipts then');
    });
    expect(effect.mock.calls).toEqual([]);
  });

  it('what follows two of our commits happens once, or never, though the host uses its runner again', async () => {
    const effect = vi.fn<(receipt: string) => void>();
    const runner = dataSource.createQueryRunner();
    const joinTwice = async (names: string[]) => {
      await runner.startTransaction();
      for (const receipt of names) {
        await transactions.join(runner.manager, async () => transactions.afterCommit(() => effect(receipt)));
      }
    };
    await joinTwice(['rolled back', 'rolled back too']);
    await runner.rollbackTransaction();
    await joinTwice(['first', 'second']);
    await runner.commitTransaction();
    await runner.startTransaction();
    await runner.commitTransaction();
    await runner.release();
    expect(effect.mock.calls.flat().toSorted()).toEqual(['first', 'second']);
  });

  it('refuses a manager without an open transaction, and says what it wants', async () => {
    const work = vi.fn<() => Promise<void>>();
    const wanted = /EntityManager of an open transaction, as dataSource\.transaction\(\) gives it/;
    await expect(transactions.join(dataSource.manager, work)).rejects.toThrow(wanted);
    const runner = dataSource.createQueryRunner();
    await expect(transactions.join(runner.manager, work)).rejects.toThrow(wanted);
    await runner.startTransaction();
    await runner.rollbackTransaction();
    await expect(transactions.join(runner.manager, work)).rejects.toThrow(wanted);
    await runner.release();
    expect(work).not.toHaveBeenCalled();
  });

  it('leaves who is still at work the plain manager', async () => {
    let go!: () => void;
    const over = new Promise<void>((resolve) => (go = resolve));
    let late: Promise<void> | undefined;
    await dataSource.transaction(async (manager) => {
      await transactions.join(manager, async () => {
        late = over.then(() => {
          expect(transactions.active).toBe(false);
          return write('late');
        });
      });
    });
    go();
    await late;
    expect(await stored()).toEqual(['late']);
  });
});
