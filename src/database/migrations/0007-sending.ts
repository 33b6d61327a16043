import { type MigrationInterface, type QueryRunner, TableIndex } from 'typeorm';
import { createTable, key, tableKinds } from './table.js';

/** Which sends succeeded, messages to everybody, and messages by the time they were sent. */
export class Sending1700000000007 implements MigrationInterface {
  readonly name = 'Sending1700000000007';

  async up(runner: QueryRunner): Promise<void> {
    const { id, text, longText, big } = await tableKinds(runner);
    await createTable(runner, 'im_send_statuses', [
      key(big('day')),
      key(id('userID')),
      key(id('operationHash')),
      big('sentAt'),
    ]);
    await createTable(
      runner,
      'im_jobs',
      [
        key(id('id')),
        text('kind', 64),
        text('state', 16),
        id('ownerUserID'),
        id('bookmark'),
        big('total'),
        big('done'),
        big('failed'),
        longText('payload'),
        big('createTime'),
        big('startTime'),
        big('endTime'),
      ],
      [
        { name: 'im_jobs_by_state', columnNames: ['state', 'createTime'] },
        { name: 'im_jobs_by_owner', columnNames: ['ownerUserID'] },
      ],
    );
    await runner.createIndex(
      'im_messages',
      new TableIndex({ name: 'im_messages_by_time', columnNames: ['sendTime', 'sessionType', 'sendID'] }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropIndex('im_messages', 'im_messages_by_time');
    await runner.dropTable('im_jobs');
    await runner.dropTable('im_send_statuses');
  }
}
