import { connect } from 'node:net';
import { request } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeOnEachDatabase, startIm } from '../../support/server.js';
import type { Im } from '../../support/im.js';
import { freePort } from '../../support/ports.js';

/** Bytes as they stand, and what comes back until the server ends the connection. */
function raw(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    let answer = '';
    socket.on('data', (chunk) => (answer += chunk.toString()));
    socket.on('end', () => resolve(answer));
    socket.on('error', reject);
  });
}

describeOnEachDatabase('The transport', (database) => {
  let im: Im;
  let ports: number[];
  beforeAll(async () => {
    const legacy = await freePort();
    im = await startIm({ database, env: { LEGACY_API_PORT: String(legacy) } });
    ports = [Number(new URL(im.url).port), legacy];
  });
  afterAll(() => im.close());

  const ask = { secret: 'tuoyun', platform: 1, uid: 'openIM123456' };
  const headersOn = (port: number) =>
    fetch(`http://127.0.0.1:${port}/auth/user_token`, { method: 'POST', body: JSON.stringify(ask) }).then(
      ({ headers }) => headers,
    );

  it('serves the same on the legacy port, and keeps connections as long', async () => {
    const [api, legacy] = await Promise.all(ports.map(headersOn));
    expect(legacy?.get('keep-alive')).toBe(api?.get('keep-alive'));
    const answer = await fetch(`http://127.0.0.1:${ports[1]}/auth/user_token`, {
      method: 'POST',
      body: JSON.stringify(ask),
    });
    expect(await answer.json()).toMatchObject({ errCode: 0, data: { uid: 'openIM123456' } });
  });

  it('names every exchange in X-HTTP-ID', async () => {
    const ids = await Promise.all([1, 2, 3].map(async () => (await headersOn(ports[0])).get('x-http-id')));
    expect(new Set(ids).size).toBe(3);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('compresses a long answer for who accepts gzip, and a short one for nobody', async () => {
    await im.register(...Array.from({ length: 50 }, (_, index) => `user-${index}`));
    const token = await im.adminToken();
    const encodingOf = (path: string, body: object): Promise<string | undefined> =>
      new Promise((resolve, reject) => {
        const headers = { token, operationID: '1', 'accept-encoding': 'gzip' };
        const asking = request(im.url + path, { method: 'POST', headers }, (answer) => {
          answer.resume();
          resolve(answer.headers['content-encoding']);
        });
        asking.on('error', reject);
        asking.end(JSON.stringify(body));
      });
    expect(await encodingOf('/user/get_users', { pagination: { pageNumber: 1, showNumber: 100 } })).toBe('gzip');
    expect(await encodingOf('/user/get_users', { pagination: { pageNumber: 1, showNumber: 1 } })).toBeUndefined();
  });

  it.each(['gzip', 'deflate', 'br', 'nonsense'])(
    'takes a body that says it is %s for what it is: no JSON',
    async (encoding) => {
      const send = (body: string | Buffer) =>
        fetch(`${im.url}/auth/user_token`, {
          method: 'POST',
          headers: { operationID: '1', 'content-encoding': encoding },
          body,
          signal: AbortSignal.timeout(5_000),
        }).then((answer) => answer.json());
      const compressed = gzipSync(JSON.stringify({ secret: 'openIM123', platformID: 1, userID: 'openIM123456' }));
      expect(await send(compressed)).toMatchObject({ errCode: 1001, errMsg: 'ArgsError' });
      expect(await send('not JSON')).toMatchObject({ errCode: 1001, errMsg: 'ArgsError' });
    },
  );

  describe.each([0, 1])('what is not HTTP as it should be (port %i)', (index) => {
    it.each([
      ['a method nobody knows', 'FOO /auth/user_token HTTP/1.1\r\nHost: x\r\n\r\n', 404],
      ['a bad header', 'POST /auth/user_token HTTP/1.1\r\nHost: x\r\n: broken\r\n\r\n', 400],
      ['a header that never ends', `POST / HTTP/1.1\r\nHost: x\r\nA: ${'a'.repeat(70_000)}\r\n\r\n`, 431],
    ])('answers %s as JSON and with CORS', async (_, bytes, status) => {
      const answer = await raw(ports[index], bytes);
      expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
      expect(answer).toContain('access-control-allow-origin: *');
      expect(JSON.parse(answer.split('\r\n\r\n')[1])).toMatchObject({ errCode: status });
    });
  });
});
