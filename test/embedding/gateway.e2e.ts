import 'reflect-metadata';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { INestApplication, INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { AuthService, databaseOptions, Gateway, Presence, UserAlreadyRegistered } from '../../src/index.js';
import { describeOnEachDatabase, type FreshDatabase, freshDatabase } from '../support/databases.js';
import { refusal, SocketClient, type SocketOptions } from '../support/socket.js';
import { ShopService, shopModule } from './shop.js';

type Platform = 'Fastify' | 'Express';

/** A shop that listens. */
interface Shop {
  app: INestApplication;
  url: string;
  service: ShopService;
  connect(userID: string, options?: SocketOptions & { at?: string }): Promise<SocketClient>;
  close(): Promise<void>;
}

async function openShop(fresh: FreshDatabase, platform: Platform): Promise<Shop> {
  const adapter = platform === 'Fastify' ? new FastifyAdapter() : new ExpressAdapter();
  const module = shopModule(await databaseOptions(fresh.url));
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter as FastifyAdapter, { logger: false });
  app.setGlobalPrefix('api');
  await app.listen(0, '127.0.0.1');
  const url = (await app.getUrl()).replace('[::1]', '127.0.0.1');
  return {
    app,
    url,
    service: app.get(ShopService),
    async connect(userID, { at = '', ...options } = {}) {
      const { token } = await app.get(AuthService).login({ userID, platformID: options.platformID ?? 1, dialect: 3 });
      return SocketClient.connect(url + at, userID, token, options);
    },
    close: () => app.close(),
  };
}

/** Comes back after the server has had every chance to send what it already has. */
async function roundTrips(socket: SocketClient): Promise<void> {
  for (let i = 0; i < 5; i += 1) {
    const { length } = socket.texts;
    socket.socket.send('{"type":"ping"}');
    await socket.until(() => socket.texts.length > length, 'a pong');
  }
}

describeOnEachDatabase('The gateway inside a shop', (database) => {
  describe.each<Platform>(['Fastify', 'Express'])('on %s', (platform) => {
    let fresh: FreshDatabase;
    let shop: Shop;
    beforeAll(async () => {
      fresh = await freshDatabase(database);
      shop = await openShop(fresh, platform);
    });
    afterAll(async () => {
      await shop.close();
      await fresh.drop();
    });

    it('refuses the paths that nobody serves', async () => {
      const url = shop.url.replace('http', 'ws');
      const socket = new WebSocket(`${url}/api/shop/nowhere`);
      const [, response] = await once(socket, 'unexpected-response');
      expect(response.statusCode).toBe(404);
      socket.on('error', () => undefined).terminate();
    });

    it('lets clients in and brings them what the shop says', async () => {
      await shop.service.welcome('ann');
      const sockets = [
        await shop.connect('ann'),
        await shop.connect('ann', { platformID: 2, codec: 'gob', at: '/api/im' }),
      ];
      expect(sockets[0].outcome.errCode).toBe(0);
      await shop.service.order('order-1', 'ann');
      for (const socket of sockets) {
        await socket.pushOf(101);
        expect(socket.heard).toEqual(['Thank you for order order-1']);
        await socket.close();
      }
    });

    it('pushes what a transaction of the shop holds after its commit, and never what is rolled back', async () => {
      await shop.service.welcome('bob');
      const socket = await shop.connect('bob');
      const early: string[][] = [];
      await shop.service.order('order-2', 'bob', {
        beforeCommit: async () => {
          await roundTrips(socket);
          early.push(socket.heard);
        },
      });
      await socket.pushOf(101);
      await expect(shop.service.order('order-3', 'bob', { andFail: true })).rejects.toThrow('the payment was refused');
      await roundTrips(socket);
      await expect(shop.service.signUp('order-4', 'bob')).rejects.toThrow(UserAlreadyRegistered);
      await shop.service.order('order-5', 'bob');
      await socket.pushOf(101, ({ content }) => content.content.includes('order-5'));
      expect(early).toEqual([[]]);
      expect(socket.heard).toEqual(['Thank you for order order-2', 'Thank you for order order-5']);
      expect(socket.pushed.map(({ seq }) => seq)).toEqual([2, 3]);
      await socket.close();
    });

    it("stands beside the shop's own sockets, which know no other path", async () => {
      const own = new WebSocketServer({ server: shop.app.getHttpServer(), path: '/shop/live' });
      own.on('connection', (socket) =>
        socket.on('message', (data: Buffer) => socket.send(`you said ${data.toString()}`)),
      );
      const url = shop.url.replace('http', 'ws');
      const live = new WebSocket(`${url}/shop/live`);
      await once(live, 'open');
      live.send('hello');
      const [answer] = await once(live, 'message');
      expect(answer.toString()).toBe('you said hello');
      live.close();

      await shop.service.welcome('cid');
      const socket = await shop.connect('cid');
      expect(socket.outcome.errCode).toBe(0);
      await shop.service.order('order-6', 'cid');
      await socket.pushOf(101);
      await socket.close();
      const refused = await refusal(`${shop.url}/msg_gateway?sendID=cid`);
      expect(refused).toMatchObject({ status: 200, body: { errCode: 1602 } });

      const lost = new WebSocket(`${url}/nowhere`);
      const [, response] = await once(lost, 'unexpected-response');
      expect(response.statusCode).toBe(400);
      lost.on('error', () => undefined).terminate();
      own.close();
    });
  });

  it('ends with its application', async () => {
    const fresh = await freshDatabase(database);
    const shop = await openShop(fresh, 'Fastify');
    await shop.service.welcome('ann');
    const socket = await shop.connect('ann');
    const begin = performance.now();
    await shop.close();
    expect(performance.now() - begin).toBeLessThan(10_000);
    expect(await socket.ended()).toEqual({ code: 1000 });
    await fresh.drop();
  });

  it('of one application hears nothing of another in the same process', async () => {
    const bases = [await freshDatabase(database), await freshDatabase(database)];
    const shops = [await openShop(bases[0], 'Fastify'), await openShop(bases[1], 'Express')];
    for (const { service } of shops) await service.welcome('ann');
    const [here, there] = [await shops[0].connect('ann'), await shops[1].connect('ann')];
    for (const socket of [here, there]) await socket.get(2005, { subscribeUserID: ['bob', 'cid'] });
    await shops[0].service.order('order-1', 'ann');
    await here.pushOf(101);
    await shops[0].service.welcome('bob');
    await shops[0].connect('bob');
    await here.until(() => here.statuses.length > 0, 'bob');

    await shops[1].service.order('order-2', 'ann');
    await there.pushOf(101);
    await shops[1].service.welcome('cid');
    await shops[1].connect('cid');
    await there.until(() => there.statuses.length > 0, 'cid');
    expect([here.heard, there.heard]).toEqual([['Thank you for order order-1'], ['Thank you for order order-2']]);
    expect([here, there].map(({ statuses }) => statuses.map(({ userID }) => userID))).toEqual([['bob'], ['cid']]);

    await shops[0].close();
    await here.ended();
    expect([...(await shops[1].app.get(Presence).connections(['ann', 'bob', 'cid'])).keys()]).toEqual(['ann', 'cid']);
    await there.get(1001, { userID: 'ann' });
    await shops[1].close();
    for (const base of bases) await base.drop();
  });

  it('has the ports it is given in an application without HTTP', async () => {
    const fresh = await freshDatabase(database);
    const module = shopModule(await databaseOptions(fresh.url));
    const context: INestApplicationContext = await NestFactory.createApplicationContext(module, { logger: false });
    const service = context.get(ShopService);
    await service.welcome('ann');
    const server = createServer();
    context.get(Gateway, { strict: false }).serve(server);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/anywhere`;
    const { token } = await context.get(AuthService).login({ userID: 'ann', platformID: 1, dialect: 3 });
    const socket = await SocketClient.connect(url, 'ann', token);
    await service.order('order-1', 'ann');
    await socket.pushOf(101);
    await context.close();
    expect(await socket.ended()).toEqual({ code: 1000 });
    server.close();
    await fresh.drop();
  });
});
