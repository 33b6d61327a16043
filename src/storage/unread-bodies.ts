import type { AbstractHttpAdapter } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import type { RawRequest } from './raw-request.js';

/** What a body reader goes by. */
const BODY_HEADERS = ['content-type', 'content-length', 'content-encoding', 'transfer-encoding'] as const;

/**
 * Keeps Fastify from reading the bodies of routes that take files, which are streamed to disk instead: to whoever looks
 * after this, such a request has no body. Has to be called before the routes are registered, and touches no others.
 *
 * Express has a host's body parsers run first; they leave alone all but JSON and HTML forms of the plain kind.
 *
 * @param paths how the routes end, as Fastify writes them: `/object-store`
 */
export function leaveBodiesUnread(adapter: AbstractHttpAdapter, paths: readonly string[]): void {
  if (adapter.getType() !== 'fastify') return;
  const fastify = adapter.getInstance<FastifyInstance>();
  fastify.addHook('onRoute', (route) => {
    if (!paths.some((path) => route.url.endsWith(path))) return;
    const others = route.onRequest === undefined ? [] : [route.onRequest].flat();
    route.onRequest = [
      ...others,
      async (request) => {
        const raw: RawRequest = request.raw;
        raw.bodyHeaders = {};
        for (const name of BODY_HEADERS) {
          raw.bodyHeaders[name] = raw.headers[name];
          delete raw.headers[name];
        }
        // Ranges of files are ranges of their bytes, not of what compresses them.
        raw.headers['x-no-compression'] = 'true';
      },
    ];
  });
}
