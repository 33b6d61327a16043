import 'reflect-metadata';
import { connect } from 'node:net';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { DatabaseProxy } from '../../support/database-proxy.js';
import { describeOnEachDatabase, describeOnMysql, type FreshDatabase, freshDatabase } from '../../support/databases.js';
import { post } from '../../support/http.js';
import { scrape } from '../../support/metrics.js';
import { type ServerProcess, startProcess } from '../../support/process.js';
import { freePort } from '../../support/ports.js';

const STORY_MS = 120_000;

/** Longest wait for what takes a moment, on a busy machine. */
const PATIENCE = { timeout: 60_000, interval: 50 };

const PRODUCTION = { NODE_ENV: 'production', IM_SECRET: 'a secret', TOKEN_SECRET: 'sixteen letters!' };

const probe = async (url: string, path: string): Promise<{ status: number; body: any }> => {
  const answer = await fetch(url + path);
  return { status: answer.status, body: await answer.json() };
};

const UP = { status: 'up' };
const READY = {
  status: 'ok',
  info: { running: UP, database: UP, migrations: UP },
  error: {},
  details: { running: UP, database: UP, migrations: UP },
};

describeOnEachDatabase('Probes of a server', (database) => {
  let fresh: FreshDatabase;
  let server: ServerProcess;
  beforeEach(async () => {
    fresh = await freshDatabase(database);
  });
  afterEach(async () => {
    await server.stop('SIGKILL');
    await fresh.drop();
  });

  it(
    'in production, on both ports, are answered without a token, and not logged',
    async () => {
      const legacy = await freePort();
      const env = { ...PRODUCTION, LOG_LEVEL: 'info', LEGACY_API_PORT: String(legacy) };
      server = await startProcess({ DATABASE_URL: fresh.url, ...env });
      for (const url of [server.url, `http://127.0.0.1:${legacy}`]) {
        const alive = { status: 'ok', info: {}, error: {}, details: {} };
        expect(await probe(url, '/healthz')).toEqual({ status: 200, body: alive });
        expect(await probe(url, '/readyz')).toMatchObject({ status: 200, body: READY });
        expect((await fetch(`${url}/readyz`, { method: 'HEAD' })).status).toBe(200);
        expect((await fetch(`${url}/metrics`)).status).toBe(200);
      }
      // They are no operations: other methods are no paths of theirs.
      expect(await post(`${server.url}/readyz`)).toMatchObject({ status: 404, text: /^.*404 page not found/ });
      await server.stop('SIGTERM');
      const logged = server.output.split('\n').filter((line) => line.includes('"msg":"request"'));
      expect(logged.map((line) => JSON.parse(line))).toMatchObject([{ path: '/readyz', method: 'POST', status: 404 }]);
    },
    STORY_MS,
  );

  it(
    'say that it is not ready as soon as it is told to stop; it goes on for whoever does not know yet',
    async () => {
      // Longer than stopping itself may take: that begins afterwards.
      server = await startProcess({ DATABASE_URL: fresh.url, READY_GRACE: '3', STOP_TIMEOUT: '2' });
      const told = performance.now();
      const stopped = server.stop('SIGTERM');
      await vi.waitFor(async () => expect((await probe(server.url, '/readyz')).status).toBe(503), PATIENCE);
      const down = { status: 'down', message: 'the server is stopping' };
      expect((await probe(server.url, '/readyz')).body).toMatchObject({
        status: 'error',
        info: { database: UP, migrations: UP },
        error: { running: down },
        details: { running: down },
      });
      let answered = 0;
      // A connection of its own for each, as from a proxy.
      while (performance.now() - told < 2_000) {
        const users = { secret: 'openIM123', users: [{ userID: `user${(answered += 1)}` }] };
        const headers = { operationID: 'grace', connection: 'close' };
        expect(await post(`${server.url}/user/user_register`, users, headers)).toMatchObject({ body: { errCode: 0 } });
      }
      expect(answered).toBeGreaterThan(0);
      expect((await probe(server.url, '/healthz')).status).toBe(200);
      expect(await stopped).toBe(0);
      expect(performance.now() - told).toBeGreaterThan(3_000);
      expect(await isOpen(server.url)).toBe(false);
    },
    STORY_MS,
  );
});

describeOnMysql('A server whose database', (database) => {
  let fresh: FreshDatabase;
  let proxy: DatabaseProxy;
  let server: ServerProcess;
  beforeEach(async () => {
    fresh = await freshDatabase(database);
    proxy = await DatabaseProxy.before(fresh.url);
    server = await startProcess({ DATABASE_URL: proxy.url });
  });
  afterEach(async () => {
    await server.stop('SIGKILL');
    await proxy.close();
    await fresh.drop();
  });

  /** Waits until it says so. */
  const turns = (status: number) =>
    vi.waitFor(async () => expect((await probe(server.url, '/readyz')).status).toBe(status), PATIENCE);

  it(
    'is cut off is alive and not ready, until it is back; it says so in the log once, and counts who suffered',
    async () => {
      expect((await probe(server.url, '/readyz')).status).toBe(200);
      await proxy.refuse();
      await turns(503);
      const { body } = await probe(server.url, '/readyz');
      // Everybody may read this: where the database is, is for the log.
      expect(body.error).toEqual({
        database: { status: 'down', message: 'the database does not answer', responseTime: expect.any(Number) },
      });
      expect((await probe(server.url, '/healthz')).status).toBe(200);
      const users = { secret: 'openIM123', users: [{ userID: 'ann' }] };
      const refused = await post(`${server.url}/user/user_register`, users, { operationID: 'cut' });
      expect(refused.body).toMatchObject({ errCode: 500 });
      const seen = await scrape(server.url);
      expect(seen.sum('openim_failures_total', { kind: 'unavailable' })).toBe(1);
      expect(seen.sum('openim_failures_total', { kind: 'internal' })).toBe(0);
      await proxy.open();
      await turns(200);
      const logged = server.output.split('\n').filter((line) => line.includes('"context":"health"'));
      expect(logged.map((line) => JSON.parse(line).msg)).toEqual([
        expect.stringMatching(/^not ready: the database does not answer: .*ECONNREFUSED/),
        'ready again: database',
      ]);
    },
    STORY_MS,
  );

  it(
    'has fallen silent says so in time, and does not wait in ever more connections',
    async () => {
      expect((await probe(server.url, '/readyz')).status).toBe(200);
      proxy.stall();
      const begun = performance.now();
      const probes = await Promise.all(Array.from({ length: 50 }, () => probe(server.url, '/readyz')));
      expect(performance.now() - begun).toBeLessThan(10_000);
      for (const { status, body } of probes) {
        expect(status).toBe(503);
        expect(body.error.database).toMatchObject({ status: 'down', message: 'timeout of 900ms exceeded' });
      }
      const seen = await scrape(server.url);
      expect(seen.sum('openim_database_connections', { state: 'used' })).toBe(1);
      await proxy.open();
      await turns(200);
    },
    STORY_MS,
  );
});

function isOpen(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
