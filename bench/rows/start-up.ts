import { populate } from '../client/population.js';
import type { Bench } from '../frame/bench.js';
import { type BySide, type Figures, type Line, mapSides } from '../frame/line.js';
import type { Row } from '../frame/row.js';
import type { Served } from '../frame/served.js';
import { percentile } from '../frame/statistics.js';
import type { Memory, Usage } from '../server/probe.js';

/** Users in the database. */
const USERS = 1000;

/** One start. */
interface Start {
  readonly milliseconds: number;
  readonly usage: Usage;
  readonly settled: Memory;
}

export const startUp: Row = {
  name: 'start-up',
  about: 'from starting the process to its first answer, on a migrated database; against bare node:http started alike',

  async run(bench: Bench): Promise<Line[]> {
    let server = await bench.server();
    const migrating = server.startedIn;
    await populate(server, USERS, () => 'json');
    await server.stop();
    const starts: BySide<Start[]> = { server: [], 'bare node:http': [] };
    for (let turn = 0; turn < bench.size(9, 1); turn++) {
      starts['bare node:http'].push(await seeStart(await bench.bareHttp()));
      server = await bench.restarted(server);
      starts.server.push(await seeStart(server));
    }
    const first = { 'first start, which migrates, ms': migrating };
    return [
      line('start to first answer', 'ms, p50', starts, ({ milliseconds }) => milliseconds, first),
      line('memory after the first answer', 'MB RSS, p50', starts, ({ usage }) => usage.rss / 1e6),
      line('memory after collecting garbage', 'MB RSS, p50', starts, ({ settled }) => settled.rss / 1e6),
    ];
  },
};

async function seeStart(served: Served): Promise<Start> {
  const usage = await served.sinceStart();
  const settled = await served.settle();
  await served.stop();
  return { milliseconds: served.startedIn, usage, settled };
}

function line(
  what: string,
  unit: string,
  starts: BySide<Start[]>,
  figure: (start: Start) => number,
  also?: Figures['also'],
): Line {
  const sides = mapSides(starts, (all, side): Figures => {
    const values = all.map(figure);
    return {
      value: percentile(values, 0.5),
      errors: 0,
      cpuSeconds: all.reduce((sum, { usage }) => sum + usage.cpuSeconds, 0) / all.length,
      rss: all.at(-1)!.usage.rss,
      also: { worst: Math.max(...values), ...(side === 'server' ? also : undefined) },
    };
  });
  return { what, unit, better: 'less', sides };
}
