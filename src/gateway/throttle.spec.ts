import { describe, expect, it } from 'vitest';
import { Throttle } from './throttle.js';

const START = 1_000_000;

/** Takes `count` turns at once, and tells how each ended. */
const turns = (throttle: Throttle, count: number, now = START): string[] =>
  Array.from({ length: count }, () => throttle.take(now));

const counted = (all: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const one of all) counts[one] = (counts[one] ?? 0) + 1;
  return counts;
};

describe('A throttle of ten a second', () => {
  it('grants twice as many at once, and refuses the rest', () => {
    expect(turns(new Throttle(10, START), 25)).toEqual([...Array(20).fill('granted'), ...Array(5).fill('refused')]);
  });

  it('grants ten more after a second', () => {
    const throttle = new Throttle(10, START);
    turns(throttle, 20);
    expect(counted(turns(throttle, 12, START + 1000))).toEqual({ granted: 10, refused: 2 });
  });

  it('saves up no more than two seconds', () => {
    const throttle = new Throttle(10, START);
    expect(counted(turns(throttle, 30, START + 3_600_000))).toEqual({ granted: 20, refused: 10 });
  });

  it('never ends for who keeps to the rate', () => {
    const throttle = new Throttle(10, START);
    for (let turn = 0; turn < 5_000; turn += 1) expect(throttle.take(START + turn * 100)).toBe('granted');
  });

  it('makes who was too fast wait for as long as he was', () => {
    const throttle = new Throttle(10, START);
    expect(counted(turns(throttle, 50))).toEqual({ granted: 20, refused: 30 });
    expect(throttle.take(START + 2_900)).toBe('refused');
    expect(throttle.take(START + 3_300)).toBe('granted');
  });

  it('loses hope of who goes on all the same', () => {
    const ends = turns(new Throttle(10, START), 300);
    expect(counted(ends)).toEqual({ granted: 20, refused: 199, hopeless: 81 });
    expect(ends.indexOf('hopeless')).toBe(219);
  });
});

it('A throttle of 0 grants everything', () => {
  expect(counted(turns(new Throttle(0, START), 100_000))).toEqual({ granted: 100_000 });
});
