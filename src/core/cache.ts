import { LRUCache } from 'lru-cache';

/**
 * A bounded memory of rows that are read far more often than written. Correctness does not rest on it: whoever writes a
 * row forgets its key after the commit, and a load that was under way while a key was forgotten is not remembered, so a
 * stale value cannot outlive the write that made it stale.
 */
export class RowCache<V extends object> {
  private readonly rows: LRUCache<string, V>;
  private epoch = 0;

  /** @param max most rows held; the least recently used one gives way. */
  constructor(max: number) {
    this.rows = new LRUCache({ max });
  }

  /** The row of one key, loading it when unknown. Absent rows (undefined) are not remembered. */
  async get(key: string, load: () => Promise<V | undefined>): Promise<V | undefined> {
    const known = this.rows.get(key);
    if (known) return known;
    const epoch = this.epoch;
    const loaded = await load();
    if (loaded && epoch === this.epoch) this.rows.set(key, loaded);
    return loaded;
  }

  /** What is remembered now, without loading. */
  peek(key: string): V | undefined {
    return this.rows.get(key);
  }

  /** Drops keys after their rows were written. */
  forget(keys: Iterable<string>): void {
    this.epoch += 1;
    for (const key of keys) this.rows.delete(key);
  }
}
