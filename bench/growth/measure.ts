import { adminToken } from '../client/population.js';
import { exchange } from '../client/rest.js';
import type { RestRequest } from '../client/rest-request.js';
import { v3Send } from '../client/sends.js';
import type { Bench } from '../frame/bench.js';
import type { Served } from '../frame/served.js';
import { spread } from '../frame/statistics.js';
import { type Chat, chat, type Size } from './fill.js';

const CONNECTIONS = 64;
const PULLED = 100;

/** Requests a second: a rate that leaves the server idle most of the time, so that none waits for another. */
export const RATE = 100;
const SECONDS = 15;
const WARM_UP_SECONDS = 5;

/** Chats of the measurements in which it is always the same ones. */
const FEW = 64;

/** What one kind of request took at one size. */
export interface Measured {
  readonly what: string;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  readonly errors: number;
  /** Milliseconds of a core in the server process. */
  readonly cpu: number;
}

/** Sends and pulls in the same 64 chats at every size, then in any: there most rows are read for the first time. */
export async function measure(bench: Bench, server: Served, { conversations }: Size): Promise<Measured[]> {
  const admin = await adminToken(server.apiPort);
  const load = await bench.load(server);
  const few = Array.from({ length: FEW }, (_, index) => chat(Math.floor((index * conversations) / FEW)));
  const any = Array.from({ length: RATE * SECONDS }, () => chat(Math.floor(Math.random() * conversations)));
  const post = (chats: readonly Chat[], make: (token: string, chat: Chat) => RestRequest, seconds: number) =>
    load.call('post', {
      port: server.apiPort,
      connections: CONNECTIONS,
      requests: chats.map((one) => make(admin, one)),
      rate: RATE,
      seconds,
    });
  for (const one of [few[0], chat(conversations - 1)]) await assertFilled(server, admin, one);
  await post(few, send, WARM_UP_SECONDS);
  await post(few, pull, WARM_UP_SECONDS);
  const measured: Measured[] = [];
  for (const [what, chats, make] of [
    [`send, ${FEW} chats`, few, send],
    [`pull ${PULLED}, ${FEW} chats`, few, pull],
    ['send, any chat', any, send],
    [`pull ${PULLED}, any chat`, any, pull],
  ] as const) {
    const { result, cpuSeconds } = await server.during(() => post(chats, make, SECONDS));
    const { times, errors, reason } = result;
    if (reason) bench.say(`${what}: ${reason}`);
    measured.push({ what, ...spread(times), errors, cpu: (1000 * cpuSeconds) / times.length });
  }
  await load.stop();
  return measured;
}

/** @throws Error when a pull would not bring what it should */
async function assertFilled({ apiPort }: Served, admin: string, one: Chat): Promise<void> {
  const { data } = await exchange(apiPort, pull(admin, one));
  const { msgs } = data as { msgs?: Record<string, { Msgs: unknown[] }> };
  const count = msgs?.[one.conversationID]?.Msgs.length ?? 0;
  if (count !== PULLED) throw new Error(`a pull of ${one.conversationID} brought ${count} messages`);
}

function send(token: string, { sendID, recvID }: Chat): RestRequest {
  return v3Send(token, { sendID, recvID });
}

/** The first hundred, which were there before anything was sent. */
function pull(token: string, { sendID, conversationID }: Chat): RestRequest {
  const seqRanges = [{ conversationID, begin: 1, end: PULLED, num: PULLED }];
  return { path: '/msg/pull_msg_by_seq', token, body: JSON.stringify({ userID: sendID, seqRanges, order: 0 }) };
}
