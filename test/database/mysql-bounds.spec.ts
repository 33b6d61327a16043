import 'reflect-metadata';
import type { DataSource, QueryRunner } from 'typeorm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createDataSource } from '../../src/database/data-source.js';
import { isUnavailable } from '../../src/database/failures.js';
import { boundWaits } from '../../src/database/mysql-bounds.js';
import { describeOnMysql, type FreshDatabase, freshDatabase } from '../support/databases.js';

const POOL_SIZE = 16;

describeOnMysql('A pool of connections', (database) => {
  let fresh: FreshDatabase;
  let dataSource: DataSource;
  beforeAll(async () => {
    fresh = await freshDatabase(database);
    dataSource = await createDataSource(fresh.url, { entities: [], migrations: [] });
    await dataSource.initialize();
    boundWaits(dataSource);
  });
  afterAll(async () => {
    await dataSource?.destroy();
    await fresh?.drop();
  });

  const takeAll = async (): Promise<QueryRunner[]> => {
    const runners = Array.from({ length: POOL_SIZE }, () => dataSource.createQueryRunner());
    await Promise.all(runners.map((runner) => runner.query('SELECT 1')));
    return runners;
  };
  const release = (runners: QueryRunner[]) => Promise.all(runners.map((runner) => runner.release()));

  it('has sessions that wait for no lock for long, and do not outlive us', async () => {
    const runners = await takeAll();
    for (const runner of runners) {
      const [bounds] = await runner.query('SELECT @@innodb_lock_wait_timeout AS lockWait, @@wait_timeout AS idle');
      expect({ lockWait: Number(bounds.lockWait), idle: Number(bounds.idle) }).toEqual({ lockWait: 10, idle: 60 });
    }
    await release(runners);
  });

  it('that are all taken makes nobody wait for ever, and is whole again when they are given back', async () => {
    const runners = await takeAll();
    const refused = await Promise.allSettled(Array.from({ length: 3 }, () => dataSource.query('SELECT 1')));
    for (const outcome of refused) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'NO_CONNECTION_FREE' } });
      expect(isUnavailable((outcome as PromiseRejectedResult).reason)).toBe(true);
    }
    await release(runners);
    await release(await takeAll());
  });
});
