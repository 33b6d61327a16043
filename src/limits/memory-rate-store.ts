import { LRUCache } from 'lru-cache';
import { type Rate, RateStore, type Taken } from './rate-store.js';

/** Keys that are remembered; of more, those that were used longest ago begin anew. About 20 MB. */
const MAX_KEYS = 100_000;

interface Bucket {
  left: number;
  /** Milliseconds on a clock that only goes forward. */
  since: number;
}

/** Counts for this process alone. Two numbers a key, and no timer. */
export class MemoryRateStore extends RateStore {
  /** Its places are all made at once, so it waits for the first to be taken. */
  private buckets: LRUCache<string, Bucket> | undefined;

  constructor(
    private readonly maxKeys = MAX_KEYS,
    private readonly now: () => number = () => performance.now(),
  ) {
    super();
  }

  take(key: string, cost: number, { perSecond, burst }: Rate): Taken {
    const now = this.now();
    const buckets = (this.buckets ??= new LRUCache({ max: this.maxKeys }));
    let bucket = buckets.get(key);
    if (!bucket) {
      bucket = { left: burst, since: now };
      buckets.set(key, bucket);
    }
    const left = Math.min(burst, bucket.left + ((now - bucket.since) * perSecond) / 1000);
    const allowed = left >= cost;
    bucket.left = allowed ? left - cost : left;
    bucket.since = now;
    const missing = cost - bucket.left;
    return { allowed, retryAfterMs: missing <= 0 ? 0 : Math.ceil((missing * 1000) / perSecond) };
  }
}
