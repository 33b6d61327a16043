import 'reflect-metadata';
import { Controller, Get, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { HealthCheckService, TerminusModule } from '@nestjs/terminus';
import { Counter, Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseOptions, ImHealth, ImMetrics } from '../../src/index.js';
import { type FreshDatabase, freshDatabase, describeOnEachDatabase } from '../support/databases.js';
import { post } from '../support/http.js';
import { Metrics } from '../support/metrics.js';
import { shopModule } from './shop.js';

const registry = new Registry();
const orders = new Counter({ name: 'shop_orders_total', help: 'Orders.', registers: [registry] });

/** As docs/embedding.md tells. */
@Controller('watch')
class WatchController {
  constructor(
    private readonly terminus: HealthCheckService,
    private readonly imHealth: ImHealth,
    private readonly imMetrics: ImMetrics,
  ) {}

  @Get('readyz')
  ready() {
    return this.terminus.check([...this.imHealth.indicators(), () => ({ shop: { status: 'up' } })]);
  }

  @Get('metrics')
  async metrics(): Promise<string> {
    return Registry.merge([registry, await this.imMetrics.registry()]).metrics();
  }
}

describeOnEachDatabase('Watching openim-nest inside a shop', (database) => {
  describe.each(['Fastify', 'Express'])('on %s', (platform) => {
    let fresh: FreshDatabase;
    let app: INestApplication;
    let url: string;
    beforeAll(async () => {
      fresh = await freshDatabase(database);
      const watched = shopModule(await databaseOptions(fresh.url), {
        imports: [TerminusModule.forRoot({ logger: false })],
        controllers: [WatchController],
      });
      const adapter = platform === 'Fastify' ? new FastifyAdapter() : new ExpressAdapter();
      app = await NestFactory.create<NestFastifyApplication>(watched, adapter as FastifyAdapter, { logger: false });
      await app.listen(0, '127.0.0.1');
      url = (await app.getUrl()).replace('[::1]', '127.0.0.1');
    });
    afterAll(async () => {
      await app?.close();
      await fresh.drop();
    });

    it('mounts nothing itself', async () => {
      for (const path of ['/healthz', '/readyz', '/metrics', '/im/metrics']) {
        expect((await fetch(url + path)).status).toBe(404);
      }
    });

    it('hands its metrics to the host, who tells them with his own', async () => {
      const asked = { secret: 'shop-secret', platformID: 1, userID: 'openIM123456' };
      await post(`${url}/im/auth/user_token`, asked, { operationID: 'shop' });
      orders.inc();
      const metrics = new Metrics(await (await fetch(`${url}/watch/metrics`)).text());
      expect(metrics.sum('shop_orders_total')).toBeGreaterThan(0);
      const answered = { route: '/auth/user_token', dialect: 'v3', code: 0 };
      expect(metrics.sum('openim_rest_requests_total', answered)).toBe(1);
      expect(metrics.sum('openim_rest_requests_total')).toBe(1);
    });

    it('hands its indicators to the host, and says when the host stops', async () => {
      const ready = await fetch(`${url}/watch/readyz`);
      const up = { status: 'up' };
      expect(await ready.json()).toMatchObject({ details: { running: up, database: up, migrations: up, shop: up } });
      app.get(ImHealth).leave();
      const leaving = await fetch(`${url}/watch/readyz`);
      expect(leaving.status).toBe(503);
      expect(await leaving.json()).toMatchObject({ status: 'error', error: { running: { status: 'down' } } });
    });
  });
});
