import type { LoggerService } from '@nestjs/common';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Logger, pino } from 'pino';
import { currentOperation } from '../core/operation.js';
import { MAX_OPERATION_ID } from '../dialects/calls.js';
import { Exchange } from '../dialects/exchange.js';
import type { Requests } from '../gateway/requests.js';

/** Bytes of lines that wait for who reads the log. What comes beyond is lost: a reader that stands still must not fill the memory. */
const MAX_UNREAD = 16 * 1024 * 1024;

/** JSON lines; readable ones on a terminal. */
export function createLogger(level: string): Logger {
  const pretty = process.stdout.isTTY && level !== 'silent';
  if (pretty) {
    return pino({ level, base: null, transport: { target: 'pino-pretty', options: { ignore: 'pid,hostname' } } });
  }
  // What writes a line does not wait for whoever reads the log. At the end of the process the rest is written.
  return pino({ level, base: null }, pino.destination({ sync: false, maxLength: MAX_UNREAD }));
}

/** Messages of services and of Nest, in the same log. What is said while a request is answered carries its operationID. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, context?: string): void {
    // What Nest says about its own wiring at start interests nobody who runs the server.
    this.logger.debug(about(context), String(message));
  }

  warn(message: unknown, context?: string): void {
    this.logger.warn(about(context), String(message));
  }

  error(message: unknown, stack?: string, context?: string): void {
    this.logger.error({ ...about(context), stack }, String(message));
  }

  debug(message: unknown, context?: string): void {
    this.logger.debug(about(context), String(message));
  }

  verbose(message: unknown, context?: string): void {
    this.logger.trace(about(context), String(message));
  }
}

function about(context: string | undefined): { context: string | undefined; operationID: string | undefined } {
  return { context, operationID: currentOperation().operationID.slice(0, MAX_OPERATION_ID) || undefined };
}

/** Options of routes that are asked every second, by machines: nobody wants a line for each. */
export const UNWATCHED = { config: { unwatched: true } };

export function isUnwatched({ routeOptions }: FastifyRequest): boolean {
  return (routeOptions.config as { unwatched?: boolean }).unwatched === true;
}

/** One line per request: what was asked, by whom, how it was answered, how long it took. Never a body, never a token. */
export function logRequests(fastify: FastifyInstance, logger: Logger): void {
  if (!logger.isLevelEnabled('info')) return;
  fastify.addHook('onResponse', (request, reply, done) => {
    if (isUnwatched(request)) return done();
    const exchange = Exchange.of(request);
    logger.info(
      {
        path: exchange ? `/${exchange.call.path}` : request.url.split('?', 1)[0],
        status: reply.statusCode,
        ...(exchange
          ? {
              dialect: exchange.profile.name,
              operationID: exchange.operationID.slice(0, MAX_OPERATION_ID),
              user: exchange.actor?.userID,
              code: exchange.errCode,
            }
          : { method: request.method }),
        ms: Math.round(reply.elapsedTime * 10) / 10,
      },
      'request',
    );
    done();
  });
}

/** One line per request that came over a socket: what, by whom, how it was answered, how long it took. */
export function logSocketRequests(requests: Requests, logger: Logger): void {
  if (!logger.isLevelEnabled('info')) return;
  requests.observe(({ connection, reqIdentifier, operationID, errCode, ms }) => {
    logger.info(
      {
        request: reqIdentifier,
        operationID: operationID.slice(0, MAX_OPERATION_ID),
        user: connection.userID,
        platform: connection.platformID,
        code: errCode,
        ms: Math.round(ms * 10) / 10,
      },
      'socket request',
    );
  });
}
