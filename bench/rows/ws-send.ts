import { foundGroup, logIn, register, strangers } from '../client/population.js';
import type { Bench } from '../frame/bench.js';
import type { Line } from '../frame/line.js';
import type { Row } from '../frame/row.js';
import type { Served } from '../frame/served.js';
import { byTurns, cpuLine, rateLine, type Sides } from '../frame/turns.js';
import type { RushPlan } from '../load/rush.js';

const CONNECTIONS = 64;
const json = () => 'json' as const;

export const wsSend: Row = {
  name: 'ws-send',
  about: `sockets that write as fast as they are answered, against bare ws echoing the frames and sending as many pushes`,

  async run(bench: Bench): Promise<Line[]> {
    const server = await bench.sharedServer();
    const userIDs = await register(server.apiPort, bench.size(10_000, 2000));
    const large = { members: userIDs, online: bench.connections(1000, 200), senders: 16 };
    return [
      ...(await inPairs(bench, server, userIDs.slice(0, CONNECTIONS))),
      ...(await inGroup(bench, server, { members: userIDs.slice(0, 100), online: 100, senders: CONNECTIONS })),
      ...(await inGroup(bench, server, large)),
    ];
  },
};

/** 64 connections write to one another. Each message is one answer and two pushes; bare ws sends the answer only. */
async function inPairs(bench: Bench, server: Served, userIDs: readonly string[]): Promise<Line[]> {
  const servers = { server, 'bare ws': await bench.bare('echo') };
  const loads = {
    server: await bench.load(server, await logIn(server, userIDs, json)),
    'bare ws': await bench.load(servers['bare ws'], strangers(CONNECTIONS, json)),
  };
  return compare(bench, { servers, loads }, 'single chats', {});
}

/** Some of a group's members write to it. Each message is one answer, and a push to everybody who is online. */
async function inGroup(
  bench: Bench,
  server: Served,
  { members, online, senders }: { members: readonly string[]; online: number; senders: number },
): Promise<Line[]> {
  const servers = { server, 'bare ws': await bench.bare('broadcast') };
  const groupID = await foundGroup(server.apiPort, members);
  const loads = {
    server: await bench.load(server, await logIn(server, members.slice(0, online), json)),
    'bare ws': await bench.load(servers['bare ws'], strangers(online, json)),
  };
  const { frames, reason } = await loads.server.call('fanOut', { groupID, messages: 1, pause: 0 });
  if (!frames.json) throw new Error(`no push arrived: ${reason}`);
  await fetch(`http://127.0.0.1:${servers['bare ws'].port}/json`, { method: 'PUT', body: frames.json });
  const what = `into a group of ${members.length}, ${online} online`;
  return compare(bench, { servers, loads }, what, { group: { groupID, senders } });
}

async function compare(bench: Bench, sides: Sides, what: string, to: Omit<RushPlan, 'seconds'>): Promise<Line[]> {
  const warmUp = { ...to, seconds: bench.size(3, 0.5) };
  await Promise.all(Object.values(sides.loads).map((load) => load.call('rush', warmUp)));
  const plan = { ...to, seconds: bench.size(4, 0.6) };
  const seen = await byTurns(bench, bench.size(3, 1), sides, (load) => load.call('rush', plan));
  for (const load of Object.values(sides.loads)) await load.stop();
  return [
    rateLine(seen, { what: `messages, ${what}`, times: ({ toAnswer }) => toAnswer }),
    cpuLine(seen, { what: `CPU per message, ${what}`, count: ({ toAnswer }) => toAnswer.length }),
  ];
}
