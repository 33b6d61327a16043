import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { DatabaseProxy } from '../support/database-proxy.js';
import { describeOnMysql, type FreshDatabase, freshDatabase } from '../support/databases.js';
import { post } from '../support/http.js';
import { type ServerProcess, startProcess } from '../support/process.js';
import { gatewayUrl, refusal, SocketClient } from '../support/socket.js';
import { isDone, isTurnedAway, ledger, tokenOf, Traffic, UNAVAILABLE } from '../support/traffic.js';

/** Longest that anybody may wait for an answer while the database is silent, in milliseconds, on a busy machine. */
const PATIENCE_MS = 90_000;

const STORY_MS = 240_000;

describeOnMysql('A server whose database', (database) => {
  let fresh: FreshDatabase;
  let proxy: DatabaseProxy;
  let server: ServerProcess;
  beforeEach(async () => {
    fresh = await freshDatabase(database);
    proxy = await DatabaseProxy.before(fresh.url);
  });
  afterEach(async () => {
    await server?.stop('SIGKILL');
    await proxy.close();
    await fresh.drop();
  });

  // The audit log commits when it likes; here only what is asked for does.
  const env = { WS_RATE_LIMIT: '0', AUDIT_LOG_DAYS: '0' };
  const start = async () => (server = await startProcess({ DATABASE_URL: proxy.url, ...env }));
  const connect = async (userID: string) =>
    SocketClient.connect(server.url, userID, await tokenOf(server.url, userID), { codec: 'json' });
  /**
   * Who was not told that it is done was turned away. Everything acknowledged is stored once, and so is, sent again,
   * everything of which nobody knew.
   */
  async function expectNothingLost(traffic: Traffic): Promise<void> {
    expect(traffic.asked.filter((one) => !isDone(one) && !isTurnedAway(one))).toEqual([]);
    for (const { by, clientMsgID = '' } of traffic.asked.filter((one) => one.clientMsgID && !isDone(one))) {
      expect(await traffic.say(by, clientMsgID)).toMatchObject({ answer: { body: { errCode: 0 } } });
    }
    const times = await ledger(fresh.url);
    for (const { clientMsgID } of traffic.asked) if (clientMsgID) expect(times.get(clientMsgID)).toBe(1);
    expect([...times.values()].every((count) => count === 1)).toBe(true);
  }

  it(
    'is away for a while says so to everybody, and goes on by itself when it is back',
    async () => {
      await start();
      const traffic = await Traffic.begin(server.url);
      await traffic.until(isDone, 5);
      const tokenOfEve = await tokenOf(server.url, 'eve');
      const clients = await Promise.all(['ann', 'bob', 'cid', 'dan', 'hub'].map(connect));

      await proxy.refuse();
      await traffic.until(isTurnedAway, 5);
      const unavailable = { errCode: 500, errMsg: 'ServerInternalError' };
      for (const client of clients) {
        expect(await client.ask(1001, { userID: client.userID })).toMatchObject(unavailable);
        expect(await client.say({ recvID: 'eve' }, 'lost')).toMatchObject(unavailable);
      }
      const stranger = gatewayUrl(server.url, 'eve', tokenOfEve, { isMsgResp: '' });
      expect(await refusal(stranger)).toMatchObject({ status: 200, body: unavailable });
      await proxy.open();
      await traffic.until(isDone, 5);
      for (const client of clients) {
        expect(client.closed).toBeUndefined();
        expect(await client.say({ recvID: 'eve' }, 'found')).toMatchObject({ errCode: 0 });
      }

      await traffic.stop();
      await expectNothingLost(traffic);
      expect(await server.stop('SIGTERM')).toBe(0);
    },
    STORY_MS,
  );

  it(
    'cuts every connection again and again keeps what it acknowledged, once',
    async () => {
      await start();
      const traffic = await Traffic.begin(server.url);
      for (let cut = 0; cut < 20; cut += 1) {
        await traffic.until(isDone, 1);
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 30));
        proxy.cut();
      }
      await traffic.until(isDone, 2);
      await traffic.stop();
      await expectNothingLost(traffic);
      expect(await server.stop('SIGTERM')).toBe(0);
    },
    STORY_MS,
  );

  it(
    'falls silent holds nobody for ever, and answers again when it speaks again',
    async () => {
      await start();
      const traffic = await Traffic.begin(server.url);
      await traffic.until(isDone, 5);
      const silent = traffic.asked.length;
      proxy.stall();
      await traffic.until(isTurnedAway, 2);
      await proxy.open();
      await traffic.until(isDone, 5);
      await traffic.stop();
      for (const { ms } of traffic.asked.slice(silent)) expect(ms).toBeLessThan(PATIENCE_MS);
      await expectNothingLost(traffic);
      expect(await server.stop('SIGTERM')).toBe(0);
    },
    STORY_MS,
  );

  it(
    'is away for a while keeps no message to everybody from anybody',
    async () => {
      await start();
      const headers = { operationID: 'all', token: await tokenOf(server.url, 'openIM123456') };
      const call = async (path: string, body: object) => (await post(server.url + path, body, headers)).body;
      const users = Array.from({ length: 1_000 }, (_, index) => ({ userID: `user${index}` }));
      await call('/user/user_register', { secret: 'openIM123', users });
      const message = { sendID: 'openIM123456', contentType: 101, sessionType: 1, content: { content: 'to all' } };
      const { data } = await call('/msg/batch_send_msg', { ...message, recvIDs: [], isSendAll: true });
      for (let outage = 0; outage < 3; outage += 1) {
        await proxy.refuse();
        await new Promise((resolve) => setTimeout(resolve, 1_500));
        await proxy.open();
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      let job = (await call('/msg/get_send_job', { jobID: data.jobID })).data;
      while (job.state !== 'finished') {
        await new Promise((resolve) => setTimeout(resolve, 100));
        job = (await call('/msg/get_send_job', { jobID: data.jobID })).data;
      }
      // With the three administrators.
      expect(job).toMatchObject({ total: 1_003, done: 1_003, failed: 0 });
    },
    STORY_MS,
  );

  it('does not answer COMMIT may have stored a message: the sender is told, and sends it again', async () => {
    await start();
    const token = await tokenOf(server.url, 'openIM123456');
    const asked = { operationID: 'commit', token };
    const users = ['ann', 'hub'].map((userID) => ({ userID }));
    await post(`${server.url}/user/user_register`, { secret: 'openIM123', users }, asked);
    const message = { sendID: 'ann', recvID: 'hub', contentType: 101, sessionType: 1 };
    const clientMsgID = randomUUID();
    const v3 = () => post(`${server.url}/msg/send_msg`, { ...message, clientMsgID, content: { content: 'v3' } }, asked);
    const v1 = () =>
      post(`${server.url}/manager/send_msg`, { operationID: '1', ...message, content: { text: 'v1' } }, { token });

    const lost = proxy.loseAnswerTo('COMMIT');
    expect(await v3()).toMatchObject(UNAVAILABLE.v3);
    await lost;
    expect(await ledger(fresh.url)).toEqual(new Map([[clientMsgID, 1]]));
    expect(await v3()).toMatchObject({ body: { errCode: 0, data: { clientMsgID } } });
    expect(await ledger(fresh.url)).toEqual(new Map([[clientMsgID, 1]]));

    // v1 has no IDs: whoever sends again decides himself. The server does not.
    const lostToo = proxy.loseAnswerTo('COMMIT');
    expect(await v1()).toMatchObject(UNAVAILABLE.v1);
    await lostToo;
    expect([...(await ledger(fresh.url)).values()]).toEqual([1, 1]);
  });

  it('does not answer COMMIT may have ended a token: it is looked at again', async () => {
    await start();
    const admin = await tokenOf(server.url, 'openIM123456');
    const as = (token: string) => ({ operationID: 'kick', token });
    await post(`${server.url}/user/user_register`, { secret: 'openIM123', users: [{ userID: 'ann' }] }, as(admin));
    const ann = await tokenOf(server.url, 'ann');
    const whoAmI = () => post(`${server.url}/user/get_users_info`, { userIDs: ['ann'] }, as(ann));
    expect(await whoAmI()).toMatchObject({ body: { errCode: 0 } });
    const lost = proxy.loseAnswerTo('COMMIT');
    const kick = { userID: 'ann', platformID: 1 };
    expect(await post(`${server.url}/auth/force_logout`, kick, as(admin))).toMatchObject(UNAVAILABLE.v3);
    await lost;
    expect(await whoAmI()).toMatchObject({ body: { errCode: 1506 } });
  });

  it('is away, or silent, when it starts says so and ends', async () => {
    await proxy.refuse();
    await expect(start()).rejects.toThrow(/ended with 1:[^]*The database does not answer: .*ECONNREFUSED/);
    await proxy.open();
    proxy.stall();
    await expect(start()).rejects.toThrow(/ended with 1:[^]*The database does not answer: .*ETIMEDOUT/);
  });
});
