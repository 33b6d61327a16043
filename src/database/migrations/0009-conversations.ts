import { type MigrationInterface, type QueryRunner, TableIndex } from 'typeorm';
import { createTable, key, tableKinds } from './table.js';

const INDICES = [
  new TableIndex({ name: 'im_conversations_by_owner', columnNames: ['ownerUserID', 'createTime', 'conversationID'] }),
  new TableIndex({ name: 'im_conversations_by_peer', columnNames: ['userID'] }),
];

/** Lists of conversations in order, and what is kept of deleted ones. */
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
    await runner.createIndices('im_conversations', INDICES);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropIndices('im_conversations', INDICES);
    await runner.dropTable('im_closed_conversations');
  }
}
