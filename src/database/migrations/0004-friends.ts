import { type MigrationInterface, type QueryRunner, TableIndex } from 'typeorm';
import { createTable, key, tableKinds } from './table.js';

/** Requests to be friends, and the orders in which friends and black lists are served. */
export class Friends1700000000004 implements MigrationInterface {
  readonly name = 'Friends1700000000004';

  async up(runner: QueryRunner): Promise<void> {
    const { id, text, code, big } = await tableKinds(runner);
    await createTable(
      runner,
      'im_friend_requests',
      [
        key(id('fromUserID')),
        key(id('toUserID')),
        code('handleResult'),
        text('reqMsg', 1024),
        big('createTime'),
        id('handlerUserID'),
        text('handleMsg', 1024),
        big('handleTime'),
        text('ex', 4096),
      ],
      [
        { name: 'im_friend_requests_received', columnNames: ['toUserID', 'createTime', 'fromUserID'] },
        { name: 'im_friend_requests_sent', columnNames: ['fromUserID', 'createTime', 'toUserID'] },
        { name: 'im_friend_requests_open', columnNames: ['toUserID', 'handleResult', 'createTime'] },
      ],
    );
    await runner.createIndex(
      'im_friends',
      new TableIndex({
        name: 'im_friends_in_order',
        columnNames: ['ownerUserID', 'isPinned', 'createTime', 'friendUserID'],
      }),
    );
    await runner.createIndex(
      'im_blacks',
      new TableIndex({ name: 'im_blacks_in_order', columnNames: ['ownerUserID', 'createTime', 'blackUserID'] }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropIndex('im_blacks', 'im_blacks_in_order');
    await runner.dropIndex('im_friends', 'im_friends_in_order');
    await runner.dropTable('im_friend_requests');
  }
}
