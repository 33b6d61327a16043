import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { DatabaseProxy } from '../support/database-proxy.js';
import { describeOnEachDatabase, describeOnMysql, type FreshDatabase, freshDatabase } from '../support/databases.js';
import { post } from '../support/http.js';
import { type ServerProcess, startProcess } from '../support/process.js';
import { gatewayUrl, SocketClient } from '../support/socket.js';
import { isDone, ledger, tokenOf, Traffic } from '../support/traffic.js';

const STORY_MS = 180_000;

/** Opens a connection to a server and says something. */
async function begin(url: string, text: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write(text);
  return socket;
}

/** A request whose body never comes to an end. */
const halfARequest = (url: string): Promise<Socket> =>
  begin(url, 'POST /msg/send_msg HTTP/1.1\r\nHost: im\r\noperationID: slow\r\nContent-Length: 1000\r\n\r\n{"sendID":');

/** A client whose socket is open, and who takes nothing and says nothing any more. */
async function deafClient(url: string, userID: string): Promise<Socket> {
  const { pathname, search } = new URL(gatewayUrl(url, userID, await tokenOf(url, userID)));
  const upgrade = 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n';
  const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';
  const socket = await begin(url, `GET ${pathname}${search} HTTP/1.1\r\nHost: im\r\n${upgrade}${key}\r\n`);
  const [first] = (await once(socket, 'data')) as [Buffer];
  expect(first.toString('latin1')).toMatch(/^HTTP\/1.1 101 /);
  socket.pause();
  return socket;
}

const register = (url: string, ...userIDs: string[]) =>
  post(
    `${url}/user/user_register`,
    { secret: 'openIM123', users: userIDs.map((userID) => ({ userID })) },
    { operationID: 'stop' },
  );

const login = async (url: string, userID: string): Promise<SocketClient> =>
  SocketClient.connect(url, userID, await tokenOf(url, userID));

describeOnEachDatabase('A server that is told to stop', (database) => {
  let fresh: FreshDatabase;
  let server: ServerProcess;
  const left: { destroy(): unknown }[] = [];
  beforeEach(async () => {
    fresh = await freshDatabase(database);
  });
  afterEach(async () => {
    for (const socket of left.splice(0)) socket.destroy();
    await server.stop('SIGKILL');
    await fresh.drop();
  });

  const start = async (env: Record<string, string> = {}) =>
    (server = await startProcess({ DATABASE_URL: fresh.url, ...env }));

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'by %s answers everything it has begun, stores it, and begins nothing more',
    async (signal) => {
      await start();
      const traffic = await Traffic.begin(server.url);
      const clients = await Promise.all(['ann', 'bob', 'hub'].map((userID) => login(server.url, userID)));
      await traffic.until(isDone, 10);
      expect(await server.stop(signal)).toBe(0);
      for (const client of clients) expect(await client.ended()).toEqual({ code: 1000 });
      await traffic.until(({ answer }) => answer === undefined, 1);
      await traffic.stop();

      const times = await ledger(fresh.url);
      for (const one of traffic.asked) {
        if (one.answer) expect(one.answer.body).toMatchObject({ errCode: 0 });
        // Who was not answered knows that nothing was done.
        if (one.clientMsgID) expect(times.get(one.clientMsgID)).toBe(one.answer ? 1 : undefined);
      }
      expect(server.output).not.toContain('"level":');
    },
    STORY_MS,
  );

  it(
    'answers who is slow to say what he wants: a message to many',
    async () => {
      await start();
      const recvIDs = Array.from({ length: 100 }, (_, index) => `user${index}`);
      await register(server.url, ...recvIDs);
      const clientMsgID = randomUUID();
      const message = { sendID: 'openIM123456', clientMsgID, contentType: 101, sessionType: 1 };
      const body = JSON.stringify({ ...message, recvIDs, content: { content: 'to many' } });
      const head = [
        'POST /msg/batch_send_msg HTTP/1.1\r\nHost: im\r\noperationID: slow',
        `token: ${await tokenOf(server.url, 'openIM123456')}`,
        `Content-Length: ${body.length}\r\n\r\n`,
      ];
      const socket = await begin(server.url, head.join('\r\n') + body.slice(0, 100));
      left.push(socket);
      const stopped = server.stop('SIGTERM');
      await expectClosed(server.url);
      socket.write(body.slice(100));
      const [answer] = (await once(socket, 'data')) as [Buffer];
      expect(answer.toString()).toMatch(/^HTTP\/1.1 200 [^]*"errCode":0/);
      expect(await stopped).toBe(0);
      expect(await ledger(fresh.url)).toEqual(new Map([[clientMsgID, recvIDs.length]]));
    },
    STORY_MS,
  );

  it(
    'waits for no client that hangs',
    async () => {
      await start({ STOP_TIMEOUT: '20' });
      await register(server.url, 'ann');
      left.push(
        await begin(server.url, 'GET /docs HTTP/1.1\r\nHost: im\r\n'),
        await begin(server.url, ''),
        await deafClient(server.url, 'ann'),
        await halfARequest(server.url),
      );
      expect(await server.stop('SIGTERM')).toBe(0);
      expect(server.output).toContain('1 requests were cut');
    },
    STORY_MS,
  );

  it(
    'and told once more ends at once, and says what was left',
    async () => {
      await start({ STOP_TIMEOUT: '600' });
      await register(server.url, 'ann');
      const ann = await login(server.url, 'ann');
      left.push(await halfARequest(server.url));
      const stopped = server.stop('SIGTERM');
      // npm passes on what the terminal has sent already: that is no second time.
      void server.stop('SIGTERM');
      await expectClosed(server.url);
      const telling = setInterval(() => void server.stop('SIGTERM'), 200);
      expect(await stopped).toBe(2);
      clearInterval(telling);
      expect(await ann.ended()).toEqual({ code: 1000 });
      expect(server.output).toMatch(/"left":{"requests":1,"sockets":1}.*a second signal came \(SIGTERM\)/);
    },
    STORY_MS,
  );
});

/** Waits until nobody can connect any more. */
async function expectClosed(url: string): Promise<void> {
  const { hostname, port } = new URL(url);
  for (;;) {
    const socket = connect(Number(port), hostname);
    const refused = await Promise.race([
      once(socket, 'connect').then(() => false),
      once(socket, 'close').then(() => true),
    ]).catch(() => true);
    socket.destroy();
    if (refused) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describeOnMysql('A server that is told to stop while its database is silent', (database) => {
  let fresh: FreshDatabase;
  let proxy: DatabaseProxy;
  let server: ServerProcess;
  beforeEach(async () => {
    fresh = await freshDatabase(database);
    proxy = await DatabaseProxy.before(fresh.url);
    server = await startProcess({ DATABASE_URL: proxy.url, STOP_TIMEOUT: '3' });
  });
  afterEach(async () => {
    await server.stop('SIGKILL');
    await proxy.close();
    await fresh.drop();
  });

  it(
    'ends in its time, tells its clients, and says what was left',
    async () => {
      await register(server.url, 'ann');
      const ann = await login(server.url, 'ann');
      proxy.stall();
      const asked = register(server.url, 'bob').catch(() => undefined);
      const pulling = ann.ask(1001, { userID: 'ann' }).catch(() => undefined);
      // Time to get stuck; to be stopped before that is no harm.
      await new Promise((resolve) => setTimeout(resolve, 500));
      expect(await server.stop('SIGTERM')).toBe(2);
      expect(await ann.ended()).toEqual({ code: 1000 });
      expect(await Promise.all([asked, pulling])).toEqual([undefined, undefined]);
      expect(server.output).toMatch(/"left":{"requests":\d,"sockets":1}.*stopping took longer than 3000 ms/);
    },
    STORY_MS,
  );
});
