import { createHash, timingSafeEqual } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Registry } from 'prom-client';
import type { ObservabilityConfig } from '../config/observability.js';
import { Calls } from '../dialects/calls.js';
import { Exchange } from '../dialects/exchange.js';
import { ImMetrics } from '../observability/metrics.js';
import { isUnwatched, UNWATCHED } from './logging.js';

/** `/metrics` in Prometheus' text format: what the application measures, and what the process does. */
export function serveMetrics(app: NestFastifyApplication, { metrics, metricsToken }: ObservabilityConfig): void {
  if (!metrics) return;
  const fastify: FastifyInstance = app.getHttpAdapter().getInstance();
  const expected = metricsToken === undefined ? undefined : digest(`Bearer ${metricsToken}`);
  let loading: Promise<Registry> | undefined;
  fastify.get('/metrics', UNWATCHED, async (request, reply) => {
    // No page that somebody happens to look at may read them from his browser.
    reply.removeHeader('access-control-allow-origin');
    if (expected && !timingSafeEqual(digest(request.headers.authorization ?? ''), expected)) {
      return reply.status(401).header('www-authenticate', 'Bearer').send({ errCode: 401, errMsg: 'not authorized' });
    }
    const registry = await (loading ??= load(app.get(ImMetrics, { strict: false })));
    return reply.type(registry.contentType).send(await registry.metrics());
  });
}

async function load(metrics: ImMetrics): Promise<Registry> {
  const { collectDefaultMetrics, Registry: PromRegistry } = await import('prom-client');
  const process = new PromRegistry();
  collectDefaultMetrics({ register: process });
  return PromRegistry.merge([await metrics.registry(), process]);
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** Counts the requests that are no operations: files, pages, unknown paths. Operations count themselves. */
export function countOtherRequests(fastify: FastifyInstance, calls: Calls): void {
  fastify.addHook('onResponse', (request, reply, done) => {
    if (!Exchange.of(request) && !isUnwatched(request)) {
      calls.count({ route: routeOf(request), dialect: 'none', code: reply.statusCode }, reply.elapsedTime);
    }
    done();
  });
}

/** The declared path. Whatever else somebody asks for is one and the same. */
function routeOf({ is404, method, routeOptions }: FastifyRequest): string {
  return is404 || method === 'OPTIONS' ? 'unknown' : (routeOptions.url ?? 'unknown');
}
