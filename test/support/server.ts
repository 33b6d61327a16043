import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { readEnvironment } from '../../src/config/environment.js';
import { Transactions } from '../../src/database/transactions.js';
import { Presence } from '../../src/presence/presence.js';
import { startServer } from '../../src/server/server.js';
import { freshDatabase } from './databases.js';
import { post } from './http.js';
import type { Im, TestDatabase } from './im.js';

export { describeOnEachDatabase } from './databases.js';

/** A server with a database of its own, empty but for the administrators. `env` as the standalone server reads it. */
export async function startIm({
  database,
  env = {},
}: {
  database: TestDatabase;
  env?: Record<string, string>;
}): Promise<Im> {
  const fresh = await freshDatabase(database);
  const im = await startImOn(fresh.url, env);
  return {
    ...im,
    async close() {
      await im.close();
      await fresh.drop();
    },
  };
}

/** A server on a database that may have others. */
export async function startImOn(databaseUrl: string, env: Record<string, string> = {}): Promise<Im> {
  const objects = join(tmpdir(), `openim-objects-${randomUUID()}`);
  const config = readEnvironment({
    API_PORT: '0',
    LEGACY_API_PORT: '0',
    WS_PORT: '0',
    HOST: '127.0.0.1',
    DATABASE_URL: databaseUrl,
    OBJECT_STORAGE: `file:${objects}`,
    // Tests come from one address, ask as fast as they can, and show wrong tokens on purpose.
    ...env,
  });
  const server = await startServer(config, pino({ level: process.env['TEST_LOG_LEVEL'] ?? 'silent' }));
  const url = `http://127.0.0.1:${server.apiPort}`;
  const secret = config.secrets[0];
  const admin = config.admins[0]?.userID;
  let adminToken: Promise<string> | undefined;

  const withToken = (token?: string): Record<string, string> => (token ? { token } : {});
  const im: Im = {
    url,
    post: (path, body, headers) => post(url + path, body, headers),
    v1: (path, body, token) => post(url + path, { operationID: randomUUID(), ...body }, withToken(token)),
    v2: (path, body, token) => post(url + path, { operationID: randomUUID(), ...body }, withToken(token)),
    v3: (path, body, token) => post(url + path, body, { operationID: randomUUID(), ...withToken(token) }),
    adminToken: () => (adminToken ??= im.tokenOf(admin)),
    async tokenOf(userID) {
      const { body } = await im.v3('/auth/user_token', { secret, platformID: 1, userID });
      if (!body?.data?.token) throw new Error(`no token for ${userID}: ${JSON.stringify(body)}`);
      return body.data.token;
    },
    async register(...userIDs) {
      const { body } = await im.v3('/user/account_check', { checkUserIDs: userIDs }, await im.adminToken());
      const unknown = body.data.results.filter(
        (one: { accountStatus: string }) => one.accountStatus === 'unregistered',
      );
      if (unknown.length === 0) return;
      const users = unknown.map(({ userID }: { userID: string }) => ({ userID, nickname: userID }));
      const registered = await im.v3('/user/user_register', { secret, users });
      if (registered.body?.errCode !== 0) throw new Error(`not registered: ${registered.text}`);
    },
    async group(...memberIDs) {
      await im.register(...memberIDs);
      const memberList = memberIDs.map((uid, index) => ({ uid, setRole: index === 0 ? 1 : 0 }));
      const { body, text } = await im.v1(
        '/group/create_group',
        { memberList, groupName: 'group' },
        await im.adminToken(),
      );
      if (!body?.data?.groupID) throw new Error(`no group: ${text}`);
      return body.data.groupID;
    },
    async online(userID, platformID) {
      await im.get(Presence).connected(userID, platformID, randomUUID());
    },
    async rows(table, where) {
      const { manager, dataSource } = im.get(Transactions);
      const escape = (name: string): string => dataSource.driver.escape(name);
      const columns = Object.keys(where);
      const condition = columns.map((column) => `${escape(column)} = ?`).join(' AND ');
      return manager.query(`SELECT * FROM ${escape(table)}${condition && ` WHERE ${condition}`}`, Object.values(where));
    },
    get: (type) => server.app.get(type, { strict: false }),
    async close() {
      await server.close();
      await rm(objects, { recursive: true, force: true });
    },
  };
  return im;
}
