import { beforeEach, describe, expect, it } from 'vitest';
import { MemoryRateStore } from './memory-rate-store.js';

describe('Counting in memory', () => {
  const rate = { perSecond: 10, burst: 20 };
  let now: number;
  let store: MemoryRateStore;
  const takeAll = (key: string, times: number): boolean[] =>
    Array.from({ length: times }, () => store.take(key, 1, rate).allowed);

  beforeEach(() => {
    now = 1_000;
    store = new MemoryRateStore(3, () => now);
  });

  it('allows a burst, and no more', () => {
    expect(takeAll('ann', 21)).toEqual([...Array<boolean>(20).fill(true), false]);
  });

  it('gives back so much a second, and never more than a burst', () => {
    takeAll('ann', 20);
    now += 500;
    expect(takeAll('ann', 6)).toEqual([true, true, true, true, true, false]);
    now += 3_600_000;
    expect(takeAll('ann', 21).filter(Boolean)).toHaveLength(20);
  });

  it('says when it is worth trying again, with the last one that is allowed already', () => {
    expect(store.take('ann', 1, rate)).toEqual({ allowed: true, retryAfterMs: 0 });
    takeAll('ann', 18);
    expect(store.take('ann', 1, rate)).toEqual({ allowed: true, retryAfterMs: 100 });
    expect(store.take('ann', 1, rate)).toEqual({ allowed: false, retryAfterMs: 100 });
    now += 100;
    expect(store.take('ann', 1, rate).allowed).toBe(true);
  });

  it('takes nothing where it refuses', () => {
    takeAll('ann', 19);
    expect(store.take('ann', 5, rate)).toEqual({ allowed: false, retryAfterMs: 400 });
    expect(store.take('ann', 1, rate).allowed).toBe(true);
  });

  it('counts each key by itself, and forgets those that were not used for longest', () => {
    takeAll('ann', 20);
    expect(takeAll('bob', 1)).toEqual([true]);
    expect(takeAll('ann', 1)).toEqual([false]);
    takeAll('carl', 1);
    takeAll('dora', 1);
    // bob gave way; ann, who goes on, is still known.
    expect(takeAll('ann', 1)).toEqual([false]);
  });
});
