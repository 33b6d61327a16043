import { type MigrationInterface, type QueryRunner, TableIndex } from 'typeorm';
import { createTable, key, tableKinds } from './table.js';

const INDICES = {
  im_conversations: [
    new TableIndex({
      name: 'im_conversations_by_owner',
      columnNames: ['ownerUserID', 'createTime', 'conversationID'],
    }),
    new TableIndex({ name: 'im_conversations_by_peer', columnNames: ['userID'] }),
  ],
  im_groups: [new TableIndex({ name: 'im_groups_by_time', columnNames: ['createTime'] })],
};

/** Lists of conversations in order, what is kept of deleted ones, and groups by the time of their creation. */
export class Conversations1700000000009 implements MigrationInterface {
  readonly name = 'Conversations1700000000009';

  async up(runner: QueryRunner): Promise<void> {
    const { id, text, big } = await tableKinds(runner);
    await createTable(runner, 'im_closed_conversations', [
      key(text('conversationID', 136)),
      key(id('ownerUserID')),
      big('minSeq'),
      big('maxSeq'),
    ]);
    for (const [table, indices] of Object.entries(INDICES)) await runner.createIndices(table, indices);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const [table, indices] of Object.entries(INDICES)) await runner.dropIndices(table, indices);
    await runner.dropTable('im_closed_conversations');
  }
}
