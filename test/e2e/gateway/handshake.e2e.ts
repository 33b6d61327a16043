import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Im } from '../../support/im.js';
import { forgedToken, knock } from '../../support/knock.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';
import { gatewayUrl, type SocketOptions } from '../../support/socket.js';

const TOKEN_SECRET = 'the signing key of the handshake tests';
const IOS = 1, ANDROID = 2, WEB = 5; // prettier-ignore
const ACCEPTED = { errCode: 0, errMsg: '', errDlt: '' };
const refused = (errCode: number, errMsg: string) => ({ errCode, errMsg, errDlt: expect.stringMatching(/./) });
const ARGUMENTS = refused(1602, 'args err, need token, sendID, platformID');
const INVALID = refused(1502, 'TokenInvalidError');
const now = (): number => Math.floor(Date.now() / 1000);

describeOnEachDatabase('The handshake', (database) => {
  let im: Im;
  let admin: string;
  /** Good tokens, and tokens that ended. */
  let ann: string, bob: string, kicked: string, deleted: string;

  const issued = async (userID: string, platformID: number): Promise<string> => {
    const { body } = await im.v3('/auth/user_token', { secret: 'openIM123', platformID, userID });
    return body.data.token;
  };
  const url = (token: string, options: SocketOptions = {}): string => gatewayUrl(im.url, 'ann', token, options);

  beforeAll(async () => {
    // Nobody here is to be logged out by the next one.
    im = await startIm({ database, env: { TOKEN_SECRET, MULTI_LOGIN_POLICY: '0' } });
    admin = await im.adminToken();
    await im.register('ann', 'bob', 'zoe', 'a+b', 'a b', '安娜 é');
    [ann, bob, kicked, deleted] = [
      await issued('ann', IOS),
      await issued('bob', IOS),
      await issued('ann', ANDROID),
      await issued('zoe', IOS),
    ];
    await im.v3('/auth/force_logout', { userID: 'ann', platformID: ANDROID }, admin);
    await im.v1('/manager/delete_user', { deleteUidList: ['zoe'] }, admin);
  });
  afterAll(() => im.close());

  it.each(['js', 'go'])('lets a client in and says so when asked (%s)', async (sdk) => {
    const options: SocketOptions = { codec: sdk === 'js' ? 'json' : 'gob' };
    const { status, texts, headers } = await knock(url(ann, options), { origin: 'https://anywhere.example' });
    expect({ status, texts }).toEqual({ status: 101, texts: [ACCEPTED] });
    expect(headers['sec-websocket-extensions']).toBeUndefined();
    expect(headers['sec-websocket-protocol']).toBeUndefined();
  });

  it('declines to deflate messages', async () => {
    const { status, headers } = await knock(url(ann), {
      'sec-websocket-extensions': 'permessage-deflate; client_max_window_bits',
    });
    expect(status).toBe(101);
    expect(headers['sec-websocket-extensions']).toBeUndefined();
  });

  describe.each([
    ['has expired', () => forgedToken(TOKEN_SECRET, { exp: now() - 60 }), 1501, 'TokenExpiredError'],
    ['is of another user', () => bob, 1502, 'TokenInvalidError'],
    ['is of another platform', () => issued('ann', WEB), 1502, 'TokenInvalidError'],
    ['is no JWT', () => 'garbage', 1503, 'TokenMalformedError'],
    ['names nobody', () => forgedToken(TOKEN_SECRET, { UserID: undefined }), 1503, 'TokenMalformedError'],
    ['is not valid yet', () => forgedToken(TOKEN_SECRET, { nbf: now() + 3600 }), 1504, 'TokenNotValidYetError'],
    ['is signed by others', () => forgedToken('another key'), 1505, 'TokenUnknownError'],
    ['was kicked', () => kicked, 1506, 'TokenKickedError'],
    ['was never issued', () => forgedToken(TOKEN_SECRET), 1507, 'TokenNotExistError'],
    ['is of somebody who was deleted', () => deleted, 1507, 'TokenNotExistError'],
  ])('of a token that %s', (_, make, errCode, errMsg) => {
    const address = async (isMsgResp: string): Promise<string> => {
      const token = await make();
      const platformID = token === kicked ? ANDROID : IOS;
      return gatewayUrl(im.url, token === deleted ? 'zoe' : 'ann', token, { platformID, isMsgResp });
    };

    it('is refused over HTTP', async () => {
      const { status, headers, body } = await knock(await address(''));
      expect({ status, body }).toEqual({ status: 200, body: refused(errCode, errMsg) });
      expect(headers['content-type']).toBe('application/json; charset=utf-8');
      expect(Buffer.byteLength(JSON.stringify(body))).toBeLessThan(1024);
    });

    it('is refused over the socket for who asks for it, and cut', async () => {
      const { status, texts, code } = await knock(await address('true'));
      expect({ status, texts, code }).toEqual({ status: 101, texts: [refused(errCode, errMsg)], code: 1006 });
    });
  });

  it.each([
    ['no sendID', (query: string) => query.replace(/sendID=\w+&/, '')],
    ['an unknown platform', (query: string) => query.replace('platformID=1', 'platformID=12')],
    ['no operationID', (query: string) => query.replace('operationID=hello', 'operationID=')],
    ['a bad isMsgResp', (query: string) => query.replace('isMsgResp=true', 'isMsgResp=yes')],
    ['a bad sdkType', (query: string) => query.replace('sdkType=js', 'sdkType=rust')],
  ])('refuses %s over HTTP, before it looks at the token', async (_, change) => {
    for (const token of [ann, 'garbage']) {
      const asked = change(url(token));
      expect(asked).not.toBe(url(token));
      const { status, headers, body } = await knock(asked);
      expect({ status, body }).toEqual({ status: 200, body: ARGUMENTS });
      expect(headers['content-type']).toBe('application/json; charset=utf-8');
    }
  });

  it('refuses who does not say isBackground, after other arguments and before the token', async () => {
    const failure = refused(500, 'ServerInternalError');
    expect(await knock(url(ann, { isBackground: '-' }))).toMatchObject({ status: 200, body: failure });
    expect(await knock(url('garbage', { isBackground: 'maybe' }))).toMatchObject({ status: 200, body: failure });
    const both = url('garbage', { isBackground: 'maybe' }).replace('platformID=1', 'platformID=x');
    expect(await knock(both)).toMatchObject({ status: 200, body: ARGUMENTS });
  });

  it.each(['1', 't', 'T', 'TRUE', 'true', 'True', '0', 'f', 'F', 'FALSE', 'false', 'False'])(
    'takes %s for a bool',
    async (spelling) => {
      const { status, texts } = await knock(url(ann, { isBackground: spelling, isMsgResp: spelling }));
      expect({ status, texts }).toEqual({ status: 101, texts: /^[1tT]/.test(spelling) ? [ACCEPTED] : [] });
    },
  );

  it.each([
    ['a+b', 'a+b'],
    ['a+b', 'a%2Bb'],
    ['a b', 'a+b'],
    ['a b', 'a%20b'],
    ['安娜 é', '安娜 é'],
    ['安娜 é', encodeURIComponent('安娜 é')],
  ])('knows %s by %s', async (userID, sendID) => {
    const base = url(await issued(userID, IOS));
    expect(await knock(base.replace('sendID=ann', `sendID=${sendID}`))).toMatchObject({
      status: 101,
      texts: [ACCEPTED],
    });
  });

  it('does not let one user in for another whose ID looks alike', async () => {
    const base = url(await issued('a+b', IOS), { isMsgResp: '' });
    expect(await knock(base.replace('sendID=ann', 'sendID=a%20b'))).toMatchObject({ status: 200, body: INVALID });
    expect(await knock(base.replace('sendID=ann', 'sendID=A%2BB'))).toMatchObject({ status: 200, body: INVALID });
  });

  it('reads everything from v when there is one', async () => {
    const members = { token: ann, userID: 'ann', platformID: IOS, operationID: 'op', sendResponse: true };
    const packed = Buffer.from(JSON.stringify(members)).toString('base64url');
    const base = `${im.url}/msg_gateway?isMsgResp=true&v=`;
    expect(await knock(base + packed)).toMatchObject({ status: 101, texts: [ACCEPTED] });
    expect(await knock(`${base}garbage`)).toMatchObject({ status: 200, body: ARGUMENTS });
    const other = Buffer.from(JSON.stringify({ ...members, userID: 'bob' })).toString('base64url');
    expect(await knock(base + other)).toMatchObject({ status: 101, texts: [INVALID], code: 1006 });
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('takes tokens of v1 and v2 for platform %d', async (platform) => {
    const v1 = await im.v1('/auth/user_token', { secret: 'tuoyun', platform, uid: 'ann' });
    const v2 = await im.v2('/auth/user_token', { secret: 'tuoyun', platform, userID: 'ann' });
    for (const token of [v1.body.data.token, v2.body.data.token]) {
      expect(await knock(url(token, { platformID: platform }))).toMatchObject({ status: 101, texts: [ACCEPTED] });
      const elsewhere = url(token, { platformID: (platform % 8) + 1 });
      expect(await knock(elsewhere)).toMatchObject({ texts: [INVALID], code: 1006 });
    }
  });

  it('lets an administrator in as such', async () => {
    const { body } = await im.v3('/auth/get_admin_token', { secret: 'openIM123', userID: 'openIMAdmin' });
    const address = gatewayUrl(im.url, 'openIMAdmin', body.data.token, { platformID: 10 });
    expect(await knock(address)).toMatchObject({ status: 101, texts: [ACCEPTED] });
  });
});
