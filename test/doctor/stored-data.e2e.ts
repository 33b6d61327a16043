import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readEnvironment } from '../../src/config/environment.js';
import { Transactions } from '../../src/database/transactions.js';
import type { Patient } from '../../src/doctor/check.js';
import { DATA } from '../../src/doctor/checks.js';
import { engineOf } from '../../src/doctor/database.js';
import { examine } from '../../src/doctor/examination.js';
import { ailments, environmentOf } from '../support/doctor.js';
import type { Im } from '../support/im.js';
import { describeOnEachDatabase, startIm } from '../support/server.js';
import { BREAKAGES } from './breakages.js';
import { buildWorld } from './world.js';

const CHECKS = DATA.flatMap(({ checks }) => checks);

/** It takes an index away, which no engine does within a transaction. */
const ONCE = 'messages.once';

describeOnEachDatabase('What is stored', (database) => {
  let im: Im;
  let dataSource: DataSource;
  beforeAll(async () => {
    im = await startIm({ database });
    dataSource = im.get(Transactions).dataSource;
    await buildWorld(im);
  });
  afterAll(() => im.close());

  it('is found sound where everything has happened that may', async () => {
    const results = await examine(environmentOf(im), { thorough: true });
    expect(results.filter(({ level }) => level !== 'ok' && level !== 'warning')).toEqual([]);
    const names = results.map(({ name }) => name);
    for (const { name } of CHECKS) expect(names).toContain(name);
    const dense = results.find(({ name }) => name === 'messages.dense');
    expect(dense?.says).toBe('1 seqs of 1 conversations have none (any more)');
  });

  it('is looked at with a story of its own for every check', () => {
    const told = new Set([...BREAKAGES.map(({ check }) => check), ONCE]);
    expect([...told].toSorted()).toEqual(CHECKS.map(({ name }) => name).toSorted());
  });

  it.each(BREAKAGES)('$check: $what', async ({ check: name, sql, shows }) => {
    const check = CHECKS.find((one) => one.name === name);
    const runner = dataSource.createQueryRunner();
    await runner.startTransaction();
    try {
      await runner.query(sql);
      const patient: Patient = {
        config: readEnvironment(environmentOf(im)),
        unfitForProduction: [],
        engine: engineOf(dataSource),
        dataSource,
        query: (text, parameters = []) => runner.query(text, [...parameters]),
        dense: true,
        thorough: false,
      };
      const found = await check?.look(patient);
      expect(found?.level).toBe(name === 'users.administrators' ? 'warning' : 'problem');
      expect(found?.examples?.join('\n')).toContain(shows);
      expect(found?.advice).toMatch(/./);
    } finally {
      await runner.rollbackTransaction();
      await runner.release();
    }
  });

  it(`${ONCE}: an index is gone, and a message is there twice`, async () => {
    const index = 'im_messages_once';
    await dataSource.query(
      database.name === 'SQLite' ? `DROP INDEX ${index}` : `ALTER TABLE im_messages DROP INDEX ${index}`,
    );
    const [{ clientMsgID }] = await im.rows('im_messages', { conversationID: 'si_ann_bob', seq: 2 });
    await dataSource.query(
      "UPDATE im_messages SET clientMsgID = ? WHERE conversationID = 'si_ann_bob' AND sendID = 'ann'",
      [clientMsgID],
    );
    await dataSource.query(
      "UPDATE im_messages SET sendID = 'ann', clientMsgID = ? WHERE conversationID = 'si_ann_bob'",
      [clientMsgID],
    );
    const results = await examine(environmentOf(im));
    expect(ailments(results).toSorted()).toEqual([ONCE, 'schema.drift']);
    expect(results.find(({ name }) => name === ONCE)?.examples?.[0]).toContain('times 3');
    expect(results.find(({ name }) => name === 'schema.drift')?.examples?.join()).toContain(index);
  });
});
