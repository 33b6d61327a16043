import { Injectable } from '@nestjs/common';
import { insertRows } from '../database/bulk.js';
import { Transactions } from '../database/transactions.js';
import { AuditEntry } from './audit-entry.entity.js';

/** What is looked for. "" and 0 look for anything. */
export interface AuditFilter {
  actorUserID: string;
  /** Without a leading slash. */
  path: string;
  operationID: string;
  /** Epoch milliseconds, both included; `end` 0: until now. */
  start: number;
  end: number;
  result: 'success' | 'failure' | '';
}

/** A row as drivers hand it over. */
type StoredEntry = Omit<AuditEntry, 'actedAt' | 'bySecret'> & { actedAt: number | string; bySecret: number | boolean };

/** Entries that are counted at the most: beyond, a total would cost more than it tells. */
export const MAX_TOTAL = 100_000;

/** Entries one statement removes, so that none holds others up. */
const BATCH = 1_000;

/** The audit log as it is stored. Entries are added and, when they are old, removed; nothing changes one. */
@Injectable()
export class AuditRepository {
  constructor(private readonly transactions: Transactions) {}

  /** Adds entries. Adding one again is no error: nobody knows whether a commit that was not answered was made. */
  async add(entries: readonly AuditEntry[]): Promise<void> {
    await this.transactions.run(() => insertRows(this.transactions.manager, AuditEntry, entries, 'ignore'));
  }

  /** How many there are, at most {@link MAX_TOTAL}. */
  async count(filter: AuditFilter): Promise<number> {
    const { sql, parameters } = conditionOf(filter);
    const rows: { total: number | string }[] = await this.transactions.manager.query(
      `SELECT COUNT(*) AS total FROM (SELECT actedAt FROM im_audit_log WHERE ${sql} LIMIT ${MAX_TOTAL}) found`,
      parameters,
    );
    return Number(rows[0].total);
  }

  /** Newest first. */
  async page(filter: AuditFilter, offset: number, limit: number): Promise<AuditEntry[]> {
    const { sql, parameters } = conditionOf(filter);
    const rows: StoredEntry[] = await this.transactions.manager.query(
      `SELECT * FROM im_audit_log WHERE ${sql} ORDER BY actedAt DESC, entryID DESC LIMIT ${limit} OFFSET ${offset}`,
      parameters,
    );
    return rows.map((row) => ({ ...row, actedAt: Number(row.actedAt), bySecret: Number(row.bySecret) === 1 }));
  }

  /** Removes a batch of entries that are older than a moment; answers whether there may be more. @param before epoch milliseconds */
  async removeSome(before: number): Promise<boolean> {
    const { manager } = this.transactions;
    const rows: { actedAt: number | string }[] = await manager.query(
      `SELECT actedAt FROM im_audit_log WHERE actedAt < ? ORDER BY actedAt LIMIT 1 OFFSET ${BATCH - 1}`,
      [before],
    );
    const [last] = rows;
    await this.transactions.run(() =>
      this.transactions.manager.query(`DELETE FROM im_audit_log WHERE ${last ? 'actedAt <= ?' : 'actedAt < ?'}`, [
        last ? Number(last.actedAt) : before,
      ]),
    );
    return last !== undefined;
  }
}

function conditionOf(filter: AuditFilter): { sql: string; parameters: (string | number)[] } {
  const conditions: [sql: string, ...parameters: (string | number)[]][] = [['actedAt >= ?', filter.start]];
  if (filter.end > 0) conditions.push(['actedAt <= ?', filter.end]);
  for (const column of ['actorUserID', 'path', 'operationID'] as const) {
    if (filter[column] !== '') conditions.push([`${column} = ?`, filter[column]]);
  }
  if (filter.result !== '') conditions.push([filter.result === 'success' ? 'errCode = 0' : 'errCode <> 0']);
  return {
    sql: conditions.map(([sql]) => sql).join(' AND '),
    parameters: conditions.flatMap(([, ...parameters]) => parameters),
  };
}
