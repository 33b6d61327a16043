import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { TokensService } from '../../../src/access/tokens.service.js';
import { Sessions } from '../../../src/gateway/sessions.js';
import type { Im } from '../../support/im.js';
import { converse, knock } from '../../support/knock.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';
import { gatewayUrl, SocketClient } from '../../support/socket.js';
import { freePort } from '../../support/ports.js';

const FULL = { errCode: 1601, errMsg: 'ConnOverMaxNumLimit', errDlt: expect.stringMatching(/./) };
const UPGRADE = 'Host: im\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n';

describeOnEachDatabase('The doors of the gateway', (database) => {
  let im: Im;
  let wsPort: number;
  let apiPort: number;
  let token: string;
  /** What follows the path. */
  let query: string;

  beforeAll(async () => {
    wsPort = await freePort();
    im = await startIm({ database, env: { WS_PORT: String(wsPort), WS_MAX_CONNECTIONS: '2' } });
    apiPort = Number(new URL(im.url).port);
    await im.register('ann');
    token = await im.tokenOf('ann');
    query = new URL(gatewayUrl(im.url, 'ann', token)).search;
  });
  afterAll(() => im.close());

  /** The server notices the end of a connection after the client. */
  const open = (count: number) => vi.waitFor(() => expect(im.get(Sessions).count).toBe(count), 10_000);
  afterEach(() => open(0));

  it.each(['/', '/msg_gateway', '/im/ws', ''])('its own port answers under "%s"', async (path) => {
    const { status, texts } = await knock(`ws://127.0.0.1:${wsPort}${path}${query}`);
    expect({ status, texts }).toEqual({ status: 101, texts: [{ errCode: 0, errMsg: '', errDlt: '' }] });
  });

  it.each(['/msg_gateway', '/api/msg_gateway'])('the API port answers under %s', async (path) => {
    expect(await knock(im.url + path + query)).toMatchObject({ status: 101, texts: [{ errCode: 0 }] });
  });

  it.each(['/', '/ws', '/msg_gateway/', '/msg_gateway2', '/user/get_users'])(
    'the API port knows no socket under %s, and says so at once',
    async (path) => {
      expect(await knock(im.url + path + query)).toMatchObject({ status: 404, body: '' });
    },
  );

  it('a request without an upgrade is told how one would end', async () => {
    const plain = async (search: string) => {
      const response = await fetch(`http://127.0.0.1:${wsPort}/${search}`);
      return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
    };
    const wrong = await plain('');
    expect(wrong).toMatchObject({ status: 200, type: 'application/json; charset=utf-8' });
    expect(JSON.parse(wrong.text)).toMatchObject({ errCode: 1602 });
    const bad = await plain(query.replace(/token=[^&]+/, 'token=garbage'));
    expect(JSON.parse(bad.text)).toMatchObject({ errCode: 1503, errMsg: 'TokenMalformedError' });
    expect(await plain(query)).toMatchObject({ status: 426 });
  });

  it('a failure inside is one of that request, and the server lives on', async () => {
    const verify = vi.spyOn(im.get(TokensService), 'verify').mockRejectedValue(new Error('the database is gone'));
    try {
      const failure = { errCode: 500, errMsg: 'ServerInternalError' };
      expect(await (await fetch(`http://127.0.0.1:${wsPort}/${query}`)).json()).toMatchObject(failure);
      expect(await knock(`ws://127.0.0.1:${wsPort}/${query}`)).toMatchObject({ texts: [failure], code: 1006 });
    } finally {
      verify.mockRestore();
    }
    expect(await knock(`ws://127.0.0.1:${wsPort}/${query}`)).toMatchObject({ status: 101 });
  });

  it('whoever is refused is hung up on, even when he stays on the line', async () => {
    const refusal = await converse(wsPort, `GET / HTTP/1.1\r\n${UPGRADE}\r\n`);
    expect(refusal).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*"errCode":1602/);
    expect(await converse(apiPort, `GET /elsewhere HTTP/1.1\r\n${UPGRADE}\r\n`)).toMatch(/^HTTP\/1\.1 404 /);
  });

  it.each([
    ['no key', ''],
    ['a bad key', 'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: short\r\n'],
    ['an old version', 'Sec-WebSocket-Version: 7\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n'],
  ])('an upgrade with %s is refused', async (_, headers) => {
    const text = await converse(wsPort, `GET /${query} HTTP/1.1\r\n${UPGRADE}${headers}\r\n`);
    expect(text).toMatch(/^HTTP\/1\.1 4\d\d /);
  });

  it.each([
    ['noise', '\0\u0001\u0002 not HTTP at all\r\n\r\n'],
    ['a TLS hello', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
    ['headers without end', `GET /${'x'.repeat(40_000)} HTTP/1.1\r\n${UPGRADE}\r\n`],
  ])('%s gets an answer of HTTP', async (_, text) => {
    expect(await converse(wsPort, text)).toMatch(/^HTTP\/1\.1 4\d\d /);
  });

  it('takes as many connections as it is told, also when all come at once', async () => {
    const all = await Promise.allSettled(
      Array.from({ length: 8 }, () => SocketClient.connect(im.url, 'ann', token, { isMsgResp: '' })),
    );
    const inside = all.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    expect(inside).toHaveLength(2);

    expect(await knock(im.url + '/msg_gateway' + query)).toMatchObject({ status: 200, body: FULL });
    expect(await knock(`${im.url}/msg_gateway`)).toMatchObject({ status: 200, body: FULL });
    await inside[0].close();
    await open(1);
    const next = await SocketClient.connect(im.url, 'ann', token);
    expect(next.outcome.errCode).toBe(0);
    expect((await inside[1].ask(2004, {})).errCode).toBe(0);
    await Promise.all([next.close(), inside[1].close()]);
  });
});
