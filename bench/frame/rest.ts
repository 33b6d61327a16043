import { exchange } from '../client/rest.js';
import { FIRST_NUMBER, NUMBER, type RestRequest } from '../client/rest-request.js';
import type { PostPlan, PostResult } from '../load/post.js';
import type { Bench } from './bench.js';
import { type BySide, type Line, mapSides } from './line.js';
import type { Served } from './served.js';
import { type Inserts, tableOf } from './table.js';
import { byTurns, cpuLine, rateLine, type Side, type Sides, sum, timesLine } from './turns.js';

/** What is asked of the server and of its baselines. */
export interface Asked {
  /** Name of the lines. */
  readonly what: string;
  /** Dealt out to the connections. The first one is tried before anything is measured. */
  readonly requests: readonly RestRequest[];
  /** How many different numbers requests are given; left out: no two get the same. */
  readonly among?: number;
  /** 64 when left out. */
  readonly connections?: number;
  /** Looks at what the server answers the first request. @throws Error when that is not what should be measured */
  readonly check?: (answer: object) => void;
  /** Rows that the request writes: they are inserted by a bare driver too. */
  readonly inserts?: Inserts;
}

type Load = Sides['loads']['server'];

/** A number that the load gives to nobody, in as many digits. */
const UNUSED = String(FIRST_NUMBER - 1).padStart(NUMBER.length, '0');

/** A server, a bare node:http that gives the very same answers, and the load processes of both. */
export class RestBench {
  private constructor(
    private readonly bench: Bench,
    private readonly sides: Sides,
  ) {}

  static async start(bench: Bench): Promise<RestBench> {
    const sides = await bench.shared('rest', async (owner) => {
      const [server, http] = await Promise.all([owner.sharedServer(), owner.bareHttp()]);
      const servers = { server, 'bare node:http': http };
      return { servers, loads: await loadsOf(owner, servers) };
    });
    return new RestBench(bench, sides);
  }

  get server(): Served {
    return this.sides.servers.server;
  }

  /** How many go through, and what each takes: the next request as soon as one is answered. */
  async atMost(asked: Asked): Promise<Line[]> {
    const sides = await this.prepare(asked);
    const seen = await this.take(sides, asked, {});
    const rate = rateLine(seen, { what: asked.what, times: ({ times }) => times });
    return [withLoad(rate, seen), cpuLine(seen, { what: `CPU per request, ${asked.what}`, count: answered })];
  }

  /** As `atMost`, one after the other; with `--quick` the first alone. */
  async some(all: readonly Asked[]): Promise<Line[]> {
    const lines: Line[] = [];
    for (const asked of this.bench.some(all)) lines.push(...(await this.atMost(asked)));
    return lines;
  }

  /** How long each takes at a fixed rate per second, which must be one the server keeps up with. */
  async atRate(rate: number, asked: Asked): Promise<Line[]> {
    const sides = await this.prepare(asked);
    const seen = await this.take(sides, asked, { rate });
    const line = timesLine(seen, { what: `${asked.what}, ${rate} a second`, share: 0.99, times: ({ times }) => times });
    return [withLoad(line, seen)];
  }

  /** Tells the baselines what they answer, and what they insert; warms everybody up. */
  private async prepare({ requests: [first], among, check, inserts }: Asked): Promise<Sides> {
    const number = among === undefined ? UNUSED : String(FIRST_NUMBER);
    const body = first.body.replaceAll(NUMBER, number);
    const answer = await exchange(this.server.apiPort, { ...first, body });
    check?.(answer);
    let sides = this.sides;
    if (inserts) {
      const driver = { 'bare driver': await this.bench.bareDriver() };
      sides = {
        servers: { ...sides.servers, ...driver },
        loads: { ...sides.loads, ...(await loadsOf(this.bench, driver)) },
      };
      await put(driver['bare driver'], '/table', await tableOf(this.server.databaseUrl, inserts));
    }
    const { server: _, ...baselines } = sides.servers;
    for (const baseline of Object.values(baselines)) await put(baseline, '/answer', answer);
    return sides;
  }

  private async take(sides: Sides, asked: Asked, pace: { rate?: number }): Promise<BySide<Side<PostResult>>> {
    const { bench } = this;
    const plan = (served: Served, seconds: number): PostPlan => ({
      port: served.apiPort,
      connections: asked.connections ?? 64,
      requests: asked.requests,
      ...(asked.among === undefined ? {} : { among: asked.among }),
      ...pace,
      seconds,
    });
    const warmUp = bench.size(2, 0.5);
    await Promise.all(
      Object.entries(sides.loads).map(([side, load]) => load.call('post', plan(sides.servers[side], warmUp))),
    );
    const seconds = bench.size(2.5, 0.6);
    return byTurns(bench, bench.size(3, 1), sides, (load, served) => load.call('post', plan(served, seconds)));
  }
}

/** A load process for each. They connect when they are told what to send. */
async function loadsOf<S extends string>(bench: Bench, servers: Record<S, Served>): Promise<Record<S, Load>> {
  const loads: Partial<Record<S, Load>> = {};
  for (const side in servers) loads[side] = await bench.load(servers[side]);
  return loads as Record<S, Load>;
}

async function put(served: Served, path: string, body: object): Promise<void> {
  const url = `http://127.0.0.1:${served.apiPort}${path}`;
  const answer = await fetch(url, { method: 'PUT', body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`the ${served.side} refused ${path}: ${await answer.text()}`);
}

function answered({ times }: PostResult): number {
  return times.length;
}

/** Adds how busy the load process was: near a core, it is what was measured. And how late with what was due at fixed times. */
function withLoad(line: Line, seen: BySide<Side<PostResult>>): Line {
  const sides = mapSides(line.sides, (figures, side) => {
    const { turns } = seen[side];
    const cores = sum(turns, ({ result }) => result.loadCpuSeconds) / sum(turns, ({ wallSeconds }) => wallSeconds);
    const late = Math.max(...turns.map(({ result }) => result.lateMax));
    const also = { 'cores the load used': cores, ...(late > 0 ? { 'load late at worst, ms': late } : {}) };
    return { ...figures, also };
  });
  return { ...line, sides };
}
