import { expect, it } from 'vitest';
import { bareInsert } from '../../bench/server/bare-insert.js';
import { createDataSource } from '../../src/database/data-source.js';
import { describeOnEachDatabase, freshDatabase } from '../support/databases.js';

describeOnEachDatabase('The bare driver that inserts what the server does', (database) => {
  it('stores every row, each under keys of its own', async () => {
    const fresh = await freshDatabase(database);
    const order = {
      ddl: ['CREATE TABLE rows_of_it (id VARCHAR(8) PRIMARY KEY, seq INTEGER NOT NULL, note VARCHAR(8))'],
      table: 'rows_of_it',
      row: { id: 'abcdefgh', seq: 7, note: 'same' },
      count: 3,
      unique: ['id', 'seq'],
    };
    const insert = await bareInsert(fresh.url, order);
    await Promise.all([insert.run(), insert.run(), insert.run()]);

    const dataSource = await createDataSource(fresh.url, { entities: [], migrations: [] });
    await dataSource.initialize();
    expect(await dataSource.query('SELECT * FROM rows_of_it ORDER BY seq')).toEqual(
      Array.from({ length: 9 }, (_, index) => ({ id: `0000000${index + 1}`, seq: index + 1, note: 'same' })),
    );
    await dataSource.destroy();
    await insert.end();
    await fresh.drop();
  });
});
