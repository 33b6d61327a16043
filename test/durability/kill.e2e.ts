import 'reflect-metadata';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { describeOnEachDatabase, type FreshDatabase, freshDatabase } from '../support/databases.js';
import { type ServerProcess, startProcess } from '../support/process.js';
import { History } from './history.js';
import { clientsOf, found, NAMES, SEED, soundness } from './living.js';
import { Random } from './random.js';

/** How often the server is killed on each database. */
const ROUNDS = Number(process.env['DURABILITY_ROUNDS'] ?? 6);

describeOnEachDatabase('A server that is killed', (database) => {
  let fresh: FreshDatabase;
  let server: ServerProcess | undefined;
  beforeAll(async () => {
    fresh = await freshDatabase(database);
  });
  afterEach(() => server?.stop('SIGKILL'));
  afterAll(() => fresh.drop());

  const start = async (): Promise<ServerProcess> => (server = await startProcess({ DATABASE_URL: fresh.url }));

  it(
    `${ROUNDS} times has what it acknowledged, once, and of the rest all or nothing`,
    async () => {
      const history = new History();
      const random = new Random(SEED);
      const clients = clientsOf(history);
      await found((await start()).url, history);
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

      await soundness(fresh.url, history);
      // A server that was killed before it did anything would prove nothing.
      expect(history.acknowledged).toBeGreaterThan(ROUNDS * NAMES.length);
    },
    60_000 + ROUNDS * 20_000,
  );
});

/** Waits until some more has been acknowledged, and then a moment: in the middle of whatever is under way. */
async function aRandomMoment(history: History, random: Random): Promise<void> {
  const wanted = history.acknowledged + random.between(5, 150);
  for (const limit = Date.now() + 30_000; history.acknowledged < wanted && Date.now() < limit;) await delay(5);
  await delay(random.between(0, 20));
}
