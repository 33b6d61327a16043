import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createTable, key, tableKinds } from './table.js';

/** The log of changes that clients synchronise by. */
export class Versions1700000000002 implements MigrationInterface {
  readonly name = 'Versions1700000000002';

  async up(runner: QueryRunner): Promise<void> {
    const { id, text, code, big } = await tableKinds(runner);
    await createTable(runner, 'im_versions', [
      key(id('collection')),
      key(id('ownerID')),
      text('versionID', 24),
      big('version'),
    ]);
    await createTable(
      runner,
      'im_version_changes',
      [key(id('collection')), key(id('ownerID')), key(text('elementID', 136)), big('version'), code('state')],
      [{ name: 'im_version_changes_in_order', columnNames: ['collection', 'ownerID', 'version'] }],
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('im_version_changes');
    await runner.dropTable('im_versions');
  }
}
