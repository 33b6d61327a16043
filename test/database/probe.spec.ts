import 'reflect-metadata';
import { expect, it } from 'vitest';
import { createDataSource } from '../../src/database/data-source.js';
import { IM_MIGRATIONS } from '../../src/database/migrations/all.js';
import { IM_ENTITIES } from '../../src/entities.js';
import { User } from '../../src/users/user.entity.js';
import { insertRows } from '../../src/database/bulk.js';

class A {}
const P = (): ParameterDecorator & ClassDecorator => () => {};
@(P() as ClassDecorator)
class B { constructor(readonly a: A) {} }

it('metadata', () => {
  expect(Reflect.getMetadata('design:paramtypes', B)).toEqual([A]);
});
for (const url of ['sqlite::memory:', 'mysql://root@127.0.0.1:3306/test'])
it('migrates ' + url, async () => {
  const ds = await createDataSource(url, { entities: IM_ENTITIES, migrations: IM_MIGRATIONS });
  await ds.initialize();
  if (!url.startsWith('sqlite')) { await ds.dropDatabase(); }
  await ds.runMigrations();
  const log = await ds.driver.createSchemaBuilder().log();
  expect(log.upQueries.map(q => q.query)).toEqual([]);
  await insertRows(ds.manager, User, [{ userID: 'bob', nickname: 'x' }, { userID: 'Bob', nickname: 'y' }, { userID: 'bob ', nickname: 'z' }]);
  expect(await ds.manager.count(User)).toBe(3);
  expect((await ds.manager.findOneBy(User, { userID: 'bob ' }))?.nickname).toBe('z');
  await ds.destroy();
});
