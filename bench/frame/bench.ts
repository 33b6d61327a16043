import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Login } from '../client/connection.js';
import { adminToken } from '../client/population.js';
import { exchange } from '../client/rest.js';
import { TOKEN_SECRET } from '../client/tokens.js';
import type { LoadCalls } from '../load/main.js';
import type { BareMode } from '../server/bare-ws.js';
import type { ProbeCalls } from '../server/probe.js';
import { createDatabase } from './database.js';
import { openFilesLimit } from './machine.js';
import type { Options } from './options.js';
import { Remote } from './remote.js';
import { RESULTS } from './report.js';
import { Served } from './served.js';

const script = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
// Seen from bench/dist/frame, where this file runs.
const MAIN = script('../../../dist/main.js');
const BARE_WS = script('../server/bare-ws.js');
const BARE_HTTP = script('../server/bare-http.js');
const LOAD = script('../load/main.js');
const PROBE = ['--import', new URL('../server/probe.js', import.meta.url).href];

/** Milliseconds. */
const START_TIMEOUT = 120_000;

/** Between two attempts to reach a server that is starting. Milliseconds. */
const PAUSE = 5;

/** What a row measures with. Everything it starts ends with the row. */
export class Bench {
  private profiles = 0;
  private readonly endings: (() => Promise<void>)[] = [];
  private over = false;
  private ended = Promise.resolve();

  private readonly kept = new Map<string, Promise<unknown>>();

  constructor(
    readonly options: Options,
    /** Name of the row. */
    readonly row: string,
    /** Keeps what rows share; without it each starts its own. */
    private readonly keeper?: Bench,
  ) {}

  /** Something of this name that was started before, or is now. @param start gets the bench with which it ends */
  shared<T>(name: string, start: (bench: Bench) => Promise<T>): Promise<T> {
    const { kept } = this.keeper ?? this;
    const thing = (kept.get(name) as Promise<T> | undefined) ?? start(this.keeper ?? this);
    kept.set(name, thing);
    return thing;
  }

  /** A size for a full run, and one for `--quick`. */
  size(full: number, quick: number): number {
    return this.options.quick ? quick : full;
  }

  /** What is measured one after the other; of these, `--quick` takes the first alone. */
  some<T>(all: readonly T[]): readonly T[] {
    return this.options.quick ? all.slice(0, 1) : all;
  }

  /** As `size`, lowered to what the limit of open files of one process allows. */
  connections(full: number, quick: number): number {
    const wanted = this.size(full, quick);
    const possible = openFilesLimit() - 500;
    if (wanted <= possible) return wanted;
    this.say(`only ${possible} of ${wanted} connections: the limit of open files (ulimit -Hn) must be ${wanted + 500}`);
    return possible;
  }

  say(text: string): void {
    process.stderr.write(`  ${this.row}: ${text}\n`);
  }

  /** Starts the real server, as `npm start` runs it, on an empty database. */
  async server(): Promise<Served> {
    return this.serverOn(await this.database());
  }

  /** As `server`, for rows that a server does not mind which has been used before: with `--quick` they share one. */
  sharedServer(): Promise<Served> {
    return this.shared('server', (owner) => owner.server());
  }

  /** The real server once more on the database of one that ends: what that one did to its memory is forgotten. */
  async restarted(served: Served): Promise<Served> {
    await served.stop();
    return this.serverOn(served.databaseUrl);
  }

  private async serverOn(databaseUrl: string): Promise<Served> {
    const [apiPort, port] = await freePorts();
    const child = Remote.start<ProbeCalls>('the server', MAIN, {
      nodeArgs: PROBE,
      env: {
        HOST: '127.0.0.1',
        API_PORT: String(apiPort),
        WS_PORT: String(port),
        LEGACY_API_PORT: '0',
        DATABASE_URL: databaseUrl,
        LOG_LEVEL: 'info',
        TOKEN_SECRET,
        // Default 300 a second for one socket: what is measured is the server, not how it defends itself.
        WS_RATE_LIMIT: '0',
      },
    });
    const { profile } = this.options;
    const profileFile = profile ? () => join(RESULTS, `${this.row}-${++this.profiles}.cpuprofile`) : undefined;
    const startedIn = await this.ready(child, () => adminToken(apiPort));
    return new Served(child, 'server', port, apiPort, databaseUrl, startedIn, profileFile);
  }

  /** Starts the bare ws server. */
  bare(mode: BareMode): Promise<Served> {
    return this.bareServer('bare ws', BARE_WS, [mode]);
  }

  /** Starts the bare node:http, which parses what it gets and answers JSON. */
  bareHttp(): Promise<Served> {
    return this.bareServer('bare node:http', BARE_HTTP, []);
  }

  /** Starts the bare node:http with nothing but the driver behind it, on an empty database. */
  async bareDriver(): Promise<Served> {
    const databaseUrl = await this.database();
    return this.bareServer('bare driver', BARE_HTTP, [databaseUrl], databaseUrl);
  }

  private async bareServer(side: string, file: string, args: readonly string[], databaseUrl = ''): Promise<Served> {
    const [port] = await freePorts();
    const child = Remote.start<ProbeCalls>(side, file, { nodeArgs: PROBE, args: [String(port), ...args] });
    const startedIn = await this.ready(child, () => exchange(port, { path: '/', body: '{}' }));
    return new Served(child, side, port, port, databaseUrl, startedIn);
  }

  /** Starts a load process and connects its clients. Those of REST connect when they are told what to send. @throws Error when one is refused */
  async load(
    to: Served,
    logins: readonly Login[] = [],
  ): Promise<Remote<LoadCalls> & { readonly secondsToConnect: number }> {
    const load = Remote.start<LoadCalls>(`the load of the ${to.side}`, LOAD);
    this.atEnd(() => load.kill());
    const { seconds, refused, reason } = await load.call('connect', to.port, [...logins]);
    if (refused > 0) throw new Error(`the ${to.side} refused ${refused} of ${logins.length} connections: ${reason}`);
    return Object.assign(load, { secondsToConnect: seconds });
  }

  /** Ends what the row started, the last first. */
  end(): Promise<void> {
    this.over = true;
    // An interrupted row ends once because of that, and once more because it failed: both wait for all of it.
    this.ended = this.endAfter(this.ended);
    return this.ended;
  }

  private async database(): Promise<string> {
    const database = await createDatabase(this.options.database);
    this.atEnd(() => database.drop());
    return database.url;
  }

  private async endAfter(earlier: Promise<void>): Promise<void> {
    await earlier;
    for (const end of this.endings.splice(0).toReversed()) {
      await end().catch((error: unknown) => this.say(`cleaning up: ${String(error)}`));
    }
  }

  /** A row that was cut off may still be starting something: that ends at once. */
  private atEnd(ending: () => Promise<void>): void {
    this.endings.push(ending);
    if (this.over) void this.end();
  }

  /** Waits for the first answer of a process that was just started. Answers the milliseconds it took. */
  private async ready(child: Remote<ProbeCalls>, answers: () => Promise<unknown>): Promise<number> {
    // At once: what it would do to end in good order is for nobody, its database is dropped next.
    this.atEnd(() => child.kill());
    const begin = performance.now();
    for (;;) {
      try {
        await answers();
        return performance.now() - begin;
      } catch (error) {
        if (!child.running) throw child.ended();
        if (performance.now() > begin + START_TIMEOUT)
          throw new Error(`${child.what} does not answer`, { cause: error });
      }
      await sleep(PAUSE);
    }
  }
}

async function freePorts(): Promise<[number, number]> {
  const servers = [createServer(), createServer()];
  const ports: number[] = [];
  for (const server of servers) {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ports.push((server.address() as AddressInfo).port);
  }
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports as [number, number];
}
