import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { OversizeBody } from '../dialects/body.js';

/** Sent with every answer, errors included. Source: contract/legacy/seeds.md 0.1, contract/v3/common.md section 1. */
const CORS_HEADERS = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': '*',
  'access-control-allow-headers': '*',
  'access-control-expose-headers':
    'Content-Length, Access-Control-Allow-Origin, Access-Control-Allow-Headers,Cache-Control,Content-Language,Content-Type,Expires,Last-Modified,Pragma,FooBar',
  'access-control-max-age': '172800',
  'access-control-allow-credentials': 'false',
};

const OPTIONS_ANSWER = '"Options Request!"';

/** A body beyond the limit is read on, and thrown away, up to this many times the limit: who sends it hears an answer. */
const PATIENCE = 8;

/** CORS for every path, and the protocol's own answer to OPTIONS. */
export function allowAllOrigins(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', async (request, reply) => {
    reply.headers(CORS_HEADERS);
    if (request.method === 'OPTIONS') return reply.type('application/json').send(OPTIONS_ANSWER);
  });
}

/**
 * Takes every body as text, whatever its Content-Type says: the dialects parse it themselves, so that a mistake in it is
 * answered in the caller's dialect.
 */
export function acceptAnyContentType(fastify: FastifyInstance, limit: number): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', (_request, payload, done) => {
    const chunks: Buffer[] = [];
    let length = 0;
    payload.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= limit) chunks.push(chunk);
      else chunks.length = 0;
      if (length > limit * PATIENCE) payload.destroy();
    });
    payload.on('end', () =>
      done(null, length > limit ? new OversizeBody(limit) : Buffer.concat(chunks).toString('utf8')),
    );
    payload.on('error', done);
  });
  // A Content-Type that is no media type at all would be refused before any parser is asked.
  fastify.addHook('onRequest', async (request) => {
    const type = request.headers['content-type'];
    if (type !== undefined && !/^[\w!#$&^.+-]+\/[\w!#$&^.+-]+\s*(;|$)/.test(type))
      delete request.headers['content-type'];
  });
}

/** A URL that cannot be decoded is a path like any other that does not exist. */
export function answerUnreadableUrl(_error: Error, request: FastifyRequest, reply: FastifyReply): void {
  reply.headers(CORS_HEADERS);
  if (request.method === 'OPTIONS') void reply.type('application/json').send(OPTIONS_ANSWER);
  else void answerNotFound(request, reply);
}

/** Unknown paths and other methods. Source: contract/v3/common.md section 1; v1 and v2 callers expect JSON. */
export function answerNotFound(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const text = '404 page not found';
  return request.headers['operationid'] === undefined
    ? reply.status(404).send({ errCode: 404, errMsg: text })
    : reply.status(404).type('text/plain').send(text);
}
