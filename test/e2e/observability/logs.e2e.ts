import 'reflect-metadata';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { DatabaseProxy } from '../../support/database-proxy.js';
import { describeOnEachDatabase, describeOnMysql, type FreshDatabase, freshDatabase } from '../../support/databases.js';
import { post } from '../../support/http.js';
import { type ServerProcess, startProcess } from '../../support/process.js';
import { gatewayUrl, refusal, SocketClient } from '../../support/socket.js';
import { tokenOf } from '../../support/traffic.js';

const STORY_MS = 120_000;

/** A server's log so far, but for what it says about itself. */
const linesOf = ({ output }: ServerProcess): Record<string, unknown>[] =>
  output
    .split('\n')
    .filter((line) => line.startsWith('{"level":'))
    .map((line) => JSON.parse(line));

const register = (url: string, operationID: string, userID: string) =>
  post(`${url}/user/user_register`, { secret: 'openIM123', users: [{ userID }] }, { operationID });

describeOnEachDatabase('The log', (database) => {
  let fresh: FreshDatabase;
  let server: ServerProcess;
  beforeEach(async () => {
    fresh = await freshDatabase(database);
    server = await startProcess({ DATABASE_URL: fresh.url, LOG_LEVEL: 'info' });
  });
  afterEach(async () => {
    await server.stop('SIGKILL');
    await fresh.drop();
  });

  it(
    'has a line for each request, with its operationID',
    async () => {
      const { url } = server;
      await register(url, 'in v3', 'ann');
      await register(url, 'again', 'ann');
      const ask = { secret: 'tuoyun', platform: 1 };
      await post(`${url}/auth/user_token`, { ...ask, operationID: 'in v1', uid: 'ann' });
      await post(`${url}/auth/user_token`, { ...ask, operationID: 'in v2', userID: 'ann' });
      await post(`${url}/user/get_users_info`, { userIDs: [] }, { operationID: 'without a token' });
      await post(`${url}/user/get_users_info`, 'no JSON', { operationID: 'unreadable' });
      const ann = await SocketClient.connect(url, 'ann', await tokenOf(url, 'ann'));
      await ann.ask(1001, { userID: 'ann' }, { operationID: 'over a socket' });
      await ann.ask(1002, { userID: 'bob' }, { operationID: 'not allowed' });
      await ann.close();
      await server.stop('SIGTERM');
      const lines = linesOf(server).filter(({ msg }) => msg === 'request' || msg === 'socket request');
      const named = lines.map(({ operationID }) => operationID);
      const asked = ['in v3', 'again', 'in v1', 'in v2', 'without a token', 'unreadable'];
      expect(named).toEqual(expect.arrayContaining([...asked, 'over a socket', 'not allowed']));
      expect(named).not.toContain(undefined);
      expect(named).not.toContain('');
    },
    STORY_MS,
  );
});

describeOnMysql('The log of a server whose database is away', (database) => {
  it(
    'says of each request that failed for it which one that was',
    async () => {
      const fresh = await freshDatabase(database);
      const proxy = await DatabaseProxy.before(fresh.url);
      const server = await startProcess({ DATABASE_URL: proxy.url });
      try {
        const { url } = server;
        await register(url, 'before', 'ann');
        await register(url, 'before', 'bob');
        const tokenOfBob = await tokenOf(url, 'bob');
        const ann = await SocketClient.connect(url, 'ann', await tokenOf(url, 'ann'));
        await proxy.refuse();
        await register(url, 'over REST', 'cid');
        await ann.ask(1001, { userID: 'ann' }, { operationID: 'over a socket' });
        await refusal(gatewayUrl(url, 'bob', tokenOfBob, { isMsgResp: '', operationID: 'knocking' }));
        await ann.close();
        await proxy.open();
        await server.stop('SIGTERM');
        const failed = linesOf(server).filter(({ msg }) => String(msg).includes('the database is not available'));
        expect(failed.map(({ operationID }) => operationID)).toEqual(['over REST', 'over a socket', 'knocking']);
      } finally {
        await server.stop('SIGKILL');
        await proxy.close();
        await fresh.drop();
      }
    },
    STORY_MS,
  );
});
