import 'reflect-metadata';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { examine } from '../../src/doctor/examination.js';
import { describeOnEachDatabase, type FreshDatabase, freshDatabase } from '../support/databases.js';
import { post } from '../support/http.js';
import { type ServerProcess, startProcess } from '../support/process.js';
import { Client, HALL } from './client.js';
import { complaintsOf } from './history-checker.js';
import { type GroupChanged, History, type Registered } from './history.js';
import { Random } from './random.js';
import { readStored } from './stored.js';

/** How often the server is killed on each database. */
const ROUNDS = Number(process.env['DURABILITY_ROUNDS'] ?? 6);

/** The same seed does the same things; when exactly the server is killed is the machine's business too. */
const SEED = Number(process.env['DURABILITY_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

const NAMES = ['ann', 'bob', 'cid', 'dan', 'eve', 'fay'];

const ADMIN = { secret: 'openIM123', platformID: 1, userID: 'openIM123456' };

describeOnEachDatabase('A server that is killed', (database) => {
  let fresh: FreshDatabase;
  let server: ServerProcess | undefined;
  beforeAll(async () => {
    fresh = await freshDatabase(database);
  });
  afterEach(() => server?.stop('SIGKILL'));
  afterAll(() => fresh.drop());

  const start = async (): Promise<ServerProcess> => (server = await startProcess({ DATABASE_URL: fresh.url }));
  const tokenOf = async ({ url }: ServerProcess): Promise<string> =>
    (await post(`${url}/auth/user_token`, ADMIN, { operationID: 'x' })).body.data.token;

  it(
    `${ROUNDS} times has what it acknowledged, once, and of the rest all or nothing`,
    async () => {
      const history = new History();
      const random = new Random(SEED);
      const clients = NAMES.map((name, index) => {
        const peers = NAMES.filter((other) => other !== name);
        return new Client(name, peers, new Random(SEED + index + 1), history);
      });
      await found(await start(), history);
      for (let round = 1; round <= ROUNDS; round += 1) {
        const running = server ?? (await start());
        await Promise.all(clients.map((client) => client.arrive(running.url)));
        const living = Promise.all(clients.map((client) => client.liveUntilGone()));
        await Promise.race([living, aRandomMoment(history, random)]);
        expect(await running.stop('SIGKILL')).toBeNull();
        server = undefined;
        await living;
      }
      const running = await start();
      await Promise.all(clients.map((client) => client.arrive(running.url)));
      await Promise.all(clients.map((client) => client.settle()));
      expect(await running.stop('SIGTERM')).toBe(0);
      server = undefined;

      const { operations } = history;
      const stored = await readStored(fresh.url);
      expect({ seed: SEED, complaints: complaintsOf(operations, stored) }).toEqual({ seed: SEED, complaints: [] });
      const nowhere = { API_PORT: '0', LEGACY_API_PORT: '0', WS_PORT: '0' };
      const results = await examine({ DATABASE_URL: fresh.url, ...nowhere }, { dense: true, thorough: true });
      const sick = results.filter(({ level }) => level === 'problem' || level === 'unchecked');
      expect({ seed: SEED, sick }).toEqual({ seed: SEED, sick: [] });
      // A server that was killed before it did anything would prove nothing.
      expect(history.acknowledged).toBeGreaterThan(ROUNDS * NAMES.length);
    },
    60_000 + ROUNDS * 20_000,
  );

  /** Registers the clients, and founds the group they meet in. */
  async function found(running: ServerProcess, history: History): Promise<void> {
    const token = await tokenOf(running);
    const call = async (path: string, body: object): Promise<any> =>
      (await post(running.url + path, body, { operationID: 'x', token })).body;
    const users = NAMES.map((userID) => ({ userID }));
    await history.record<Registered>({ kind: 'registered', userIDs: NAMES }, () =>
      call('/user/user_register', { secret: 'openIM123', users }),
    );
    const [ownerUserID, ...memberUserIDs] = NAMES;
    const groupInfo = { groupID: HALL, groupName: HALL, groupType: 2 };
    await history.record<GroupChanged>({ kind: 'group', groupID: HALL, change: 'created', userIDs: NAMES }, () =>
      call('/group/create_group', { ownerUserID, memberUserIDs, groupInfo }),
    );
  }
});

/** Waits until some more has been acknowledged, and then a moment: in the middle of whatever is under way. */
async function aRandomMoment(history: History, random: Random): Promise<void> {
  const wanted = history.acknowledged + random.between(5, 150);
  for (const limit = Date.now() + 30_000; history.acknowledged < wanted && Date.now() < limit;) await delay(5);
  await delay(random.between(0, 20));
}
