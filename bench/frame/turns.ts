import type { LoadCalls } from '../load/main.js';
import type { Usage } from '../server/probe.js';
import type { Bench } from './bench.js';
import type { Remote } from './remote.js';
import { type BySide, type Figures, type Line, mapSides } from './line.js';
import type { Served } from './served.js';
import { percentile, spread } from './statistics.js';

/** What a load process tells of a task at the least. */
interface Outcome {
  readonly errors: number;
  readonly reason: string | undefined;
}

/** What was measured of one side. */
export interface Side<R> {
  readonly turns: readonly (Usage & { readonly result: R })[];
  /** Connections the server ended. */
  readonly lost: number;
}

/** Who is measured, and the load process of each. */
export interface Sides {
  readonly servers: BySide<Served>;
  readonly loads: BySide<Remote<LoadCalls>>;
}

/** Gives baselines and server the same task alternately, so that a machine that slows down meanwhile slows all. */
export async function byTurns<R extends Outcome>(
  bench: Bench,
  turns: number,
  { servers, loads }: Sides,
  task: (load: Remote<LoadCalls>, served: Served) => Promise<R>,
): Promise<BySide<Side<R>>> {
  const seen = mapSides(servers, (): (Usage & { result: R })[] => []);
  // The server is named first, and measured last.
  const names = Object.keys(servers).toReversed();
  for (let turn = 0; turn < turns; turn++) {
    for (const name of names) {
      const served = servers[name];
      seen[name].push(await served.during(() => task(loads[name], served)));
    }
  }
  const lost: Record<string, number> = {};
  for (const name of names) {
    const losses = await loads[name].call('losses');
    lost[name] = losses.lost;
    const failure = seen[name].find(({ result }) => result.reason)?.result.reason ?? losses.reason;
    if (failure) bench.say(`${name}: ${failure}`);
  }
  return mapSides(seen, (taken, name) => ({ turns: taken, lost: lost[name] }));
}

/** Figures of one side, over all its turns. */
export function figures<R extends Outcome>(
  { turns, lost }: Side<R>,
  value: number,
  more: Pick<Figures, 'p50' | 'p99' | 'max' | 'also'> = {},
): Figures {
  return {
    value,
    ...more,
    errors: lost + sum(turns, ({ result }) => result.errors),
    cpuSeconds: sum(turns, ({ cpuSeconds }) => cpuSeconds),
    rss: turns.at(-1)!.rss,
  };
}

/** Compares one percentile of the times of all turns. */
export function timesLine<R extends Outcome>(
  seen: BySide<Side<R>>,
  { what, share, times }: { what: string; share: number; times: (result: R) => Iterable<number> },
): Line {
  const sides = mapSides(seen, (side) => {
    const all = timesOf(side, times);
    return figures(side, percentile(all, share), spread(all));
  });
  return { what, unit: `ms, p${share * 100}`, better: 'less', sides };
}

/** Compares how many were answered in a second, over all turns. */
export function rateLine<R extends Outcome & { readonly seconds: number }>(
  seen: BySide<Side<R>>,
  { what, times }: { what: string; times: (result: R) => Iterable<number> },
): Line {
  const sides = mapSides(seen, (side) => {
    const all = timesOf(side, times);
    return figures(side, all.length / sum(side.turns, ({ result }) => result.seconds), spread(all));
  });
  return { what, unit: 'per second', better: 'more', sides };
}

/** Compares the time of a core one of something takes, which other programs on the machine disturb least. */
export function cpuLine<R extends Outcome>(
  seen: BySide<Side<R>>,
  { what, count }: { what: string; count: (result: R) => number },
): Line {
  const sides = mapSides(seen, (side) => {
    const cpuSeconds = sum(side.turns, (turn) => turn.cpuSeconds);
    const also = { 'event loop late at worst, ms': Math.max(...side.turns.map(({ loopDelayMax }) => loopDelayMax)) };
    return figures(side, (1000 * cpuSeconds) / sum(side.turns, ({ result }) => count(result)), { also });
  });
  return { what, unit: 'ms', better: 'less', sides };
}

/** The sum of something over turns. */
export function sum<T>(turns: readonly T[], figure: (turn: T) => number): number {
  return turns.reduce((total, turn) => total + figure(turn), 0);
}

function timesOf<R>({ turns }: Side<R>, times: (result: R) => Iterable<number>): Float64Array {
  return Float64Array.from(turns.flatMap(({ result }) => [...times(result)]));
}
