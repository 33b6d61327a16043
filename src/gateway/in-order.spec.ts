import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { InOrder } from './in-order.js';

describe('Messages of several nodes', () => {
  let late: string[];
  let order: InOrder<number>;
  const come = (...seqs: number[]): number[][] => seqs.map((seq) => order.next({ conversationID: 'c', seq }, seq));
  beforeEach(() => {
    vi.useFakeTimers();
    late = [];
    order = new InOrder((conversationID) => late.push(conversationID));
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

  it('do not wait for ever: what they waited for can be fetched', () => {
    expect(come(1, 5, 3)).toEqual([[1], [], []]);
    vi.advanceTimersByTime(1_000);
    expect(late).toEqual(['c']);
    expect(come(7)).toEqual([[]]);
    expect(order.overdue('c')).toEqual({
      range: [2, 7],
      there: new Map([
        [5, 5],
        [3, 3],
        [7, 7],
      ]),
    });
    expect(order.overdue('c')).toBeUndefined();
    expect([2, 3].map((seq) => order.isNew({ conversationID: 'c', seq }))).toEqual([true, true]);
    expect(come(2, 4, 8)).toEqual([[], [4], [8]]);
  });

  it('pass once', () => {
    expect(come(5, 5, 6, 7, 6, 5)).toEqual([[5], [], [6], [7], [], []]);
    expect(come(9, 9, 8, 9)).toEqual([[], [], [8, 9], []]);
  });

  it('that come late are not held', () => {
    expect(come(5, 3, 6)).toEqual([[5], [3], [6]]);
  });

  it('wait only for their own conversation', () => {
    come(1, 3);
    expect(order.next({ conversationID: 'other', seq: 9 }, 9)).toEqual([9]);
    expect([1, 2].map((one) => order.next({ conversationID: 'n_c', seq: 0 }, one))).toEqual([[1], [2]]);
  });
});
