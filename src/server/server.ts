import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import compress from '@fastify/compress';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { AppModule } from '../app.module.js';
import type { ServerConfig } from '../config/environment.js';
import { Calls } from '../dialects/calls.js';
import { Gateway } from '../gateway/gateway.js';
import { Requests } from '../gateway/requests.js';
import { Sessions } from '../gateway/sessions.js';
import { ImHealth } from '../observability/health.js';
import { CommonHeaders } from './common-headers.js';
import { serveDocs } from './docs.js';
import { Draining } from './draining.js';
import { acceptAnyContentType, addCommonHeaders, unreadableRequests, unreadableUrls } from './http.js';
import { logRequests, logSocketRequests, NestLogger } from './logging.js';
import { countOtherRequests, serveMetrics } from './metrics.js';
import { NotFoundFilter } from './not-found.filter.js';
import { serveProbes } from './probes.js';

/** Answers from this many bytes on are compressed for who accepts gzip. */
const COMPRESS_FROM = 1024;

/** Milliseconds a client has to ask for its socket. Source: contract/gateway.md section 2. */
const UPGRADE_TIMEOUT_MS = 10_000;

/** Part of the time for stopping that requests get; the rest is for sockets and the database. */
const ANSWERING_SHARE = 0.6;

/** Milliseconds between looks for such clients; Node's own are half a minute apart. */
const TIMEOUT_LOOK_MS = 1_000;

/** The dialects check requests and write answers; Fastify would load ajv and its kin at every start, for nothing. */
const WITHOUT_SCHEMAS = {
  compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas },
};

function noSchemas(): never {
  throw new Error('routes have no Fastify schemas here');
}

/** A server that answers requests. */
export interface RunningServer {
  readonly app: NestFastifyApplication;
  /** Ports it listens on; the legacy one is undefined when it is off. */
  readonly apiPort: number;
  readonly legacyApiPort: number | undefined;
  /** The gateway's own port, undefined when it has none. */
  readonly wsPort: number | undefined;
  /**
   * Says that it is not ready, and goes on for `readyGraceMs`; then answers what is in flight, stores what waits, and ends.
   * Of what does not come to an end, some is cut on the way.
   */
  close(): Promise<void>;
  /** What is not done yet: requests that are being answered, clients' sockets that are open. */
  unfinished(): { requests: number; sockets: number };
  /** Tells clients that their sockets end, and waits for nobody. */
  cut(): void;
}

/** Opens and migrates the database, creates the administrators, and listens. */
export async function startServer(config: ServerConfig, logger: Logger): Promise<RunningServer> {
  const common = new CommonHeaders(config);
  const answerUnreadable = unreadableRequests(common);
  const adapter = new FastifyAdapter({
    skipMiddie: true,
    schemaController: WITHOUT_SCHEMAS,
    frameworkErrors: unreadableUrls(common),
    clientErrorHandler: answerUnreadable,
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
  addCommonHeaders(fastify, common);
  acceptAnyContentType(fastify, config.bodyLimit);
  logRequests(fastify, logger);
  logSocketRequests(app.get(Requests, { strict: false }), logger);
  app.useGlobalFilters(new NotFoundFilter());
  if (config.metrics) countOtherRequests(fastify, app.get(Calls, { strict: false }));
  serveDocs(app);
  serveProbes(app);
  serveMetrics(app, config);

  const listen = (more: Server, port: number): Promise<Server> =>
    listening(more.on('clientError', answerUnreadable), port, config.host);
  await app.listen(config.apiPort, config.host);
  const server: Server = app.getHttpServer();
  const legacy = config.legacyApiPort === 0 ? undefined : await listen(legacyServer(app), config.legacyApiPort);
  const gateway = config.wsPort === 0 ? undefined : await listen(socketServer(app), config.wsPort);
  const servers = [server, legacy, gateway].filter((one) => one !== undefined);
  return {
    app,
    apiPort: portOf(server),
    legacyApiPort: legacy && portOf(legacy),
    wsPort: gateway && portOf(gateway),
    close: async () => {
      app.get(ImHealth, { strict: false }).leave();
      await delay(config.readyGraceMs);
      await draining.drain(servers, config.stopTimeoutMs * ANSWERING_SHARE);
      if (draining.open > 0) logger.warn(`${draining.open} requests were cut: they took too long to stop for`);
      await app.close();
    },
    unfinished: () => ({ requests: draining.open, sockets: app.get(Sessions, { strict: false }).count }),
    cut: () => app.get(Sessions, { strict: false }).end(),
  };
}

/** A second port with the same routes and timeouts: v1 AppServers know 10000. */
function legacyServer(app: NestFastifyApplication): Server {
  const fastify = app.getHttpAdapter().getInstance();
  const { keepAliveTimeout, headersTimeout, requestTimeout }: Server = app.getHttpServer();
  const options = { keepAliveTimeout, headersTimeout, requestTimeout };
  return createServer(options, (request, response) => fastify.routing(request, response));
}

/** The gateway's own port, where clients may connect under any path. */
function socketServer(app: NestFastifyApplication): Server {
  const server = createServer({
    headersTimeout: UPGRADE_TIMEOUT_MS,
    requestTimeout: UPGRADE_TIMEOUT_MS,
    connectionsCheckingInterval: TIMEOUT_LOOK_MS,
  });
  app.get(Gateway, { strict: false }).serve(server);
  return server;
}

function listening(server: Server, port: number, host: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve(server));
  });
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
