import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { PLATFORM_NAMES } from '../../../src/core/protocol.js';
import { Connections } from '../../../src/gateway/connections.js';
import { type FreshDatabase, freshDatabase } from '../../support/databases.js';
import { post } from '../../support/http.js';
import type { Im } from '../../support/im.js';
import { connectOn, tokenBeside } from '../../support/logins.js';
import { type ServerProcess, startProcess } from '../../support/process.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';
import { SocketClient } from '../../support/socket.js';

const PATIENCE = { timeout: 15_000, interval: 10 };

describeOnEachDatabase('Who has a socket open', (database) => {
  let im: Im;
  let admin: string;
  beforeAll(async () => {
    im = await startIm({ database });
    admin = await im.adminToken();
  });
  afterAll(() => im.close());

  /** The platforms a user is online on, which every question about it must agree on. */
  const platformsOf = async (userID: string): Promise<number[]> => {
    const [v1, v2, connections, tokens, status] = await Promise.all([
      im.v1('/user/get_users_online_status', { userIDList: [userID], secret: 'tuoyun' }),
      im.v2('/user/get_users_online_status', { userIDList: [userID], secret: 'tuoyun' }, admin),
      im.v3('/user/get_users_online_status', { userIDs: [userID] }, admin),
      im.v3('/user/get_users_online_token_detail', { userIDs: [userID] }, admin),
      im.v3('/user/get_users_status', { userIDs: [userID] }, admin),
    ]);
    const platforms: number[] = status.body.data.statusList[0].platformIDs ?? [];
    const online = platforms.length > 0;
    expect(status.body.data.statusList[0].status).toBe(Number(online));
    for (const { body } of [v1, v2]) {
      const [{ status: word, detailPlatformStatus = [] }] = body.successResult;
      expect(word).toBe(online ? 'online' : 'offline');
      expect(detailPlatformStatus.map(({ platform }: { platform: string }) => platform)).toEqual(
        platforms.map((platformID) => PLATFORM_NAMES[platformID]),
      );
    }
    const [{ status: number, detailPlatformStatus }] = connections.body.data;
    expect(number).toBe(Number(online));
    const each = new Set((detailPlatformStatus ?? []).map(({ platformID }: { platformID: number }) => platformID));
    expect([...each].sort((a: any, b: any) => a - b)).toEqual(platforms);
    const listed = tokens.body.data?.[0]?.singlePlatformToken ?? [];
    expect(listed.map(({ platformID }: { platformID: number }) => platformID)).toEqual(platforms);
    return platforms;
  };
  const untilOn = (userID: string, ...platforms: number[]) =>
    vi.waitFor(async () => expect(await platformsOf(userID)).toEqual(platforms), PATIENCE);
  const connectionsOf = async (userID: string): Promise<any[]> =>
    (await im.v3('/user/get_users_online_status', { userIDs: [userID] }, admin)).body.data[0].detailPlatformStatus;

  it.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])('is online on platform %i until it is closed', async (platformID) => {
    const userID = `on-${platformID}`;
    await im.register(userID);
    expect(await platformsOf(userID)).toEqual([]);
    const socket = await connectOn(im, userID, platformID, { codec: platformID % 2 ? 'json' : 'gob' });
    expect(await platformsOf(userID)).toEqual([platformID]);
    await socket.close();
    await untilOn(userID);
  });

  it('is online on each of his platforms, as long as one connection there is open', async () => {
    await im.register('ann');
    const token = await tokenBeside(im, 'ann', 5);
    const [phone, web] = [await connectOn(im, 'ann', 1), await connectOn(im, 'ann', 5, { token })];
    const tab = await connectOn(im, 'ann', 5, { token });
    expect(await platformsOf('ann')).toEqual([1, 5]);
    expect((await connectionsOf('ann')).map(({ platformID }) => platformID)).toEqual([1, 5, 5]);
    expect((await connectionsOf('ann'))[2].token).toBe(token);
    await web.close();
    await vi.waitFor(async () => expect(await connectionsOf('ann')).toHaveLength(2), PATIENCE);
    expect(await platformsOf('ann')).toEqual([1, 5]);
    await tab.close();
    await untilOn('ann', 1);
    await phone.close();
    await untilOn('ann');
  });

  it('is told to be in the background, by the handshake and by 2004', async () => {
    await im.register('bob');
    const socket = await connectOn(im, 'bob', 1, { isBackground: 'true' });
    const background = async () => (await connectionsOf('bob')).map(({ isBackground }) => isBackground);
    expect(await background()).toEqual([true]);
    await socket.get(2004, { userID: 'bob', isBackground: false });
    expect(await background()).toEqual([false]);
    await socket.get(2004, { userID: 'bob', isBackground: true });
    expect(await background()).toEqual([true]);
    expect(await platformsOf('bob')).toEqual([1]);
    await socket.close();
  });

  it('is offline when the connection is cut, in whatever way', async () => {
    await im.register('cid');
    const cut = await connectOn(im, 'cid', 1);
    cut.socket.terminate();
    await untilOn('cid');
    const reset = await connectOn(im, 'cid', 2, { codec: 'gob' });
    expect(await platformsOf('cid')).toEqual([2]);
    (reset.socket as any)['_socket'].resetAndDestroy();
    await untilOn('cid');
  });

  it('is offline as soon as he is logged out, or deleted', async () => {
    await im.register('dan');
    const [phone, web] = [await connectOn(im, 'dan', 1), await connectOn(im, 'dan', 5)];
    await im.v3('/auth/force_logout', { userID: 'dan', platformID: 1 }, admin);
    expect(await platformsOf('dan')).toEqual([5]);
    await im.v1('/manager/delete_user', { deleteUidList: ['dan'] }, admin);
    expect(await platformsOf('dan')).toEqual([]);
    await Promise.all([phone.ended(), web.ended()]);
  });

  it('is known rightly after a storm of two hundred who come and go', async () => {
    const userIDs = Array.from({ length: 200 }, (_, i) => `storm-${i}`);
    await im.register('watcher', ...userIDs);
    const watcher = await connectOn(im, 'watcher', 1);
    await watcher.get(2005, { subscribeUserID: userIDs });
    // On a busy machine the storm may outlast the patience of the server with a silent client.
    const pinging = setInterval(() => watcher.socket.send('{"type":"ping"}'), 5_000);
    const logins = await Promise.all(
      userIDs.map((userID) =>
        Promise.all(
          [1, 5].map(async (platformID) => ({ platformID, token: await tokenBeside(im, userID, platformID) })),
        ),
      ),
    );
    const left = new Map<string, number[]>();
    const deadline = Date.now() + 10_000;
    let comings = 0;

    const comeAndGo = async (userID: string, i: number): Promise<void> => {
      const open = new Map<number, SocketClient>();
      for (let steps = 0; steps < 8 && Date.now() < deadline; steps += 1) {
        const { platformID, token } = logins[i][Math.floor(Math.random() * 2)];
        const socket = open.get(platformID);
        if (!socket) {
          open.set(platformID, await connectOn(im, userID, platformID, { token }));
          comings += 1;
        } else {
          if (Math.random() < 0.5) socket.socket.terminate();
          else socket.socket.close();
          open.delete(platformID);
        }
        await delay(Math.random() * 100);
      }
      left.set(
        userID,
        [...open.keys()].sort((a, b) => a - b),
      );
      for (const socket of open.values()) expect(socket.closed).toBeUndefined();
    };
    await Promise.all(userIDs.map(comeAndGo));
    expect(comings).toBeGreaterThanOrEqual(userIDs.length);

    const expected = userIDs.map((userID) => left.get(userID) as number[]);
    await vi.waitFor(async () => {
      const { body } = await im.v3('/user/get_users_status', { userIDs }, admin);
      expect(body.data.statusList.map(({ platformIDs }: any) => platformIDs ?? [])).toEqual(expected);
    }, PATIENCE);
    const open = [...im.get(Connections).all()].filter(({ userID }) => userIDs.includes(userID));
    expect(open).toHaveLength(expected.flat().length);
    const told = () => {
      const last = new Map(watcher.statuses.map(({ userID, onlinePlatformIDs = [] }) => [userID, onlinePlatformIDs]));
      return userIDs.map((userID) => last.get(userID) ?? []);
    };
    await vi.waitFor(() => expect(told()).toEqual(expected), PATIENCE);
    clearInterval(pinging);
    expect(watcher.closed).toBeUndefined();
  });
});

describeOnEachDatabase('A server that was killed and comes back', (database) => {
  let fresh: FreshDatabase;
  let server: ServerProcess;
  beforeAll(async () => {
    fresh = await freshDatabase(database);
  });
  afterAll(async () => {
    await server.stop('SIGTERM');
    await fresh.drop();
  });

  describe('thinks nobody online', () => {
    const secret = 'openIM123';
    const ask = (path: string, body: object, token = '') =>
      post(server.url + path, body, { operationID: 'kill', token });
    const login = async (userID: string): Promise<string> =>
      (await ask('/auth/user_token', { secret, platformID: 1, userID })).body.data.token;
    const online = async (): Promise<string[]> => {
      const userIDs = ['ann', 'bob'];
      const { body } = await ask('/user/get_users_status', { userIDs }, await login('openIM123456'));
      return body.data.statusList.filter(({ status }: any) => status === 1).map(({ userID }: any) => userID);
    };

    it('until they connect again', async () => {
      server = await startProcess({ DATABASE_URL: fresh.url });
      await ask('/user/user_register', { secret, users: [{ userID: 'ann' }, { userID: 'bob' }] });
      const tokens = { ann: await login('ann'), bob: await login('bob') };
      const ann = await SocketClient.connect(server.url, 'ann', tokens.ann);
      const bob = await SocketClient.connect(server.url, 'bob', tokens.bob, { codec: 'gob' });
      expect(await online()).toEqual(['ann', 'bob']);
      const cut = Promise.all([once(ann.socket, 'close'), once(bob.socket, 'close')]);
      await server.stop('SIGKILL');
      await cut;

      server = await startProcess({ DATABASE_URL: fresh.url });
      expect(await online()).toEqual([]);
      await SocketClient.connect(server.url, 'bob', tokens.bob, { codec: 'gob' });
      expect(await online()).toEqual(['bob']);
    });
  });
});
