import { type MigrationInterface, type QueryRunner, TableIndex } from 'typeorm';

const INDICES = [
  new TableIndex({ name: 'im_closed_conversations_by_limit', columnNames: ['conversationID', 'maxSeq'] }),
  new TableIndex({ name: 'im_closed_conversations_by_owner', columnNames: ['ownerUserID'] }),
];

/** Deleted conversations that a message brings back, found among those of who left; and all of one user. */
export class MessagingIndexes1700000000012 implements MigrationInterface {
  readonly name = 'MessagingIndexes1700000000012';

  async up(runner: QueryRunner): Promise<void> {
    await runner.createIndices('im_closed_conversations', INDICES);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropIndices('im_closed_conversations', INDICES);
  }
}
