import type { CodecName } from '../client/codec.js';
import { populate, strangers } from '../client/population.js';
import type { Bench } from '../frame/bench.js';
import type { Line } from '../frame/line.js';
import type { Row } from '../frame/row.js';
import { byTurns, cpuLine, timesLine } from '../frame/turns.js';
import type { ChatResult } from '../load/chat.js';

const PAIRS = 64;
const RATE = 500;

export const latency: Row = {
  name: 'latency',
  about: `${PAIRS} pairs, ${RATE} messages a second in all, against bare ws relaying the same frames without storing them`,

  async run(bench: Bench): Promise<Line[]> {
    const servers = { server: await bench.sharedServer(), 'bare ws': await bench.bare('relay') };
    const codecOf = (index: number): CodecName => (index < PAIRS * 2 ? 'json' : 'gob');
    const logins = {
      server: await populate(servers.server, PAIRS * 4, codecOf),
      'bare ws': strangers(PAIRS * 4, codecOf),
    };
    const lines: Line[] = [];
    for (const codec of bench.some(['json', 'gob'] as const)) {
      const loads = {
        server: await bench.load(
          servers.server,
          logins.server.filter((login) => login.codec === codec),
        ),
        'bare ws': await bench.load(
          servers['bare ws'],
          logins['bare ws'].filter((login) => login.codec === codec),
        ),
      };
      const warmUp = { rate: RATE, seconds: bench.size(4, 1) };
      await Promise.all(Object.values(loads).map((load) => load.call('chat', warmUp)));
      const plan = { rate: RATE, seconds: bench.size(5, 1.5) };
      const seen = await byTurns(bench, bench.size(3, 1), { servers, loads }, (load) => load.call('chat', plan));
      for (const load of Object.values(loads)) await load.stop();
      const toReceive = { what: `send to receive, ${codec}`, times: (result: ChatResult) => result.toReceive };
      const toAnswer = { what: `send to answer, ${codec}`, times: (result: ChatResult) => result.toAnswer };
      lines.push(
        timesLine(seen, { ...toReceive, share: 0.5 }),
        timesLine(seen, { ...toReceive, share: 0.99 }),
        timesLine(seen, { ...toAnswer, share: 0.5 }),
        timesLine(seen, { ...toAnswer, share: 0.99 }),
        cpuLine(seen, { what: `server CPU per message, ${codec}`, count: ({ sent }) => sent }),
      );
    }
    return lines;
  },
};
