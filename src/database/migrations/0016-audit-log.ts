import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createTable, key, tableKinds } from './table.js';

/** What administrators and AppServers did. */
export class AuditLog1700000000016 implements MigrationInterface {
  readonly name = 'AuditLog1700000000016';

  async up(runner: QueryRunner): Promise<void> {
    const { id, text, longText, code, flag, big } = await tableKinds(runner);
    await createTable(
      runner,
      'im_audit_log',
      [
        key(big('actedAt')),
        key(id('entryID')),
        id('actorUserID'),
        flag('bySecret'),
        text('ip', 45),
        code('dialect'),
        text('path', 128),
        text('operationID', 128),
        longText('targets'),
        code('moreTargets'),
        code('errCode'),
      ],
      [
        { name: 'im_audit_log_by_actor', columnNames: ['actorUserID', 'actedAt'] },
        { name: 'im_audit_log_by_path', columnNames: ['path', 'actedAt'] },
        { name: 'im_audit_log_by_operation', columnNames: ['operationID', 'actedAt'] },
      ],
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('im_audit_log');
  }
}
