import type { CodecName } from '../client/codec.js';
import type { Login } from '../client/connection.js';
import { foundGroup, logIn, populate, strangers } from '../client/population.js';
import type { Bench } from '../frame/bench.js';
import type { BySide, Line } from '../frame/line.js';
import type { Row } from '../frame/row.js';
import type { Served } from '../frame/served.js';
import { byTurns, cpuLine, timesLine } from '../frame/turns.js';

/** Milliseconds between messages. */
const PAUSE = 200;

/** Who speaks which codec. */
const CROWDS: readonly { who: string; codecOf: (index: number) => CodecName }[] = [
  { who: 'all JSON', codecOf: () => 'json' },
  { who: 'half gob+gzip', codecOf: (index) => (index % 2 === 0 ? 'json' : 'gob') },
];

export const fanOut: Row = {
  name: 'fan-out',
  about: 'one message to a group whose members are all online, against bare ws sending the same frames to as many',

  async run(bench: Bench): Promise<Line[]> {
    const count = bench.connections(10_000, 500);
    const servers = { server: await bench.sharedServer(), 'bare ws': await bench.bare('broadcast') };
    const members = await populate(servers.server, count, () => 'json');
    const userIDs = members.map(({ userID }) => userID);
    const groupID = await foundGroup(servers.server.apiPort, userIDs);
    const lines: Line[] = [];
    for (const { who, codecOf } of bench.some(CROWDS)) {
      const logins = {
        server: await logIn(servers.server, userIDs, codecOf),
        'bare ws': strangers(count, codecOf),
      };
      lines.push(...(await compare(bench, servers, logins, { who, groupID })));
    }
    return lines;
  },
};

async function compare(
  bench: Bench,
  servers: BySide<Served>,
  logins: BySide<Login[]>,
  { who, groupID }: { who: string; groupID: string },
): Promise<Line[]> {
  const loads = {
    server: await bench.load(servers.server, logins.server),
    'bare ws': await bench.load(servers['bare ws'], logins['bare ws']),
  };
  // The first messages find cold code. One of their pushes is what the bare server will send.
  const warmUp = { groupID, messages: 5, pause: PAUSE };
  const { frames, reason } = await loads.server.call('fanOut', warmUp);
  if (!frames.json) throw new Error(`no push arrived: ${reason}`);
  for (const [codec, body] of Object.entries(frames)) {
    await fetch(`http://127.0.0.1:${servers['bare ws'].port}/${codec}`, { method: 'PUT', body });
  }
  await loads['bare ws'].call('fanOut', warmUp);

  const plan = { groupID, messages: 4, pause: PAUSE };
  const seen = await byTurns(bench, bench.size(6, 1), { servers, loads }, (load) => load.call('fanOut', plan));
  for (const load of Object.values(loads)) await load.stop();
  const sizes = Object.entries(frames).map(([codec, frame]) => `${codec} ${frame.length} B`);
  bench.say(`${who}: ${logins.server.length} receivers, push frame ${sizes.join(', ')}`);
  return [
    timesLine(seen, { what: `to the last receipt, ${who}`, share: 0.5, times: ({ toLast }) => toLast }),
    timesLine(seen, { what: `to half of the receipts, ${who}`, share: 0.5, times: ({ toHalf }) => toHalf }),
    timesLine(seen, { what: `to the answer, ${who}`, share: 0.5, times: ({ toAnswer }) => toAnswer }),
    cpuLine(seen, { what: `server CPU per message, ${who}`, count: ({ toLast }) => toLast.length }),
  ];
}
