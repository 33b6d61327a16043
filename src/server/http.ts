import { randomUUID } from 'node:crypto';
import type { Duplex } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { OversizeBody } from '../dialects/body.js';
import { isProtobuf } from '../dialects/protobuf-form.js';
import type { CommonHeaders } from './common-headers.js';

const OPTIONS_ANSWER = '"Options Request!"';

/** A body beyond the limit is read on, and thrown away, up to this many times the limit: who sends it hears an answer. */
const PATIENCE = 8;

/**
 * What {@link CommonHeaders} says for every path, the protocol's own answer to OPTIONS, and an ID that names the exchange.
 * Hooks call back: a promise each would cost every request.
 */
export function addCommonHeaders(fastify: FastifyInstance, common: CommonHeaders): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    reply.headers(common.for(request.headers.origin)).header('x-http-id', randomUUID());
    if (request.method === 'OPTIONS') void reply.type('application/json').send(OPTIONS_ANSWER);
    else done();
  });
}

/**
 * Takes every body as text, or as bytes where it says that it is protobuf, whatever else its Content-Type says: the
 * dialects parse it themselves, so that a mistake in it is answered in the caller's dialect.
 */
export function acceptAnyContentType(fastify: FastifyInstance, limit: number): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', (request, payload, done) => {
    const chunks: Buffer[] = [];
    let length = 0;
    payload.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= limit) chunks.push(chunk);
      else chunks.length = 0;
      if (length > limit * PATIENCE) payload.destroy();
    });
    payload.on('end', () => {
      if (length > limit) done(null, new OversizeBody(limit));
      else done(null, asReceived(Buffer.concat(chunks), request.headers['content-type']));
    });
    payload.on('error', done);
  });
  // A Content-Type that is no media type at all would be refused before any parser is asked.
  fastify.addHook('onRequest', (request, _reply, done) => {
    const type = request.headers['content-type'];
    if (type !== undefined && !/^[\w!#$&^.+-]+\/[\w!#$&^.+-]+\s*(;|$)/.test(type))
      delete request.headers['content-type'];
    done();
  });
}

/** Text would destroy a protobuf message. */
function asReceived(body: Buffer, contentType: string | undefined): Buffer | string {
  return isProtobuf(contentType) ? body : body.toString('utf8');
}

/** A URL that cannot be decoded is a path like any other that does not exist. */
export function unreadableUrls(
  common: CommonHeaders,
): (error: Error, request: FastifyRequest, reply: FastifyReply) => void {
  return (_error, request, reply) => {
    reply.headers(common.for(request.headers.origin));
    if (request.method === 'OPTIONS') void reply.type('application/json').send(OPTIONS_ANSWER);
    else void answerNotFound(request, reply);
  };
}

/** What is not HTTP as Node reads it: a method it does not know is a 404 like any other wrong one. */
export function unreadableRequests(common: CommonHeaders): (error: NodeJS.ErrnoException, socket: Duplex) => void {
  return (error, socket) => answerUnreadable(error, socket, common);
}

function answerUnreadable(error: NodeJS.ErrnoException, socket: Duplex, common: CommonHeaders): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, errCode, errMsg] = UNREADABLE[error.code ?? ''] ?? [
    '400 Bad Request',
    400,
    'the request is not valid HTTP',
  ];
  const body = JSON.stringify({ errCode, errMsg });
  const headers = {
    // Whose page asked is in what could not be read.
    ...common.for(undefined),
    'content-type': 'application/json',
    'content-length': body.length,
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status}\r\n${lines.join('')}\r\n${body}`);
}

const UNREADABLE: Readonly<Record<string, [status: string, errCode: number, errMsg: string]>> = {
  HPE_INVALID_METHOD: ['404 Not Found', 404, '404 page not found'],
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 431, 'the headers are too large'],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 408, 'the request took too long to arrive'],
};

/** Unknown paths and other methods. Source: contract/v3/common.md section 1; v1 and v2 callers expect JSON. */
export function answerNotFound(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const text = '404 page not found';
  return request.headers['operationid'] === undefined
    ? reply.status(404).send({ errCode: 404, errMsg: text })
    : reply.status(404).type('text/plain').send(text);
}
