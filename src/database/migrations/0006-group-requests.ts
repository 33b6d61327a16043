import { type MigrationInterface, type QueryRunner, TableIndex } from 'typeorm';
import { createTable, key, tableKinds } from './table.js';

const IN_ORDER = 'im_group_members_in_order';
const BY_CREATE_TIME = 'im_groups_by_create_time';

/** Requests to be let into groups; indices by which groups and members are paged. */
export class GroupRequests1700000000006 implements MigrationInterface {
  readonly name = 'GroupRequests1700000000006';

  async up(runner: QueryRunner): Promise<void> {
    const { id, text, code, big } = await tableKinds(runner);
    await createTable(
      runner,
      'im_group_requests',
      [
        key(id('groupID')),
        key(id('userID')),
        code('handleResult'),
        text('reqMsg', 1024),
        text('handleMsg', 1024),
        big('reqTime'),
        id('handleUserID'),
        big('handleTime'),
        code('joinSource'),
        id('inviterUserID'),
        text('ex', 4096),
      ],
      [
        { name: 'im_group_requests_by_group', columnNames: ['groupID', 'reqTime'] },
        { name: 'im_group_requests_by_user', columnNames: ['userID', 'reqTime'] },
      ],
    );
    await runner.createIndex(
      'im_groups',
      new TableIndex({ name: BY_CREATE_TIME, columnNames: ['createTime', 'groupID'] }),
    );
    // With the userID, pages of members are found in the index alone, also when all of them joined at once.
    await replaceOrder(runner, ['groupID', 'roleLevel', 'joinTime', 'userID']);
  }

  async down(runner: QueryRunner): Promise<void> {
    await replaceOrder(runner, ['groupID', 'roleLevel', 'joinTime']);
    await runner.dropIndex('im_groups', BY_CREATE_TIME);
    await runner.dropTable('im_group_requests');
  }
}

async function replaceOrder(runner: QueryRunner, columnNames: string[]): Promise<void> {
  await runner.dropIndex('im_group_members', IN_ORDER);
  await runner.createIndex('im_group_members', new TableIndex({ name: IN_ORDER, columnNames }));
}
