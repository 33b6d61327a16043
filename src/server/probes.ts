import { HttpException } from '@nestjs/common';
import { LazyModuleLoader } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { HealthCheckService, HealthIndicatorFunction } from '@nestjs/terminus';
import type { FastifyReply } from 'fastify';
import { ImHealth } from '../observability/health.js';
import { UNWATCHED } from './logging.js';

const NOTHING_TO_CHECK: HealthIndicatorFunction[] = [];

/**
 * `/healthz`: the process answers. `/readyz`: requests should be sent here. They are no operations: they need no token, have
 * Terminus' answers in every case, and are asked every second, so that nobody logs or counts them.
 */
export function serveProbes(app: NestFastifyApplication): void {
  const fastify = app.getHttpAdapter().getInstance();
  const health = app.get(ImHealth, { strict: false });
  let terminus: Promise<HealthCheckService> | undefined;
  const answer = async (reply: FastifyReply, indicators: HealthIndicatorFunction[]): Promise<FastifyReply> => {
    const checking = await (terminus ??= loadTerminus(app));
    reply.header('cache-control', 'no-store');
    try {
      return await reply.send(await checking.check(indicators));
    } catch (error) {
      if (!(error instanceof HttpException)) throw error;
      return reply.status(error.getStatus()).send(error.getResponse());
    }
  };
  fastify.get('/healthz', UNWATCHED, (_request, reply) => answer(reply, NOTHING_TO_CHECK));
  fastify.get('/readyz', UNWATCHED, (_request, reply) => answer(reply, health.indicators()));
}

/** Loaded with the first probe: the start has better things to do. */
async function loadTerminus(app: NestFastifyApplication): Promise<HealthCheckService> {
  const { HealthCheckService: Service, TerminusModule } = await import('@nestjs/terminus');
  // What fails is logged once, by ImHealth.
  const module = await app.get(LazyModuleLoader).load(() => TerminusModule.forRoot({ logger: false }));
  return module.get(Service);
}
