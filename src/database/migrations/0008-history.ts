import { type MigrationInterface, type QueryRunner, TableColumn } from 'typeorm';
import { createTable, key, tableKinds } from './table.js';

/** What happens to messages after they were written: read, revoked, deleted by one of their readers. */
export class History1700000000008 implements MigrationInterface {
  readonly name = 'History1700000000008';

  async up(runner: QueryRunner): Promise<void> {
    const { id, text, flag, big } = await tableKinds(runner);
    await runner.addColumns('im_messages', [
      new TableColumn(flag('isRead')),
      new TableColumn(text('revocation', 2048)),
    ]);
    await createTable(
      runner,
      'im_hidden_messages',
      [key(id('userID')), key(text('conversationID', 136)), key(big('seq'))],
      [{ name: 'im_hidden_messages_by_message', columnNames: ['conversationID', 'seq'] }],
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('im_hidden_messages');
    await runner.dropColumns('im_messages', ['isRead', 'revocation']);
  }
}
