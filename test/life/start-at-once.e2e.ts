import 'reflect-metadata';
import { createConnection } from 'mysql2/promise';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { IM_MIGRATIONS } from '../../src/database/migrations/all.js';
import { examine } from '../../src/doctor/examination.js';
import { describeOnMysql, type FreshDatabase, freshDatabase } from '../support/databases.js';
import { post } from '../support/http.js';
import { type ServerProcess, startProcess } from '../support/process.js';

const NOWHERE = { API_PORT: '0', LEGACY_API_PORT: '0', WS_PORT: '0' };

describeOnMysql('Processes that start at once on an empty database', (database) => {
  let fresh: FreshDatabase;
  const started: ServerProcess[] = [];
  beforeEach(async () => {
    fresh = await freshDatabase(database);
  });
  afterEach(async () => {
    await Promise.all(started.splice(0).map((server) => server.stop('SIGKILL')));
    await fresh.drop();
  });

  const start = async (): Promise<ServerProcess> => {
    const server = await startProcess({ DATABASE_URL: fresh.url });
    started.push(server);
    return server;
  };

  it('all come up: one migrates and creates the administrators, the others wait for it', async () => {
    const servers = await Promise.all([start(), start(), start()]);

    const answers = await Promise.all(
      servers.map(({ url }) =>
        post(
          `${url}/auth/user_token`,
          { secret: 'openIM123', platformID: 1, userID: 'openIM123456' },
          { operationID: 'x' },
        ),
      ),
    );
    expect(answers.map(({ body }) => body.errCode)).toEqual([0, 0, 0]);
    const rows = await query('SELECT name FROM im_migrations ORDER BY id');
    expect(rows.map(({ name }) => name)).toEqual(IM_MIGRATIONS.map((migration) => new migration().name));
    const results = await examine({ DATABASE_URL: fresh.url, ...NOWHERE }, { dense: true });
    expect(results.filter(({ level }) => level === 'problem' || level === 'unchecked')).toEqual([]);
    expect(results.find(({ name }) => name === 'users.administrators')?.level).toBe('ok');
  });

  it('wait while somebody else migrates, and go on when he is killed', async () => {
    const migrating = await createConnection(fresh.url);
    await migrating.query("SELECT GET_LOCK(CONCAT('im_migrations_', LEFT(SHA2(DATABASE(), 256), 32)), 0)");
    const coming = start();
    await until(async () => (await waiting()) === 1);
    expect(await query("SHOW TABLES LIKE 'im_users'")).toEqual([]);

    migrating.destroy();

    const { url } = await coming;
    expect((await post(`${url}/auth/user_token`, {}, { operationID: 'x' })).status).toBe(200);
  });

  /** Sessions of this database that wait for a lock by name. */
  async function waiting(): Promise<number> {
    const name = new URL(fresh.url).pathname.slice(1);
    const rows = await query('SELECT STATE AS state FROM information_schema.PROCESSLIST WHERE DB = ?', [name]);
    return rows.filter(({ state }) => /user lock/i.test(state)).length;
  }

  async function query(sql: string, values: unknown[] = []): Promise<Record<string, any>[]> {
    const connection = await createConnection(fresh.url);
    try {
      return (await connection.query(sql, values))[0] as Record<string, any>[];
    } finally {
      await connection.end();
    }
  }
});

async function until(so: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 30_000; !(await so());) {
    if (Date.now() > deadline) throw new Error('it did not come so');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
