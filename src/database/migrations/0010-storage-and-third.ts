import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createTable, key, tableKinds } from './table.js';

/** Names of stored objects, uploads under way, push tokens, badges and the logs of clients. */
export class StorageAndThird1700000000010 implements MigrationInterface {
  readonly name = 'StorageAndThird1700000000010';

  async up(runner: QueryRunner): Promise<void> {
    const { id, text, code, big } = await tableKinds(runner);
    await createTable(runner, 'im_objects', [
      key(text('engine', 8)),
      key(text('nameHash', 64)),
      text('name', 1024),
      text('storageKey', 1024),
      big('size'),
      text('contentType', 255),
      text('cause', 255),
      id('userID'),
      big('createTime'),
    ]);
    await createTable(
      runner,
      'im_uploads',
      [
        key(text('uploadID', 32)),
        id('userID'),
        text('kind', 16),
        text('storeID', 1024),
        text('storageKey', 1024),
        text('hash', 32),
        big('size'),
        big('partSize'),
        text('name', 1024),
        text('contentType', 255),
        text('cause', 255),
        big('expireTime'),
      ],
      [
        { name: 'im_uploads_by_expiry', columnNames: ['expireTime'] },
        { name: 'im_uploads_by_user', columnNames: ['userID', 'expireTime'] },
      ],
    );
    await createTable(runner, 'im_push_tokens', [
      key(id('userID')),
      key(code('platformID')),
      text('token', 4096),
      big('expireTime'),
      big('updateTime'),
    ]);
    await createTable(runner, 'im_app_badges', [key(id('userID')), code('unreadCount')]);
    await createTable(
      runner,
      'im_client_logs',
      [
        key(text('logID', 16)),
        id('userID'),
        text('platform', 16),
        text('url', 1024),
        text('filename', 255),
        text('version', 255),
        text('appFramework', 255),
        text('ex', 4096),
        big('createTime'),
      ],
      [
        { name: 'im_client_logs_by_time', columnNames: ['createTime', 'logID'] },
        { name: 'im_client_logs_by_user', columnNames: ['userID'] },
      ],
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['im_client_logs', 'im_app_badges', 'im_push_tokens', 'im_uploads', 'im_objects']) {
      await runner.dropTable(table);
    }
  }
}
