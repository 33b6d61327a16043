import { adminToken, adminTokenV1, foundGroup, register } from '../client/population.js';
import { v1Send, v3Send } from '../client/sends.js';
import type { Bench } from '../frame/bench.js';
import { type Asked, RestBench } from '../frame/rest.js';
import type { Line } from '../frame/line.js';
import type { Row } from '../frame/row.js';

const CONNECTIONS = 64;

/** What a message becomes: one row, to which the server adds a counter and a read position. */
const MESSAGE = { table: 'im_messages', newestBy: 'sendTime', unique: ['seq', 'clientMsgID'] };

export const restSend: Row = {
  name: 'rest-send',
  about: `text messages over REST from ${CONNECTIONS} connections, answered after the commit`,

  async run(bench: Bench): Promise<Line[]> {
    const rest = await RestBench.start(bench);
    const port = rest.server.apiPort;
    const userIDs = await register(port, CONNECTIONS * 2);
    const senders = userIDs.slice(0, CONNECTIONS);
    const pairs = senders.map((sendID, index) => ({ sendID, recvID: userIDs[CONNECTIONS + index] }));
    const admin = await adminToken(port);
    const adminV1 = await adminTokenV1(port);
    const groupID = await foundGroup(port, senders);

    const toUsers: Asked = {
      what: 'v3, each to another user',
      requests: pairs.map((pair) => v3Send(admin, pair)),
    };
    const atMost = await rest.atMost({ ...toUsers, inserts: MESSAGE });
    const half = Math.round(atMost[0].sides.server.value / 2);
    return [
      ...atMost,
      ...(await rest.atRate(half, toUsers)),
      ...(await rest.atMost({
        what: 'v1, each to another user',
        requests: pairs.map((pair) => v1Send(adminV1, pair)),
      })),
      ...(await rest.atMost({
        what: 'v3, all into one group',
        requests: senders.map((sendID) => v3Send(admin, { sendID, groupID })),
      })),
    ];
  },
};
