import 'reflect-metadata';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { insertRows } from '../../src/database/bulk.js';
import { createDataSource } from '../../src/database/data-source.js';
import { IM_MIGRATIONS } from '../../src/database/migrations/all.js';
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

describeOnEachDatabase('Transactions', (database) => {
  let fresh: FreshDatabase;
  let dataSource: DataSource;
  let transactions: Transactions;
  /** On SQLite transactions follow one another; on a server they overlap. */
  const overlaps = database.name !== 'SQLite';

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
    transactions = new Transactions(dataSource);
    await dataSource.manager.clear(User);
  });

  /** Writes a row with whatever manager is current. */
  const write = (userID: string) => insertRows(transactions.manager, User, [{ userID }]);
  const exists = async (userID: string) => (await transactions.manager.countBy(User, { userID })) > 0;
  /** What is committed. */
  const stored = async () => {
    const users = await dataSource.manager.find(User, { order: { userID: 'ASC' } });
    return users.map(({ userID }) => userID);
  };

  describe('one at a time', () => {
    it('answers what the work answers, once everything is committed', async () => {
      const answer = await transactions.run(async () => {
        await write('ann');
        return 'done';
      });
      expect(answer).toBe('done');
      expect(await stored()).toEqual(['ann']);
    });

    it('an error rolls everything back and is the caller’s', async () => {
      const error = new Error('no');
      const work = transactions.run(async () => {
        await write('ann');
        await write('bob');
        throw error;
      });
      await expect(work).rejects.toBe(error);
      expect(await stored()).toEqual([]);
    });

    it('is over after an error of the database, and the next one is none the worse', async () => {
      await write('ann');
      const work = transactions.run(async () => {
        await write('bob');
        await write('ann');
      });
      await expect(work).rejects.toThrow(/unique|duplicate/i);
      await transactions.run(() => write('cid'));
      expect(await stored()).toEqual(['ann', 'cid']);
    });

    it('is open inside, also behind timers and promises, and nowhere else', async () => {
      expect(transactions.active).toBe(false);
      await transactions.run(async () => {
        await new Promise((resolve) => setImmediate(resolve));
        expect(transactions.active).toBe(true);
        expect(transactions.manager).not.toBe(dataSource.manager);
        expect(transactions.manager.queryRunner?.isTransactionActive).toBe(true);
      });
      expect(transactions.active).toBe(false);
      expect(transactions.manager).toBe(dataSource.manager);
    });

    it('sees its own rows before the commit', async () => {
      await transactions.run(async () => {
        await write('ann');
        expect(await exists('ann')).toBe(true);
      });
    });
  });

  describe('nested', () => {
    it('joins the outer one: the same manager, one commit', async () => {
      await transactions.run(async () => {
        const outer = transactions.manager;
        await transactions.run(async () => {
          expect(transactions.manager).toBe(outer);
          await write('ann');
        });
        await write('bob');
      });
      expect(await stored()).toEqual(['ann', 'bob']);
    });

    it('is undone with the outer one', async () => {
      const work = transactions.run(async () => {
        await transactions.run(() => write('ann'));
        throw new Error('after all, no');
      });
      await expect(work).rejects.toThrow('after all, no');
      expect(await stored()).toEqual([]);
    });

    it('undoes the outer one when it fails', async () => {
      const work = transactions.run(async () => {
        await write('ann');
        await transactions.run(async () => {
          await write('bob');
          throw new Error('no');
        });
      });
      await expect(work).rejects.toThrow('no');
      expect(await stored()).toEqual([]);
    });
  });

  describe('overlapping', () => {
    it('do not undo each other, nor a plain write between them', async () => {
      const [annWrote, annEnds, bobWrote, bobEnds] = [door(), door(), door(), door()];
      const ann = transactions.run(async () => {
        await write('ann 1');
        annWrote.open();
        await annEnds.opened;
        await write('ann 2');
        throw new Error('rolled back');
      });
      await annWrote.opened;
      const bob = transactions.run(async () => {
        await write('bob 1');
        bobWrote.open();
        await bobEnds.opened;
        await write('bob 2');
      });
      const plain = write('plain');
      if (overlaps) await Promise.all([bobWrote.opened, plain]);
      annEnds.open();
      await expect(ann).rejects.toThrow('rolled back');
      bobEnds.open();
      await Promise.all([bob, plain]);
      expect(await stored()).toEqual(['bob 1', 'bob 2', 'plain']);
    });

    it('do not see each other’s rows before they are committed', async () => {
      const [annWrote, annEnds] = [door(), door()];
      const told: string[] = [];
      const ann = transactions.run(async () => {
        await write('ann');
        annWrote.open();
        await annEnds.opened;
        told.push('ann ends');
      });
      await annWrote.opened;
      const bob = transactions.run(async () => {
        told.push((await exists('ann')) ? 'bob sees ann' : 'bob sees nobody');
      });
      if (overlaps) await bob;
      annEnds.open();
      await Promise.all([ann, bob]);
      expect(told).toEqual(overlaps ? ['bob sees nobody', 'ann ends'] : ['ann ends', 'bob sees ann']);
    });

    it('are not seen by readers outside before they are committed', async () => {
      const [annWrote, annEnds] = [door(), door()];
      const ann = transactions.run(async () => {
        await write('ann');
        annWrote.open();
        await annEnds.opened;
        throw new Error('rolled back');
      });
      await annWrote.opened;
      const readers = [exists('ann'), dataSource.query('SELECT userID FROM im_users'), dataSource.manager.count(User)];
      if (overlaps) await Promise.all(readers);
      annEnds.open();
      await expect(ann).rejects.toThrow('rolled back');
      expect(await Promise.all(readers)).toEqual([false, [], 0]);
    });

    it('all come through, fifty of them, with those that fail leaving nothing', async () => {
      const works = Array.from({ length: 50 }, (_, index) =>
        transactions.run(async () => {
          await write(`user ${index}`);
          await transactions.run(() => write(`friend ${index}`));
          if (index % 5 === 0) throw new Error('no');
        }),
      );
      const outcomes = await Promise.allSettled(works);
      expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(10);
      expect(await stored()).toHaveLength(80);
    });
  });

  describe('once over', () => {
    it('leave who is still at work the plain manager', async () => {
      const over = door();
      let late: Promise<void> | undefined;
      await transactions.run(async () => {
        await write('ann');
        late = over.opened.then(() => {
          expect(transactions.active).toBe(false);
          expect(transactions.manager).toBe(dataSource.manager);
          return write('late');
        });
      });
      over.open();
      await late;
      expect(await stored()).toEqual(['ann', 'late']);
    });

    it('leave him the plain manager after a rollback as well, and a transaction of his own if he asks', async () => {
      const over = door();
      let late: Promise<void> | undefined;
      const work = transactions.run(async () => {
        await write('ann');
        late = over.opened.then(() =>
          transactions.run(async () => {
            expect(transactions.manager).not.toBe(dataSource.manager);
            await write('late');
          }),
        );
        throw new Error('rolled back');
      });
      await expect(work).rejects.toThrow('rolled back');
      over.open();
      await late;
      expect(await stored()).toEqual(['late']);
    });
  });

  describe('what follows a commit', () => {
    it('runs after it, in order, outside the transaction', async () => {
      const told: unknown[] = [];
      await transactions.run(async () => {
        transactions.afterCommit(async () => {
          told.push('first', transactions.active, await stored());
        });
        await transactions.run(async () => {
          await write('ann');
          transactions.afterCommit(() => void told.push('second'));
        });
        told.push('work ends');
      });
      expect(told).toEqual(['work ends', 'first', false, ['ann'], 'second']);
    });

    it('never runs after a rollback', async () => {
      const effect = vi.fn<() => void>();
      const work = transactions.run(async () => {
        transactions.afterCommit(effect);
        await transactions.run(async () => transactions.afterCommit(effect));
        throw new Error('no');
      });
      await expect(work).rejects.toThrow('no');
      await transactions.run(() => write('ann'));
      expect(effect).not.toHaveBeenCalled();
    });

    it('runs at once where no transaction is open', () => {
      const effect = vi.fn<() => void>();
      transactions.afterCommit(effect);
      expect(effect).toHaveBeenCalledTimes(1);
    });

    it('cannot undo it: a failing effect is reported, and the others run', async () => {
      const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
      const effect = vi.fn<() => void>();
      const answer = await transactions.run(async () => {
        await write('ann');
        transactions.afterCommit(() => Promise.reject(new Error('push failed')));
        transactions.afterCommit(effect);
        return 'done';
      });
      expect([answer, await stored()]).toEqual(['done', ['ann']]);
      expect(effect).toHaveBeenCalledTimes(1);
      expect(warned).toHaveBeenCalledWith(new Error('push failed'));
      warned.mockRestore();
    });
  });
});
