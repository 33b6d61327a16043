import { LRUCache } from 'lru-cache';
import type { Forgetful } from './caches.js';
import type { Transactions } from './transactions.js';

/**
 * A bounded memory of rows that are read far more often than written. Correctness does not rest on it:
 * - whoever writes a row forgets its key, which takes effect with the commit, or with what may have been one;
 * - a load that was under way when a key was forgotten is not remembered, so no stale row outlives the write;
 * - inside a transaction it is passed by, so nothing is remembered that may yet be rolled back;
 * - it is passed by as well while other processes may write without being heard ({@link Caches}).
 */
export class RowCache<V extends object> implements Forgetful {
  private readonly rows: LRUCache<string, V>;
  private epoch = 0;

  /**
   * @param name the same in every process, and no other cache's
   * @param max most that is held, in rows; the least recently used one gives way
   * @param sizeOf what a row counts, above 0; where rows differ much
   */
  constructor(
    private readonly transactions: Transactions,
    private readonly name: string,
    max: number,
    sizeOf: (row: V) => number = () => 1,
  ) {
    // A bound in `max` would have the whole of it allocated at the start, for rows that may never come.
    this.rows = new LRUCache({ maxSize: max, sizeCalculation: sizeOf });
    transactions.caches.register(name, this);
  }

  /** The row of one key, loading it when unknown. Absent rows (undefined) are not remembered. */
  get(key: string, load: () => Promise<V | undefined>): Promise<V | undefined> {
    if (!this.isAsked) return load();
    const known = this.rows.get(key);
    return known ? Promise.resolve(known) : this.load(key, load);
  }

  /** The rows of several keys, loading those that are unknown in one go. Absent rows are left out. */
  async getAll(
    keys: readonly string[],
    load: (missing: string[]) => Promise<ReadonlyMap<string, V>>,
  ): Promise<Map<string, V>> {
    const found = new Map<string, V>();
    const missing: string[] = [];
    const isAsked = this.isAsked;
    for (const key of new Set(keys)) {
      const known = isAsked ? this.rows.get(key) : undefined;
      if (known) found.set(key, known);
      else missing.push(key);
    }
    if (missing.length === 0) return found;
    const epoch = this.epoch;
    for (const [key, row] of await load(missing)) {
      found.set(key, row);
      if (isAsked && epoch === this.epoch) this.rows.set(key, row);
    }
    return found;
  }

  /** What is remembered now, without loading. */
  peek(key: string): V | undefined {
    return this.transactions.caches.inStep ? this.rows.get(key) : undefined;
  }

  /** Drops keys whose rows the open transaction writes, once it commits or may have; at once when none is open. */
  forget(keys: readonly string[]): void {
    if (keys.length > 0) this.transactions.forget(this.name, keys);
  }

  drop(keys: readonly string[]): void {
    this.epoch += 1;
    for (const key of keys) this.rows.delete(key);
  }

  clear(): void {
    this.epoch += 1;
    this.rows.clear();
  }

  private get isAsked(): boolean {
    return !this.transactions.isApart && this.transactions.caches.inStep;
  }

  private async load(key: string, load: () => Promise<V | undefined>): Promise<V | undefined> {
    const epoch = this.epoch;
    const loaded = await load();
    if (loaded && epoch === this.epoch) this.rows.set(key, loaded);
    return loaded;
  }
}
