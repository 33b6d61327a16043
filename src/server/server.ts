import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { AppModule } from '../app.module.js';
import type { ServerConfig } from '../config/environment.js';
import { serveDocs } from './docs.js';
import { acceptAnyContentType, allowAllOrigins, answerUnreadableUrl } from './http.js';
import { logRequests, NestLogger } from './logging.js';
import { NotFoundFilter } from './not-found.filter.js';

/** A server that answers requests. */
export interface RunningServer {
  readonly app: NestFastifyApplication;
  /** Ports it listens on; the legacy one is undefined when it is off. */
  readonly apiPort: number;
  readonly legacyApiPort: number | undefined;
  /** Answers what is in flight, stores what waits, and ends. */
  close(): Promise<void>;
}

/** Opens and migrates the database, creates the administrators, and listens. */
export async function startServer(config: ServerConfig, logger: Logger): Promise<RunningServer> {
  const adapter = new FastifyAdapter({ skipMiddie: true, frameworkErrors: answerUnreadableUrl });
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.from(config), adapter, {
    bodyParser: false,
    logger: new NestLogger(logger),
    abortOnError: false,
  });
  const fastify = adapter.getInstance() as FastifyInstance;
  allowAllOrigins(fastify);
  acceptAnyContentType(fastify, config.bodyLimit);
  logRequests(fastify, logger);
  app.useGlobalFilters(new NotFoundFilter());
  serveDocs(app);

  await app.listen(config.apiPort, config.host);
  const legacy = config.legacyApiPort === 0 ? undefined : await listenToo(app, config.legacyApiPort, config.host);
  return {
    app,
    apiPort: portOf(app.getHttpServer()),
    legacyApiPort: legacy && portOf(legacy),
    close: async () => {
      legacy?.close();
      legacy?.closeIdleConnections();
      await app.close();
    },
  };
}

/** A second port with the same routes: v1 AppServers know 10000. */
async function listenToo(app: NestFastifyApplication, port: number, host: string): Promise<Server> {
  const fastify = app.getHttpAdapter().getInstance();
  const server = createServer((request, response) => fastify.routing(request, response));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return server;
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
