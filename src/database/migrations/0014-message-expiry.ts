import { type MigrationInterface, type QueryRunner, TableIndex } from 'typeorm';

const INDEX = new TableIndex({
  name: 'im_conversations_expiring',
  columnNames: ['isMsgDestruct', 'ownerUserID', 'conversationID'],
});

/** Conversations whose messages expire, found among all. */
export class MessageExpiry1700000000014 implements MigrationInterface {
  readonly name = 'MessageExpiry1700000000014';

  async up(runner: QueryRunner): Promise<void> {
    await runner.createIndex('im_conversations', INDEX);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropIndex('im_conversations', INDEX);
  }
}
