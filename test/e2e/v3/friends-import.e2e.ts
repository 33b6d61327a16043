import { afterAll, beforeAll, expect, it } from 'vitest';
import { Transactions } from '../../../src/database/transactions.js';
import { logOf, SUCCESS } from '../../support/friends.js';
import type { Im } from '../../support/im.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';

const CROWD = 1000;

describeOnEachDatabase('Importing a thousand friends in v3', (database) => {
  let im: Im;
  let admin: string;
  const crowd = Array.from({ length: CROWD }, (_, i) => `user${i}`);

  beforeAll(async () => {
    im = await startIm({ database });
    admin = await im.adminToken();
    await im.register('ann', ...crowd);
  });
  afterAll(() => im.close());

  /** Statements that transactions run while `work` is under way. */
  async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
    const { dataSource } = im.get(Transactions);
    const create = dataSource.createQueryRunner.bind(dataSource);
    const statements: string[] = [];
    dataSource.createQueryRunner = (mode) => {
      const runner = create(mode);
      const query = runner.query.bind(runner) as (sql: string, ...rest: unknown[]) => Promise<unknown>;
      runner.query = ((sql: string, ...rest: unknown[]) => {
        statements.push(sql.slice(0, 60));
        return query(sql, ...rest);
      }) as typeof runner.query;
      return runner;
    };
    try {
      await work();
    } finally {
      dataSource.createQueryRunner = create;
    }
    return statements;
  }

  it('is a handful of statements, with every chat, log and notification', async () => {
    const statements = await statementsOf(async () => {
      const { body } = await im.v3('/friend/import_friend', { ownerUserID: 'ann', friendUserIDs: crowd }, admin);
      expect(body).toEqual(SUCCESS);
    });
    // 27 on SQLite and 28 on MariaDB when this was written.
    expect(statements.length).toBeLessThan(35);
    expect(await im.rows('im_friends', { ownerUserID: 'ann' })).toHaveLength(CROWD);
    expect(await im.rows('im_friends', { friendUserID: 'ann' })).toHaveLength(CROWD);
    expect(await im.rows('im_messages', { recvID: 'ann' })).toHaveLength(CROWD);
    expect(await im.rows('im_conversations', { ownerUserID: 'ann' })).toHaveLength(CROWD);
    const log = await logOf(im, 'friends', 'ann');
    expect([log.version, Object.keys(log.changes).length]).toEqual([1, CROWD]);
    expect(await logOf(im, 'friends', 'user999')).toEqual({ version: 1, changes: { ann: 1 } });
  });

  it('and losing them again is not many more; a client then fetches its list anew', async () => {
    const token = await im.tokenOf('ann');
    const read = async (known: object) =>
      (await im.v3('/friend/get_incremental_friends', { userID: 'ann', ...known }, token)).body.data;
    const { version, versionID } = await read({});
    const statements = await statementsOf(() => im.v1('/manager/delete_user', { deleteUidList: crowd }, admin));
    // 27, with what the other features forget; those grow.
    expect(statements.length).toBeLessThan(100);
    expect(await read({ version, versionID })).toMatchObject({ version: version + 1, full: true, delete: null });
    expect(await im.rows('im_friends', {})).toEqual([]);
  });
});
