import { describe, expect, it } from 'vitest';
import { table } from '../../bench/frame/report.js';
import { percentile, spread } from '../../bench/frame/statistics.js';
import { cpuLine, rateLine, type Side, timesLine } from '../../bench/frame/turns.js';

/** One turn that took so many seconds, and so long for each answer. */
function side(seconds: number, times: number[], errors = 0): Side<Outcome> {
  const result = { seconds, times, errors, reason: undefined };
  return { turns: [{ cpuSeconds: 0.5, wallSeconds: seconds, rss: 1e8, loopDelayMax: 3, result }], lost: 1 };
}

interface Outcome {
  readonly seconds: number;
  readonly times: number[];
  readonly errors: number;
  readonly reason: string | undefined;
}

const seen = {
  server: side(2, [4, 4, 4, 10]),
  'bare node:http': side(1, [1, 1, 1, 1, 1, 1, 1, 1], 2),
  'bare driver': side(1, [2]),
};
const times = (result: Outcome): number[] => result.times;

describe('the lines of the bench', () => {
  it('compare rates, with what each answer took', () => {
    const { sides, better } = rateLine(seen, { what: 'answers', times });
    expect(better).toBe('more');
    expect(sides.server).toMatchObject({ value: 2, p50: 4, p99: 10, max: 10, errors: 1, cpuSeconds: 0.5 });
    // Errors of the answers, and connections that were lost.
    expect(sides['bare node:http']).toMatchObject({ value: 8, errors: 3 });
  });

  it('compare times, and CPU for each answer', () => {
    expect(timesLine(seen, { what: 'x', share: 0.99, times })).toMatchObject({
      unit: 'ms, p99',
      sides: { server: { value: 10 }, 'bare node:http': { value: 1 } },
    });
    const { sides } = cpuLine(seen, { what: 'x', count: (result) => result.times.length });
    expect(sides.server.value).toBe(125);
  });

  it('are told with a ratio to each baseline, in the line of that baseline', () => {
    const lines = [rateLine(seen, { what: 'answers', times })];
    const text = table({ name: 'row', about: 'about', seconds: 1, lines });
    expect(text).toMatch(/server +2 +4 /);
    expect(text).toMatch(/bare node:http +8 +0\.25 /);
    expect(text).toMatch(/bare driver +1 +2 /);
  });
});

describe('percentiles', () => {
  it('are values that were seen', () => {
    const values = Array.from({ length: 1000 }, (_, index) => 1000 - index);
    expect(spread(values)).toEqual({ p50: 501, p99: 991, max: 1000 });
    expect(percentile([7], 0.99)).toBe(7);
    expect(percentile([], 0.5)).toBeNaN();
  });
});
