import { Injectable } from '@nestjs/common';
import { insertRows } from '../database/bulk.js';
import { rowsByKey } from '../database/rows.js';
import { Transactions } from '../database/transactions.js';
import { Sequence } from './sequence.entity.js';

/**
 * The seq counters of conversations. Whoever holds one keeps others from writing, joining, leaving or deleting the
 * conversation until the open transaction ends. All who hold several hold them in one order, so that two cannot wait for
 * each other.
 */
@Injectable()
export class Counters {
  constructor(private readonly transactions: Transactions) {}

  /** Holds those counters that are there. */
  async hold(conversationIDs: Iterable<string>): Promise<Map<string, Sequence>> {
    const keys = [...new Set(conversationIDs)].sort().map((conversationID) => [conversationID]);
    const order = ['conversationID'] as const;
    const rows = await rowsByKey(this.transactions.manager, Sequence, order, keys, { order, lock: true });
    return new Map(rows.map((row) => [row.conversationID, row]));
  }

  /** Holds all of the counters; those that are not there begin. */
  async begin(conversationIDs: Iterable<string>): Promise<Map<string, Sequence>> {
    const ids = new Set(conversationIDs);
    const counters = await this.hold(ids);
    const missing = [...ids].filter((id) => !counters.has(id)).sort();
    if (missing.length === 0) return counters;
    const begun = missing.map((conversationID) => ({ conversationID, maxSeq: 0, minSeq: 0, maxSeqTime: 0 }));
    await insertRows(this.transactions.manager, Sequence, begun, 'ignore');
    return new Map([...counters, ...(await this.hold(missing))]);
  }
}
