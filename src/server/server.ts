import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import compress from '@fastify/compress';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { AppModule } from '../app.module.js';
import type { ServerConfig } from '../config/environment.js';
import { serveDocs } from './docs.js';
import { Draining } from './draining.js';
import { acceptAnyContentType, addCommonHeaders, answerUnreadableRequest, answerUnreadableUrl } from './http.js';
import { logRequests, NestLogger } from './logging.js';
import { NotFoundFilter } from './not-found.filter.js';

/** Answers from this many bytes on are compressed for who accepts gzip. */
const COMPRESS_FROM = 1024;

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
  const adapter = new FastifyAdapter({
    skipMiddie: true,
    frameworkErrors: answerUnreadableUrl,
    clientErrorHandler: answerUnreadableRequest,
  });
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.from(config), adapter, {
    bodyParser: false,
    logger: new NestLogger(logger),
    abortOnError: false,
  });
  const fastify = adapter.getInstance() as FastifyInstance;
  const draining = new Draining(fastify);
  // Bodies are taken as they come: the protocol knows no compressed ones, and a small one could grow without bound.
  await fastify.register(compress, { encodings: ['gzip'], threshold: COMPRESS_FROM, globalDecompression: false });
  addCommonHeaders(fastify);
  acceptAnyContentType(fastify, config.bodyLimit);
  logRequests(fastify, logger);
  app.useGlobalFilters(new NotFoundFilter());
  serveDocs(app);

  await app.listen(config.apiPort, config.host);
  const server: Server = app.getHttpServer();
  const legacy = config.legacyApiPort === 0 ? undefined : await listenToo(app, config.legacyApiPort, config.host);
  return {
    app,
    apiPort: portOf(server),
    legacyApiPort: legacy && portOf(legacy),
    close: async () => {
      await draining.drain(legacy ? [server, legacy] : [server]);
      await app.close();
    },
  };
}

/** A second port with the same routes and timeouts: v1 AppServers know 10000. */
async function listenToo(app: NestFastifyApplication, port: number, host: string): Promise<Server> {
  const fastify = app.getHttpAdapter().getInstance();
  const { keepAliveTimeout, headersTimeout, requestTimeout }: Server = app.getHttpServer();
  const options = { keepAliveTimeout, headersTimeout, requestTimeout };
  const server = createServer(options, (request, response) => fastify.routing(request, response));
  server.on('clientError', answerUnreadableRequest);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return server;
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
