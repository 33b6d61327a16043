import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { InOrder } from './in-order.js';

describe('Messages of several nodes', () => {
  let late: number[][];
  let order: InOrder<number>;
  const come = (...seqs: number[]): number[][] => seqs.map((seq) => order.next({ conversationID: 'c', seq }, seq));
  beforeEach(() => {
    vi.useFakeTimers();
    late = [];
    order = new InOrder((ready) => late.push(ready));
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('go through in order, wherever they begin', () => {
    expect(come(7, 8, 9)).toEqual([[7], [8], [9]]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('wait for those before them', () => {
    expect(come(1, 4, 3, 2)).toEqual([[1], [], [], [2, 3, 4]]);
    expect([vi.getTimerCount(), come(5)]).toEqual([0, [[5]]]);
  });

  it('do not wait for ever', () => {
    expect(come(1, 5, 3)).toEqual([[1], [], []]);
    vi.advanceTimersByTime(1_000);
    expect(late).toEqual([[3, 5]]);
    expect(come(4, 6)).toEqual([[4], [6]]);
  });

  it('that come late, or again, are not held', () => {
    expect(come(5, 3, 5, 6)).toEqual([[5], [3], [5], [6]]);
  });

  it('wait only for their own conversation', () => {
    come(1, 3);
    expect(order.next({ conversationID: 'other', seq: 9 }, 9)).toEqual([9]);
    expect(order.next({ conversationID: 'n_c', seq: 0 }, 0)).toEqual([0]);
  });
});
