import { adminToken, logIn, register } from '../client/population.js';
import { call, exchange } from '../client/rest.js';
import { v3Send } from '../client/sends.js';
import type { Bench } from '../frame/bench.js';
import { type Asked, RestBench } from '../frame/rest.js';
import type { Line } from '../frame/line.js';
import type { Row } from '../frame/row.js';

const CONNECTIONS = 64;

/** What a client that comes back asks first. */
const COLLECTIONS = ['/conversation/get_incremental_conversations', '/friend/get_incremental_friends'];

export const incrementalSync: Row = {
  name: 'incremental-sync',
  about: `${CONNECTIONS} clients ask what changed since the version they have, and nothing did`,

  async run(bench: Bench): Promise<Line[]> {
    const rest = await RestBench.start(bench);
    const { apiPort } = rest.server;
    const userIDs = await register(apiPort, CONNECTIONS);
    const admin = await adminToken(apiPort);
    await Promise.all(
      userIDs.map(async (sendID, index) => {
        const recvID = userIDs[index ^ 1];
        await exchange(apiPort, v3Send(admin, { sendID, recvID }));
        if (index % 2 === 0) {
          await call(apiPort, '/friend/import_friend', { ownerUserID: sendID, friendUserIDs: [recvID] }, admin);
        }
      }),
    );
    const logins = await logIn(rest.server, userIDs, () => 'json');
    const asked = COLLECTIONS.map(async (path): Promise<Asked> => {
      const requests = logins.map(async ({ userID, token }) => {
        const { version, versionID } = await call<Version>(apiPort, path, { userID, version: 0, versionID: '' }, token);
        return { path, token, body: JSON.stringify({ userID, version, versionID }) };
      });
      return { what: path.slice(1), requests: await Promise.all(requests), check: nothingNew };
    });
    return rest.some(await Promise.all(asked));
  },
};

interface Version {
  readonly version: number;
  readonly versionID: string;
}

/** @throws Error when something is new, or no version is known */
function nothingNew(answer: object): void {
  const { version, full, ...lists } = (answer as { data: Record<string, unknown> }).data;
  const news = ['insert', 'update', 'delete'].filter((list) => ((lists[list] as unknown[] | null)?.length ?? 0) > 0);
  if (!version || full === true || news.length > 0) throw new Error(`this is news: ${JSON.stringify(answer)}`);
}
