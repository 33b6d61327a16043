import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Daily, nextTime, parseTimeOfDay } from './daily.js';

describe('A time of day', () => {
  it('is read from HH:MM, and from nothing else', () => {
    expect(parseTimeOfDay('03:00')).toEqual({ hour: 3, minute: 0 });
    expect(parseTimeOfDay('23:59')).toEqual({ hour: 23, minute: 59 });
    for (const text of ['', '3:00', '24:00', '12:60', '03:00:00', '0300', ' 03:00']) {
      expect(parseTimeOfDay(text)).toBeUndefined();
    }
  });

  it('comes later today, or tomorrow', () => {
    const at = { hour: 3, minute: 30 };
    expect(nextTime(at, new Date(2026, 1, 28, 3, 29))).toEqual(new Date(2026, 1, 28, 3, 30));
    expect(nextTime(at, new Date(2026, 1, 28, 3, 30))).toEqual(new Date(2026, 2, 1, 3, 30));
  });
});

function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}

describe('Daily work', () => {
  beforeEach(() => void vi.useFakeTimers({ now: new Date(2026, 5, 1, 2, 0) }));
  afterEach(() => void vi.useRealTimers());

  it('is done once a day, at its time, until it is stopped', async () => {
    const times: Date[] = [];
    const daily = new Daily({ hour: 3, minute: 0 }, async () => void times.push(new Date()));
    daily.start();
    await vi.advanceTimersByTimeAsync(3 * 86_400_000);
    expect(times).toEqual([1, 2, 3].map((day) => new Date(2026, 5, day, 3, 0)));
    await daily.stop();
    await vi.advanceTimersByTimeAsync(3 * 86_400_000);
    expect(times).toHaveLength(3);
  });

  it('comes to an end before stopping does', async () => {
    const { promise: through, resolve } = withResolvers();
    const daily = new Daily({ hour: 3, minute: 0 }, () => through);
    daily.start();
    await vi.advanceTimersByTimeAsync(3_600_000);
    let stopped = false;
    const stopping = daily.stop().then(() => (stopped = true));
    await vi.advanceTimersByTimeAsync(1_000);
    expect({ stopped, told: daily.stopped }).toEqual({ stopped: false, told: true });
    resolve();
    await stopping;
    expect(stopped).toBe(true);
  });

  it('rests after a step, unless it is to stop', async () => {
    vi.useRealTimers();
    const daily = new Daily({ hour: 3, minute: 0 }, async () => undefined);
    const begin = performance.now();
    expect(await daily.step(async () => 'done')).toBe('done');
    expect(performance.now() - begin).toBeGreaterThan(15);
    const resting = daily.step(async () => new Promise((resolve) => setTimeout(resolve, 2_000)));
    await new Promise((resolve) => setTimeout(resolve, 2_100));
    await daily.stop();
    await resting;
    expect(performance.now() - begin).toBeLessThan(7_000);
  });
});
