import { TableIndex, type MigrationInterface, type QueryRunner } from 'typeorm';
import { createTable, key, tableKinds } from './table.js';

const BY_LEVEL = 'im_users_by_level';

/** What users and administrators keep on the server for clients, and accounts by their level. */
export class Users1700000000003 implements MigrationInterface {
  readonly name = 'Users1700000000003';

  async up(runner: QueryRunner): Promise<void> {
    const { id, text, longText, code, big } = await tableKinds(runner);
    await createTable(
      runner,
      'im_user_commands',
      [
        key(id('userID')),
        key(id('commandID')),
        code('type'),
        text('uuid', 255),
        longText('value'),
        text('ex', 4096),
        big('createTime'),
      ],
      [{ name: 'im_user_commands_by_uuid', columnNames: ['userID', 'type', 'uuid'] }],
    );
    await createTable(
      runner,
      'im_client_configs',
      [key(id('userID')), key(text('configKey', 255)), longText('value')],
      [{ name: 'im_client_configs_by_key', columnNames: ['configKey', 'userID'] }],
    );
    await runner.createIndex('im_users', new TableIndex({ name: BY_LEVEL, columnNames: ['appMangerLevel', 'userID'] }));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropIndex('im_users', BY_LEVEL);
    await runner.dropTable('im_client_configs');
    await runner.dropTable('im_user_commands');
  }
}
