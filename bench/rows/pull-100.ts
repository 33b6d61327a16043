import { jsonCodec } from '../client/json-codec.js';
import { Copies } from '../client/copies.js';
import type { Login } from '../client/connection.js';
import { adminToken, logIn, register, strangers } from '../client/population.js';
import { messagesIn, PULL_RANGE, PULL_SEQS, pullRange, pullSeqs } from '../client/pulls.js';
import { exchange } from '../client/rest.js';
import { chatOf, v3Send } from '../client/sends.js';
import type { Bench } from '../frame/bench.js';
import { RestBench } from '../frame/rest.js';
import type { Line } from '../frame/line.js';
import type { Row } from '../frame/row.js';
import type { Served } from '../frame/served.js';
import { byTurns, cpuLine, rateLine } from '../frame/turns.js';

const CONNECTIONS = 64;
const MESSAGES = 100;
const json = () => 'json' as const;

export const pull100: Row = {
  name: 'pull-100',
  about: `a hundred messages of a conversation: ${CONNECTIONS} users, each his own one, over REST and over sockets`,

  async run(bench: Bench): Promise<Line[]> {
    const rest = await RestBench.start(bench);
    const chats = await fill(rest.server);
    const logins = await logIn(
      rest.server,
      chats.map(({ userID }) => userID),
      json,
    );
    const overRest = await rest.atMost({
      what: 'msg/pull_msg_by_seq',
      requests: chats.map(({ userID, conversationID }, index) => ({
        path: '/msg/pull_msg_by_seq',
        token: logins[index].token,
        body: JSON.stringify({
          userID,
          seqRanges: [{ conversationID, begin: 1, end: MESSAGES, num: MESSAGES }],
          order: 0,
        }),
      })),
      check: (answer) => {
        const { msgs } = (answer as { data: { msgs: Record<string, { Msgs: unknown[] }> } }).data;
        expectAll(msgs[chats[0].conversationID]?.Msgs.length ?? 0);
      },
    });
    return [...overRest, ...(await overSockets(bench, rest.server, { chats, logins }))];
  },
};

interface Chat {
  readonly userID: string;
  readonly conversationID: string;
}

/** Single chats of so many messages: the first of each is sent, the others are copies of it. */
async function fill({ apiPort, databaseUrl }: Served): Promise<Chat[]> {
  const userIDs = await register(apiPort, CONNECTIONS * 2);
  const admin = await adminToken(apiPort);
  const chats = userIDs.slice(0, CONNECTIONS).map((userID, index) => {
    const recvID = userIDs[CONNECTIONS + index];
    return { userID, recvID, conversationID: chatOf(userID, recvID) };
  });
  await Promise.all(chats.map(({ userID, recvID }) => exchange(apiPort, v3Send(admin, { sendID: userID, recvID }))));
  await Copies.in(databaseUrl, async (copies) => {
    for (const { conversationID } of chats) {
      await copies.add({
        table: 'im_messages',
        model: { conversationID, seq: 1 },
        set: { seq: 'n', clientMsgID: `clientMsgID || '_' || n`, sendTime: 'sendTime + n' },
        from: 2,
        count: MESSAGES - 1,
      });
      await copies.query('UPDATE im_sequences SET maxSeq = ? WHERE conversationID = ?', [MESSAGES, conversationID]);
    }
  });
  return chats;
}

async function overSockets(
  bench: Bench,
  server: Served,
  { chats, logins }: { chats: readonly Chat[]; logins: readonly Login[] },
): Promise<Line[]> {
  const servers = { server, 'bare ws': await bench.bare('answer') };
  const loads = {
    server: await bench.load(server, logins),
    'bare ws': await bench.load(servers['bare ws'], strangers(CONNECTIONS, json)),
  };
  const lines: Line[] = [];
  for (const { reqIdentifier, what, encode } of bench.some(SOCKET_PULLS)) {
    const data = chats.map(({ userID, conversationID }) => encode({ userID, conversationID, count: MESSAGES }));
    const warmUp = { reqIdentifier, data, seconds: bench.size(3, 0.5) };
    const { frame, reason } = await loads.server.call('ask', warmUp);
    if (!frame) throw new Error(`no answer to ${reqIdentifier}: ${reason}`);
    expectAll(messagesIn(jsonCodec.decode(Buffer.from(frame)).data));
    await fetch(`http://127.0.0.1:${servers['bare ws'].port}/json`, { method: 'PUT', body: frame });
    await loads['bare ws'].call('ask', { ...warmUp, seconds: bench.size(1, 0.3) });
    const plan = { reqIdentifier, data, seconds: bench.size(3, 0.6) };
    const seen = await byTurns(bench, bench.size(3, 1), { servers, loads }, (load) => load.call('ask', plan));
    lines.push(
      rateLine(seen, { what: `socket, ${what}`, times: ({ toAnswer }) => toAnswer }),
      cpuLine(seen, { what: `CPU per pull, ${what}`, count: ({ toAnswer }) => toAnswer.length }),
    );
  }
  return lines;
}

/** The two ways of clients. */
const SOCKET_PULLS = [
  { reqIdentifier: PULL_RANGE, what: '1002, a range', encode: pullRange },
  { reqIdentifier: PULL_SEQS, what: '1005, a list of seqs', encode: pullSeqs },
];

/** @throws Error when a pull brings something else than it should */
function expectAll(count: number): void {
  if (count !== MESSAGES) throw new Error(`a pull brought ${count} messages in place of ${MESSAGES}`);
}
