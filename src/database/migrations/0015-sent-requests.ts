import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createTable, key, tableKinds } from './table.js';

const DAY_MS = 86_400_000;

/** Which sends succeeded: a row for each commit in the place of one for each message. */
export class SentRequests1700000000015 implements MigrationInterface {
  readonly name = 'SentRequests1700000000015';

  async up(runner: QueryRunner): Promise<void> {
    const { id, longText, big } = await tableKinds(runner);
    await createTable(
      runner,
      'im_sent_requests',
      [key(id('userID')), key(big('sentAt')), key(id('batchID')), longText('operationHashes')],
      [{ name: 'im_sent_requests_by_time', columnNames: ['sentAt'] }],
    );
    await runner.query(
      'INSERT INTO im_sent_requests (userID, sentAt, batchID, operationHashes) ' +
        'SELECT userID, sentAt, operationHash, operationHash FROM im_send_statuses',
    );
    await runner.dropTable('im_send_statuses');
  }

  /** Going back, only requests that were stored alone are carried over. */
  async down(runner: QueryRunner): Promise<void> {
    const { id, big } = await tableKinds(runner);
    const columns = [key(big('day')), key(id('userID')), key(id('operationHash')), big('sentAt')];
    await createTable(runner, 'im_send_statuses', columns);
    await runner.query(
      'INSERT INTO im_send_statuses (day, userID, operationHash, sentAt) ' +
        `SELECT (MAX(sentAt) - MAX(sentAt) % ${DAY_MS}) / ${DAY_MS}, userID, operationHashes, MAX(sentAt) FROM im_sent_requests ` +
        'WHERE LENGTH(operationHashes) = 32 GROUP BY userID, operationHashes',
    );
    await runner.dropTable('im_sent_requests');
  }
}
