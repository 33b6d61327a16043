import { type MigrationInterface, type QueryRunner, TableIndex } from 'typeorm';

/** Indices that gain a column: statistics find the conversation, and a login the tokens that ended, without their rows. */
const WIDENED = [
  {
    table: 'im_messages',
    name: 'im_messages_by_time',
    before: ['sendTime', 'sessionType', 'sendID'],
    by: 'conversationID',
  },
  { table: 'im_user_tokens', name: 'im_user_tokens_by_user', before: ['userID', 'platformID'], by: 'expiresAt' },
];

export class Statistics1700000000013 implements MigrationInterface {
  readonly name = 'Statistics1700000000013';

  async up(runner: QueryRunner): Promise<void> {
    for (const { table, name, before, by } of WIDENED) await replaceIndex(runner, table, name, [...before, by]);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const { table, name, before } of WIDENED) await replaceIndex(runner, table, name, before);
  }
}

async function replaceIndex(runner: QueryRunner, table: string, name: string, columnNames: string[]): Promise<void> {
  await runner.dropIndex(table, name);
  await runner.createIndex(table, new TableIndex({ name, columnNames }));
}
