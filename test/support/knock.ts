import { createHmac, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { WebSocket } from 'ws';

/** How a try to connect went. */
export interface Knock {
  /** HTTP status of the refusal; 101 when the socket was opened. */
  status: number;
  headers: Record<string, string | string[] | undefined>;
  /** Body of a refusal over HTTP, parsed. */
  body?: any;
  /** Text frames until the end, or until the first one of a client that is in. */
  texts: any[];
  /** Close code when the server ended it: 1006 without a close frame. */
  code?: number;
}

/** Tries to connect to any address, and tells what came of it. Leaves again when it is let in. */
export async function knock(url: string, headers: Record<string, string> = {}): Promise<Knock> {
  const socket = new WebSocket(url.replace(/^http/, 'ws'), { perMessageDeflate: false, headers });
  const result: Knock = { status: 101, headers: {}, texts: [] };
  socket.on('upgrade', (response) => (result.headers = response.headers));
  const ended = new Promise<void>((resolve, reject) => {
    socket.on('unexpected-response', (_, response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => {
        result.status = response.statusCode ?? 0;
        result.headers = response.headers;
        result.body = text.startsWith('{') ? JSON.parse(text) : text;
        resolve();
      });
    });
    socket.on('message', (data: Buffer, isBinary) => {
      if (isBinary) reject(new Error('a binary frame'));
      const outcome = JSON.parse(data.toString());
      result.texts.push(outcome);
      if (outcome.errCode === 0) resolve();
    });
    socket.on('close', (code) => {
      result.code = code;
      resolve();
    });
    socket.on('error', reject);
    // Who did not ask for the outcome hears none.
    socket.on('open', () => void (/isMsgResp=[1tT]/.test(url) || resolve()));
  });
  await ended;
  if (socket.readyState === socket.OPEN) {
    socket.close();
    await once(socket, 'close');
  }
  return result;
}

/** What a server sends to somebody who writes bytes to it, until it hangs up; that somebody never does. */
export async function converse(port: number, text: string): Promise<string> {
  const socket: Socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  socket.on('error', () => undefined);
  let heard = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => (heard += chunk));
  socket.write(text);
  await once(socket, 'end');
  socket.destroy();
  return heard;
}

const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');

/** A v3 token of ann on iOS made outside the server, correct in all that `claims` does not change, but never issued. */
export function forgedToken(key: string, claims: object = {}): string {
  const iat = Math.floor(Date.now() / 1000);
  const right = { UserID: 'ann', PlatformID: 1, exp: iat + 86_400, nbf: iat - 300, iat, jti: randomUUID() };
  const text = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({ ...right, appMangerLevel: 1, ...claims })}`;
  return `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`;
}
