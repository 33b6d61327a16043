import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { PassThrough, type Readable } from 'node:stream';
import { TooManyBytes } from './metering.js';

/** Time without a byte after which a sender is given up, in milliseconds. */
const IDLE_MS = 60_000;

/** A refused body up to this size is read and thrown away; of a larger one the connection is ended. */
const MAX_IGNORED_BYTES = 1024 * 1024;

/** The sender went before all was sent. */
export class BodyBrokeOff extends Error {}

/** Node's own request, with the headers of its body where they were taken off. */
export interface RawRequest extends IncomingMessage {
  bodyHeaders?: IncomingHttpHeaders;
}

/** Node's request behind Fastify's, or Express's, which is one. */
export function rawOf(request: object): RawRequest {
  return ((request as { raw?: RawRequest }).raw ?? request) as RawRequest;
}

/** One of the headers that describe the body. */
export function bodyHeader(raw: RawRequest, name: 'content-type' | 'content-length'): string | undefined {
  return (raw.bodyHeaders ?? raw.headers)[name];
}

/** False when a host's body parser was here first and nothing is left to stream. */
export function isUnread(raw: RawRequest): boolean {
  return !raw.readableDidRead;
}

/** Bytes the sender announces, undefined when it does not. */
export function announcedBytes(raw: RawRequest): number | undefined {
  const length = bodyHeader(raw, 'content-length');
  return length === undefined ? undefined : Number(length);
}

/** Whether the rest of a refused body is too much to read on. */
export function isLong(raw: RawRequest): boolean {
  return (announcedBytes(raw) ?? Infinity) > MAX_IGNORED_BYTES;
}

/**
 * Runs `work` on the body. A sender that falls silent or sends more than `limit` bytes breaks it off. What fails leaves the
 * connection open, so that the sender can be told.
 *
 * @throws TooManyBytes, BodyBrokeOff where `work` waits for bytes, and what `work` throws
 */
export async function withBody<T>(raw: RawRequest, limit: number, work: (body: Readable) => Promise<T>): Promise<T> {
  if ((announcedBytes(raw) ?? 0) > limit) throw new TooManyBytes();
  const body = new PassThrough();
  let size = 0;
  raw.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > limit) body.destroy(new TooManyBytes());
  });
  // Breaking off after `work` has given up is nobody's failure, and must not become the process's.
  body.on('error', () => undefined);
  raw.once('close', () => {
    if (!raw.complete) body.destroy(new BodyBrokeOff());
  });
  raw.setTimeout(IDLE_MS, () => raw.destroy());
  raw.pipe(body);
  try {
    return await work(body);
  } finally {
    raw.setTimeout(0);
    // What was not wanted is thrown away, or the next request on the connection would wait behind it.
    raw.unpipe(body);
    raw.resume();
  }
}
