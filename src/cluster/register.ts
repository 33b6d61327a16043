import type { Transactions } from '../database/transactions.js';
import { Node } from './node.entity.js';

/** Milliseconds after which a node that was not seen is gone. Its requests to the database have ended by then, too. */
export const GONE_AFTER_MS = 6_000;

/** Milliseconds until its row is taken away. */
const FORGOTTEN_AFTER_MS = 60_000;

/** The one clock all nodes share. */
const DATABASE_NOW = 'ROUND(UNIX_TIMESTAMP(NOW(3)) * 1000)';

/**
 * Which nodes work on the database, as the database knows: whoever cannot be seen here cannot write either. Only for MySQL
 * and its kin; SQLite has one process.
 */
export class Register {
  constructor(
    private readonly transactions: Transactions,
    private readonly nodeID: string,
  ) {}

  /** Enters this node, or sees to it that it stays. @returns the others that live */
  async survey(): Promise<string[]> {
    const { manager } = this.transactions;
    const { tablePath } = manager.dataSource.getMetadata(Node);
    await manager.query(
      `INSERT INTO ${tablePath} (nodeID, seenAt, startedAt) VALUES (?, ${DATABASE_NOW}, ?) ` +
        `ON DUPLICATE KEY UPDATE seenAt = ${DATABASE_NOW}`,
      [this.nodeID, Date.now()],
    );
    const rows = (await manager.query(`SELECT nodeID, ${DATABASE_NOW} - seenAt AS age FROM ${tablePath}`)) as {
      nodeID: string;
      age: string | number;
    }[];
    const old = rows.filter(({ age }) => Number(age) > FORGOTTEN_AFTER_MS);
    for (const { nodeID } of old) {
      await manager.query(
        `DELETE FROM ${tablePath} WHERE nodeID = ? AND ${DATABASE_NOW} - seenAt > ${FORGOTTEN_AFTER_MS}`,
        [nodeID],
      );
    }
    return rows
      .filter(({ nodeID, age }) => nodeID !== this.nodeID && Number(age) <= GONE_AFTER_MS)
      .map(({ nodeID }) => nodeID);
  }

  /** This node ends. */
  async leave(): Promise<void> {
    await this.transactions.manager.delete(Node, { nodeID: this.nodeID });
  }
}
