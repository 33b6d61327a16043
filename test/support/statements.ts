import type { Logger } from 'typeorm';
import { Transactions } from '../../src/database/transactions.js';
import type { Im } from './im.js';

/** Runs `work` and answers the statements the database was sent meanwhile, transaction control and the audit log left out. */
export async function statementsOf(im: Im, work: () => Promise<unknown>): Promise<string[]> {
  const { dataSource } = im.get(Transactions);
  const usual = dataSource.logger;
  const seen: string[] = [];
  const listening: Logger = Object.create(usual, {
    logQuery: { value: (query: string) => void seen.push(query) },
  }) as Logger;
  dataSource.logger = listening;
  try {
    await work();
  } finally {
    dataSource.logger = usual;
  }
  return seen.filter(
    // What administrators did before is noted at a time of its own.
    (query) =>
      !query.includes('im_audit_log') &&
      !/^(BEGIN|COMMIT|ROLLBACK|START TRANSACTION|SET TRANSACTION|SAVEPOINT|RELEASE|PRAGMA)/i.test(query),
  );
}
