import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createTable, key, tableKinds } from './table.js';

/** The processes that share the database. */
export class Nodes1700000000017 implements MigrationInterface {
  readonly name = 'Nodes1700000000017';

  async up(runner: QueryRunner): Promise<void> {
    const { id, big } = await tableKinds(runner);
    await createTable(runner, 'im_nodes', [key(id('nodeID')), big('seenAt'), big('startedAt')]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('im_nodes');
  }
}
