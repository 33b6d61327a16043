import 'reflect-metadata';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { insertRows } from '../../src/database/bulk.js';
import { contains } from '../../src/database/contains.js';
import { createDataSource } from '../../src/database/data-source.js';
import { IM_MIGRATIONS } from '../../src/database/migrations/all.js';
import { IM_ENTITIES } from '../../src/entities.js';
import { User } from '../../src/users/user.entity.js';
import { describeOnEachDatabase, type FreshDatabase, freshDatabase } from '../support/databases.js';

describeOnEachDatabase('Texts that have another in them', (database) => {
  let fresh: FreshDatabase;
  let dataSource: DataSource;

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

  async function found(name: string, text: string): Promise<boolean> {
    const { manager } = dataSource;
    await manager.clear(User);
    await insertRows(manager, User, [{ userID: 'u', nickname: name }]);
    const { sql, parameters } = contains(manager, 'nickname', text);
    const rows: unknown[] = await manager.query(`SELECT userID FROM im_users WHERE ${sql}`, parameters);
    return rows.length === 1;
  }

  describe('are found whatever the case', () => {
    it.each([
      ['Annabel', 'nab'],
      ['Annabel', 'ANNA'],
      ['ÄRGER', 'ärger'],
      ['Ёлка', 'ёЛК'],
      ['ΣΊΣΥΦΟΣ', 'σίσυ'],
      ['王小明', '小'],
      ['ok 👍🏽!', '👍'],
      ['same', 'same'],
    ])('%s by %s', async (name, text) => {
      expect(await found(name, text)).toBe(true);
    });
  });

  describe('are found by signs that mean something in patterns', () => {
    it.each(['%', '_', '!', '*', '?', '[', ']', '[a]', '^', '[^', '-', '\\', "'", '"', '%_!*?[]^-\\', '!%'])(
      '%s',
      async (text) => {
        expect(await found(`x${text}y`, text)).toBe(true);
        expect(await found('xay', text)).toBe(false);
      },
    );
  });

  it('are not found by what is not in them', async () => {
    expect(await found('Annabel', 'bela')).toBe(false);
    expect(await found('Anne', 'änne')).toBe(false);
    expect(await found('', 'a')).toBe(false);
  });

  it('are looked through at once, however the text is made', async () => {
    const begun = performance.now();
    expect(await found('a'.repeat(255), `${'a'.repeat(254)}b`)).toBe(false);
    expect(await found('a'.repeat(255), '%_'.repeat(127))).toBe(false);
    expect(performance.now() - begun).toBeLessThan(1000);
  });
});
