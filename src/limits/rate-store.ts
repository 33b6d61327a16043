/** How fast something may happen. */
export interface Rate {
  /** Units that come back every second. */
  readonly perSecond: number;
  /** Units that may be taken at once. */
  readonly burst: number;
}

/** The answer of a {@link RateStore}. */
export interface Taken {
  readonly allowed: boolean;
  /** Milliseconds until as much may be taken again; 0: at once. */
  readonly retryAfterMs: number;
}

/**
 * Counts how much was taken under a key: a bucket of `burst` units that fills up by `perSecond`. What is refused takes
 * nothing. A key nobody took from is full; a store may forget keys that are, and must not grow without bound.
 *
 * An implementation that asks another process answers a promise, and should be able to say "allowed" by itself when
 * that process is away: limits protect the service, they are no part of it.
 */
export abstract class RateStore {
  /** @param key begins with what is counted, so that no two kinds meet: `ip:198.51.100.7` */
  abstract take(key: string, cost: number, rate: Rate): Taken | Promise<Taken>;

  /** Nothing will be taken any more. */
  close(): void {}
}
