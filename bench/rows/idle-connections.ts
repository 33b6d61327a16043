import { setTimeout as sleep } from 'node:timers/promises';
import type { Login } from '../client/connection.js';
import { populate, strangers } from '../client/population.js';
import type { Bench } from '../frame/bench.js';
import type { Figures, Line } from '../frame/line.js';
import type { Row } from '../frame/row.js';
import type { Served } from '../frame/served.js';

/** Connections that come and go before anything is measured. */
const WARM_UP = 100;

/** What one server was seen to take, per connection where that makes sense. */
interface Seen {
  readonly memory: Figures;
  readonly idle: Figures;
  readonly beating: Figures;
  readonly handshakes: Figures;
}

export const idleConnections: Row = {
  name: 'idle-connections',
  about: 'connected and authenticated users of the JSON codec who do nothing, against bare ws holding as many',

  async run(bench: Bench): Promise<Line[]> {
    const count = bench.connections(10_000, 500);
    const json = (): 'json' => 'json';
    const bare = await hold(bench, await bench.bare('hold'), strangers(count, json));
    const first = await bench.server();
    const logins = await populate(first, count, json);
    const server = await hold(bench, await bench.restarted(first), logins);
    const line = (key: keyof Seen, what: string, unit: string, better: Line['better']): Line => ({
      what,
      unit,
      better,
      sides: { server: server[key], 'bare ws': bare[key] },
    });
    return [
      line('memory', `memory per connection, ${count} held`, 'KB RSS', 'less'),
      line('idle', 'CPU, nobody says anything', '% of a core', 'less'),
      line('beating', 'CPU, a text ping from each every 20 s', '% of a core', 'less'),
      line('handshakes', 'handshakes', 'per second', 'more'),
    ];
  },
};

async function hold(bench: Bench, served: Served, logins: readonly Login[]): Promise<Seen> {
  const count = logins.length;
  // Code that is compiled when it is first needed is not what a connection takes.
  await (await bench.load(served, logins.slice(0, WARM_UP))).stop();
  const before = await served.settle();
  const { result: load, ...connecting } = await served.during(() => bench.load(served, logins));
  // A server gives a silent client 30 s: pinging now leaves time for settling and for the window.
  await load.call('rest');
  await load.call('pingAll');
  const after = await served.settle();
  const windowSeconds = bench.size(10, 1);
  const idle = await served.during(() => sleep(windowSeconds * 1000), { watchLoop: false });
  await load.call('beat');
  const beating = await served.during(() => sleep(windowSeconds * 1000), { watchLoop: false });
  const { lost: errors, reason } = await load.call('losses');
  if (errors > 0) bench.say(`the ${served.side} lost ${errors} connections: ${reason}`);
  await load.stop();
  await served.stop();

  const perConnection = (figure: 'rss' | 'heapUsed' | 'external'): number =>
    (after[figure] - before[figure]) / count / 1000;
  const common = { errors, rss: after.rss };
  return {
    memory: {
      ...common,
      value: perConnection('rss'),
      cpuSeconds: connecting.cpuSeconds,
      also: { 'heap KB': perConnection('heapUsed'), 'external KB': perConnection('external') },
    },
    idle: { ...common, value: (100 * idle.cpuSeconds) / idle.wallSeconds, cpuSeconds: idle.cpuSeconds },
    beating: { ...common, value: (100 * beating.cpuSeconds) / beating.wallSeconds, cpuSeconds: beating.cpuSeconds },
    handshakes: { ...common, value: count / load.secondsToConnect, cpuSeconds: connecting.cpuSeconds },
  };
}
