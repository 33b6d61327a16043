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
  private readonly buckets: LRUCache<string, Bucket>;

  constructor(
    maxKeys = MAX_KEYS,
    private readonly now: () => number = () => performance.now(),
  ) {
    super();
    this.buckets = new LRUCache({ max: maxKeys });
  }

  take(key: string, cost: number, { perSecond, burst }: Rate): Taken {
    const now = this.now();
    let bucket = this.buckets.get(key);
    if (!bucket) {
      bucket = { left: burst, since: now };
      this.buckets.set(key, bucket);
    }
    const left = Math.min(burst, bucket.left + ((now - bucket.since) * perSecond) / 1000);
    const allowed = left >= cost;
    bucket.left = allowed ? left - cost : left;
    bucket.since = now;
    const missing = cost - bucket.left;
    return { allowed, retryAfterMs: missing <= 0 ? 0 : Math.ceil((missing * 1000) / perSecond) };
  }
}
