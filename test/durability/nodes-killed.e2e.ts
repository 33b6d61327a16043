import 'reflect-metadata';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { describeCluster, type FreshDatabase, freshDatabase } from '../support/databases.js';
import { post } from '../support/http.js';
import { type ServerProcess, startProcess } from '../support/process.js';
import { RedisServer } from '../support/redis.js';
import { SocketClient } from '../support/socket.js';
import { tokenOf } from '../support/traffic.js';
import { clientsOf, found, NAMES, SEED, soundness } from './living.js';
import { History } from './history.js';
import { Random } from './random.js';

/** How often a node, or Redis, is killed. */
const ROUNDS = Number(process.env['DURABILITY_ROUNDS'] ?? 3);

const NODES = 3;

describeCluster('Three nodes of which one after the other is killed, and Redis too', (database) => {
  let fresh: FreshDatabase;
  let redis: RedisServer;
  const nodes: ServerProcess[] = [];
  beforeAll(async () => {
    [fresh, redis] = await Promise.all([freshDatabase(database), RedisServer.start()]);
  });
  afterEach(() => Promise.all(nodes.map((node) => node.stop('SIGKILL'))));
  afterAll(async () => {
    await redis.close();
    await fresh.drop();
  });

  const start = (): Promise<ServerProcess> => startProcess({ DATABASE_URL: fresh.url, REDIS_URL: redis.url });

  it(
    `${ROUNDS} times have what they acknowledged, once, and of the rest all or nothing`,
    async () => {
      const history = new History();
      const random = new Random(SEED);
      const clients = clientsOf(history);
      nodes.push(await start());
      nodes.push(...(await Promise.all(Array.from({ length: NODES - 1 }, start))));
      await found(nodes[0].url, history);
      const stopping = new AbortController();
      // Whoever loses his node goes to the next one.
      const lives = clients.map(async (client, index) => {
        for (let place = index; !stopping.signal.aborted; place += 1) {
          const node = nodes[place % NODES];
          if (
            await client.arrive(node.url).then(
              () => true,
              () => false,
            )
          )
            await client.liveUntilGone(() => stopping.signal.aborted);
          else await delay(20);
        }
      });
      const watched = Promise.all(lives);
      for (let round = 1; round <= ROUNDS; round += 1) {
        const wanted = history.acknowledged + random.between(20, 150);
        await Promise.race([
          watched,
          vi.waitUntil(() => history.acknowledged >= wanted, { timeout: 30_000, interval: 5 }),
        ]);
        if (round % 3 === 0) {
          await redis.kill();
          await delay(random.between(0, 3_000));
          await redis.resume();
          continue;
        }
        const place = random.between(0, NODES - 1);
        expect(await nodes[place].stop('SIGKILL')).toBeNull();
        nodes[place] = await start();
      }
      stopping.abort();
      await watched;
      for (const client of clients) await client.arrive(nodes[random.between(0, NODES - 1)].url);
      await Promise.all(clients.map((client) => client.settle()));
      await Promise.all(nodes.map((node) => node.stop('SIGTERM')));
      await soundness(fresh.url, history);
      expect(history.acknowledged).toBeGreaterThan(ROUNDS * NAMES.length);
    },
    120_000 + ROUNDS * 30_000,
  );

  it('let who is connected to another one hear all, once and in order', { timeout: 180_000 }, async () => {
    const [quiet, ...others] = await Promise.all([start(), start(), start()]);
    nodes.splice(0, nodes.length, quiet, ...others);
    const token = await tokenOf(quiet.url, 'openIM123456');
    const call = async (url: string, path: string, body: object): Promise<any> =>
      (await post(url + path, body, { operationID: 'x', token })).body;
    const listening = ['lea', 'max'];
    await call(quiet.url, '/user/user_register', {
      secret: 'openIM123',
      users: [...listening, 'ned'].map((userID) => ({ userID })),
    });
    const { data } = await call(quiet.url, '/group/create_group', {
      ownerUserID: 'ned',
      memberUserIDs: listening,
      groupInfo: { groupName: 'radio', groupType: 2 },
    });
    const { groupID } = data.groupInfo;
    const listeners = await Promise.all(
      listening.map(async (userID) => SocketClient.connect(quiet.url, userID, await tokenOf(quiet.url, userID))),
    );
    const beating = setInterval(() => listeners.forEach(({ socket }) => socket.ping()), 5_000);

    let told = 0;
    const talking = new AbortController();
    // Says one thing after the other, each until it is acknowledged, by whichever node answers.
    const talk = async (voice: number): Promise<void> => {
      for (let line = 0; !talking.signal.aborted; line += 1) {
        const clientMsgID = `${voice}-${line}`;
        const content = { content: clientMsgID };
        const message = { sendID: 'ned', groupID, clientMsgID, sessionType: 3, contentType: 101, content };
        for (let attempt = voice; ; attempt += 1) {
          const answer = await call(nodes[1 + (attempt % 2)].url, '/msg/send_msg', message).catch(() => undefined);
          if (answer?.errCode === 0) break;
          await delay(10);
        }
        told += 1;
      }
    };
    const voices = Promise.all([0, 1, 2, 3].map(talk));
    const random = new Random(SEED);
    for (let round = 0; round < 2; round += 1) {
      const wanted = told + random.between(50, 150);
      await vi.waitUntil(() => told >= wanted, { timeout: 30_000, interval: 5 });
      const place = 1 + (round % 2);
      expect(await nodes[place].stop('SIGKILL')).toBeNull();
      nodes[place] = await start();
    }
    talking.abort();
    await voices;
    clearInterval(beating);

    const seqs = (client: SocketClient): number[] =>
      client.pushed.filter(({ contentType }) => contentType === 101).map(({ seq }) => seq);
    const newest = await call(quiet.url, '/msg/newest_seq', { userID: 'lea' });
    const last: number = newest.data.maxSeqs[`sg_${groupID}`];
    for (const listener of listeners) {
      await vi.waitFor(() => expect(seqs(listener).at(-1)).toBe(last), { timeout: 30_000, interval: 20 });
      const [first] = seqs(listener);
      expect(seqs(listener)).toEqual(Array.from({ length: last - first + 1 }, (_, index) => first + index));
      expect(seqs(listener)).toHaveLength(told);
      await listener.close();
    }
  });

  it(
    'leave no ghosts: who was connected to a killed node is soon offline for the others',
    { timeout: 120_000 },
    async () => {
      const [first, second] = await Promise.all([start(), start()]);
      nodes.splice(0, nodes.length, first, second);
      const ghost = await SocketClient.connect(first.url, 'ann', await tokenOf(first.url, 'ann'));
      const token = await tokenOf(second.url, 'openIM123456');
      const statusOf = async (userID: string): Promise<number> => {
        const asked = { userIDs: [userID] };
        return (await post(`${second.url}/user/get_users_online_status`, asked, { operationID: 'x', token })).body
          .data[0].status;
      };
      await vi.waitFor(async () => expect(await statusOf('ann')).toBe(1), { timeout: 20_000, interval: 20 });
      await first.stop('SIGKILL');
      await ghost.ended();
      await vi.waitFor(async () => expect(await statusOf('ann')).toBe(0), { timeout: 20_000, interval: 20 });
    },
  );
});
