import 'reflect-metadata';
import { setTimeout as delay } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { insertRows } from '../../src/database/bulk.js';
import { createDataSource } from '../../src/database/data-source.js';
import { IM_MIGRATIONS } from '../../src/database/migrations/all.js';
import { rowsByKey, rowsWhere } from '../../src/database/rows.js';
import { IM_ENTITIES } from '../../src/entities.js';
import { Friend } from '../../src/friends/friend.entity.js';
import { describeOnEachDatabase, type FreshDatabase, freshDatabase } from '../support/databases.js';

const COUNT = 3_000;

/** All that a text can hold, as far as we let it in. */
const STRANGE = '"\\ \'`%_\n\t\u2028 é 😀 {"a":[1,null]} ?';

const friend = (ownerUserID: string, friendUserID: string, more: Partial<Friend> = {}): Friend => ({
  ownerUserID,
  friendUserID,
  remark: '',
  createTime: 1_700_000_000_000,
  addSource: 1,
  operatorUserID: ownerUserID,
  ex: '',
  isPinned: false,
  ...more,
});

describeOnEachDatabase('Rows that are read past TypeORM', (database) => {
  let fresh: FreshDatabase;
  let dataSource: DataSource;
  const keys = (...pairs: [string, string][]): Promise<Friend[]> =>
    rowsByKey(dataSource.manager, Friend, ['ownerUserID', 'friendUserID'], pairs);

  beforeAll(async () => {
    fresh = await freshDatabase(database);
    dataSource = await createDataSource(fresh.url, { entities: IM_ENTITIES, migrations: IM_MIGRATIONS });
    await dataSource.initialize();
    await dataSource.runMigrations({ transaction: 'each' });
    await insertRows(dataSource.manager, Friend, [
      friend('ann', 'bob', { remark: STRANGE, isPinned: true, createTime: Number.MAX_SAFE_INTEGER }),
      friend('ann', 'Bob'),
      friend('bob', 'ann'),
      friend('7', 'eight'),
      ...Array.from({ length: COUNT }, (_, n) => friend('many', `f${n}`, { createTime: COUNT - n })),
    ]);
  });

  afterAll(async () => {
    await dataSource.destroy();
    await fresh.drop();
  });

  it('are those that TypeORM finds, to the last character and digit', async () => {
    const [found] = await keys(['ann', 'bob']);
    const expected = await dataSource.manager.findOneByOrFail(Friend, { ownerUserID: 'ann', friendUserID: 'bob' });
    expect(found).toEqual({ ...expected });
    expect(found).toMatchObject({ remark: STRANGE, isPinned: true, createTime: Number.MAX_SAFE_INTEGER });
  });

  it('come once however often they are asked for, and not at all when there are none', async () => {
    const found = await keys(['ann', 'bob'], ['bob', 'ann'], ['ann', 'bob'], ['bob', 'nobody'], ['ANN', 'bob']);
    expect(found.map(({ ownerUserID }) => ownerUserID).sort()).toEqual(['ann', 'bob']);
    expect(await keys(['ann', 'bob'], ['ann', 'bob'], ['ann', 'Bob'], ['ann', 'bob '])).toHaveLength(2);
    expect(await keys()).toEqual([]);
  });

  it('are found by thousands of keys at once', async () => {
    const all = Array.from({ length: COUNT }, (_, n): [string, string] => ['many', `f${n}`]);
    expect(await keys(...all, ['many', 'nobody'])).toHaveLength(COUNT);
    expect(await keys(...all, ['ann', 'bob'])).toHaveLength(COUNT + 1);
  });

  it('are not all of them when a host asks with a number', async () => {
    expect(await rowsByKey(dataSource.manager, Friend, ['ownerUserID'], [[0]])).toEqual([]);
    expect(await rowsByKey(dataSource.manager, Friend, ['ownerUserID'], [[7]])).toHaveLength(1);
  });

  describe('in order', () => {
    it('come by pages', async () => {
      const page = { offset: 2_990, limit: 20 };
      const order = ['createTime', 'friendUserID'] as const;
      const found = await rowsByKey(dataSource.manager, Friend, ['ownerUserID'], [['many']], { order, page });
      expect(found.map(({ createTime }) => createTime)).toEqual([
        2991, 2992, 2993, 2994, 2995, 2996, 2997, 2998, 2999, 3000,
      ]);
    });

    it('are held until the transaction ends', async () => {
      const between = { ownerUserID: 'ann', friendUserID: 'Bob' };
      const reading = { order: ['friendUserID'], lock: true } as const;
      const outsider = await dataSource.transaction(async (manager) => {
        const held = await rowsByKey(manager, Friend, ['ownerUserID'], [['ann']], reading);
        expect(held.map(({ friendUserID }) => friendUserID)).toEqual(['Bob', 'bob']);
        const waiting = dataSource.manager.update(Friend, between, { ex: 'last' });
        // Time to come first, for whoever is not kept from it.
        await delay(300);
        await manager.update(Friend, between, { ex: 'first' });
        return { waiting };
      });
      await outsider.waiting;
      const [{ ex }] = await keys(['ann', 'Bob']);
      expect(ex).toBe('last');
    });
  });

  it('meet a condition for any of the lists of values', async () => {
    const condition = 'ownerUserID = ? AND createTime BETWEEN ? AND ?';
    const asked = Array.from({ length: 700 }, (_, n) => ['many', 4 * n, 4 * n + 1]);
    const found = await rowsWhere(dataSource.manager, Friend, condition, asked);
    // Of the first, 0 is nobody's.
    expect(found).toHaveLength(2 * 700 - 1);
  });
});
