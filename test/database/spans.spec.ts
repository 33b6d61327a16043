import 'reflect-metadata';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createDataSource } from '../../src/database/data-source.js';
import { insertRows } from '../../src/database/bulk.js';
import { IM_MIGRATIONS } from '../../src/database/migrations/all.js';
import { fewRowsEach, type Span } from '../../src/database/spans.js';
import { IM_ENTITIES } from '../../src/entities.js';
import { User } from '../../src/users/user.entity.js';
import { describeOnEachDatabase, type FreshDatabase, freshDatabase } from '../support/databases.js';

describeOnEachDatabase('A span read in parts', (database) => {
  let fresh: FreshDatabase;
  let dataSource: DataSource;

  beforeAll(async () => {
    fresh = await freshDatabase(database);
    dataSource = await createDataSource(fresh.url, { entities: IM_ENTITIES, migrations: IM_MIGRATIONS });
    await dataSource.initialize();
    await dataSource.runMigrations({ transaction: 'each' });
    // Two a millisecond, from 1000 on, but for 6,000 that came all at once.
    const times = Array.from({ length: 18_000 }, (_, index) =>
      index < 6_000 ? 1_000 + Math.floor(index / 2) : index < 12_000 ? 5_000 : 10_000 + Math.floor(index / 2),
    );
    const users = times.map((createTime, index) => ({ userID: `user ${index}`, createTime }));
    await insertRows(dataSource.manager, User, users);
  });
  afterAll(async () => {
    await dataSource?.destroy();
    await fresh?.drop();
  });

  const parts = async (span: Span): Promise<(Span & { rows: number })[]> => {
    const found: (Span & { rows: number })[] = [];
    for await (const part of fewRowsEach(dataSource.manager, { table: 'im_users', column: 'createTime' }, span)) {
      const sql = 'SELECT COUNT(*) AS rowCount FROM im_users WHERE createTime >= ? AND createTime < ?';
      const [{ rowCount }] = await dataSource.query<{ rowCount: unknown }[]>(sql, [part.start, part.end]);
      found.push({ ...part, rows: Number(rowCount) });
    }
    return found;
  };

  it('is whole, its parts one after the other from the highest, with few rows each', async () => {
    const found = await parts({ start: Number.MIN_SAFE_INTEGER, end: Number.MAX_SAFE_INTEGER });
    expect(found[0].end).toBe(Number.MAX_SAFE_INTEGER);
    expect(found.at(-1)?.start).toBe(Number.MIN_SAFE_INTEGER);
    for (const [index, { start, end }] of found.entries()) {
      expect(start).toBeLessThan(end);
      if (index > 0) expect(end).toBe(found[index - 1].start);
    }
    expect(found.reduce((sum, { rows }) => sum + rows, 0)).toBe(18_000);
    // Only what came at once is more than five thousand.
    expect(found.filter(({ rows }) => rows > 5_000)).toEqual([{ start: 5_000, end: 5_001, rows: 6_000 }]);
  });

  it('is its only part when there is little, and has none when it ends before it begins', async () => {
    expect(await parts({ start: 1_000, end: 2_000 })).toEqual([{ start: 1_000, end: 2_000, rows: 2_000 }]);
    expect(await parts({ start: 7, end: 8 })).toEqual([{ start: 7, end: 8, rows: 0 }]);
    expect(await parts({ start: 8, end: 8 })).toEqual([]);
  });
});
