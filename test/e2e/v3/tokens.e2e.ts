import { createHmac, randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { TokensService } from '../../../src/access/tokens.service.js';
import { Transactions } from '../../../src/database/transactions.js';
import type { Answer, Im } from '../../support/im.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';

const TOKEN_SECRET = 'the signing key of the v3 token tests';
const NINETY_DAYS = 7776000;
const IOS = 1, ANDROID = 2, WINDOWS = 3, OSX = 4, WEB = 5, ADMIN = 10, HARMONY = 11; // prettier-ignore

const SUCCESS = { errCode: 0, errMsg: '', errDlt: '' };
const argsError = (errDlt: unknown) => ({ errCode: 1001, errMsg: 'ArgsError', errDlt });
const noPermission = (errDlt: unknown) => ({ errCode: 1002, errMsg: 'NoPermissionError', errDlt });
const NOT_ADMIN = noPermission('user ann is not admin userID');

const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
const sign = (text: string, key: string) => createHmac('sha256', key).update(text).digest('base64url');
const seconds = () => Math.floor(Date.now() / 1000);

/** A token of Ann on iOS made outside the server, correct in everything that `claims` does not change. */
function forged(claims: object = {}, key = TOKEN_SECRET): string {
  const iat = seconds();
  const right = { UserID: 'ann', PlatformID: IOS, exp: iat + NINETY_DAYS, nbf: iat - 300, iat, jti: randomUUID() };
  const text = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({ ...right, appMangerLevel: 1, ...claims })}`;
  return `${text}.${sign(text, key)}`;
}

function opened(token: string): { header: any; claims: any } {
  const [header, claims, signature] = token.split('.');
  expect(signature).toBe(sign(`${header}.${claims}`, TOKEN_SECRET));
  const read = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString());
  return { header: read(header), claims: read(claims) };
}

/** How a server answers about tokens, for use in several describes below. */
function talkTo(im: Im, admin: string) {
  const tokenOf = (answer: Answer): string => {
    expect(answer.body).toMatchObject(SUCCESS);
    return answer.body.data.token;
  };
  return {
    /** A token of /auth/user_token, which never kicks another. */
    issued: async (userID: string, platformID: number) =>
      tokenOf(await im.v3('/auth/user_token', { secret: 'openIM123', platformID, userID })),
    /** A token of /auth/get_user_token, which kicks others by the login policy. */
    created: async (userID: string, platformID: number) =>
      tokenOf(await im.v3('/auth/get_user_token', { platformID, userID }, admin)),
    /** The errCode a token gets when it is used, 0 when it is accepted. */
    use: async (token: string): Promise<number> =>
      (await im.v3('/user/get_users', { pagination: { pageNumber: 1, showNumber: 1 } }, token)).body.errCode,
  };
}

describeOnEachDatabase('v3 tokens', (database) => {
  let im: Im;
  let admin: string;
  let tokens: ReturnType<typeof talkTo>;

  beforeAll(async () => {
    im = await startIm({ database, env: { TOKEN_SECRET } });
    await im.register('ann');
    admin = await im.adminToken();
    tokens = talkTo(im, admin);
  });
  afterAll(() => im.close());

  /** A server of its own with another setting, told to `story`. */
  async function withServer(
    env: Record<string, string>,
    story: (t: ReturnType<typeof talkTo>, im: Im) => Promise<void>,
  ) {
    const other = await startIm({ database, env });
    try {
      await other.register('ann');
      await story(talkTo(other, await other.adminToken()), other);
    } finally {
      await other.close();
    }
  }

  describe('/auth/user_token', () => {
    it.each([
      [1, 'ann', 1],
      [9, 'ann', 1],
      [10, 'openIM123456', 2],
    ])('serves platform %d for %s', async (platformID, userID, level) => {
      const answer = await im.v3('/auth/user_token', { secret: 'openIM123', platformID, userID });
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual({ ...SUCCESS, data: { token: expect.any(String), expireTimeSeconds: NINETY_DAYS } });
      const { header, claims } = opened(answer.body.data.token);
      const { iat } = claims;
      expect(header).toEqual({ alg: 'HS256', typ: 'JWT' });
      expect(claims).toEqual({
        UserID: userID,
        PlatformID: platformID,
        exp: iat + NINETY_DAYS,
        nbf: iat - 300,
        iat,
        appMangerLevel: level,
        jti: expect.any(String),
      });
      expect(Math.abs(iat - seconds())).toBeLessThan(30);
      expect(await tokens.use(answer.body.data.token)).toBe(0);
    });

    it.each([
      ['an empty userID', { userID: '' }, argsError('userID is empty')],
      ['no userID', { userID: null }, argsError('userID is empty')],
      ['platform 0', { platformID: 0 }, argsError('platform is invalidate')],
      ['platform 11', { platformID: 11 }, argsError('platform is invalidate')],
      ['platform -1', { platformID: -1 }, argsError('platform is invalidate')],
      ['a platform in text', { platformID: '1' }, argsError(expect.stringContaining('platformID'))],
      ['a numeric userID', { userID: 5 }, argsError(expect.stringContaining('userID'))],
      ['a wrong secret', { secret: 'openim123' }, noPermission('secret invalid')],
      ['a stranger', { userID: 'stranger' }, { errCode: 1101, errMsg: 'UserIDNotFoundError', errDlt: 'stranger' }],
    ])('refuses %s', async (_, wrong, error) => {
      const answer = await im.v3('/auth/user_token', { secret: 'openIM123', platformID: 1, userID: 'ann', ...wrong });
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual(error);
    });

    it('never kicks', async () => {
      const first = await tokens.issued('ann', IOS);
      const second = await tokens.issued('ann', IOS);
      expect(second).not.toBe(first);
      expect([await tokens.use(first), await tokens.use(second)]).toEqual([0, 0]);
    });
  });

  describe('/auth/get_admin_token', () => {
    const getAdminToken = (body: object) => im.v3('/auth/get_admin_token', body);
    afterEach(() => void vi.useRealTimers());

    it('gives an administrator a token for platform 10', async () => {
      const answer = await getAdminToken({ secret: 'openIM123', userID: 'openIMAdmin' });
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual({ ...SUCCESS, data: { token: expect.any(String), expireTimeSeconds: NINETY_DAYS } });
      const { claims } = opened(answer.body.data.token);
      expect(claims).toMatchObject({ UserID: 'openIMAdmin', PlatformID: ADMIN, appMangerLevel: 2 });
      expect(Math.abs(claims.exp - seconds() - NINETY_DAYS)).toBeLessThan(30);
      const check = await im.v3('/user/account_check', { checkUserIDs: ['ann'] }, answer.body.data.token);
      expect(check.body).toMatchObject(SUCCESS);
    });

    it.each([
      ['an empty userID, even with a wrong secret', { secret: 'wrong', userID: '' }, argsError('userID is empty')],
      ['a wrong secret, even for a stranger', { secret: 'wrong', userID: 'stranger' }, noPermission('secret invalid')],
      ['no secret', { userID: 'openIMAdmin' }, noPermission('secret invalid')],
      [
        'an ordinary user',
        { secret: 'openIM123', userID: 'ann' },
        argsError(expect.stringContaining('userID is error., userID=ann')),
      ],
      [
        'a stranger',
        { secret: 'openIM123', userID: 'who' },
        argsError(expect.stringContaining('userID is error., userID=who')),
      ],
    ])('refuses %s', async (_, body, error) => {
      expect(await getAdminToken(body)).toMatchObject({ status: 200, body: error });
    });

    it('needs the header operationID', async () => {
      const answer = await im.post('/auth/get_admin_token', { secret: 'openIM123', userID: 'openIMAdmin' });
      expect(answer).toMatchObject({ status: 200, body: argsError('header must have operationID') });
    });

    it('keeps the earlier token of the same administrator alive for five minutes', async () => {
      const get = async () => (await getAdminToken({ secret: 'openIM123', userID: 'openIM654321' })).body.data.token;
      const first = await get();
      const second = await get();
      expect([await tokens.use(first), await tokens.use(second)]).toEqual([0, 0]);

      // The server runs in this process, so it sees the clock move.
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 6 * 60_000 });
      expect(await tokens.use(second)).toBe(0);
      expect(await tokens.use(first)).toBe(1507);
    });
  });

  describe('/auth/get_user_token', () => {
    const getUserToken = (body: object, token?: string) => im.v3('/auth/get_user_token', body, token);

    it.each([IOS, WEB, HARMONY])('gives a token for platform %d', async (platformID) => {
      const answer = await getUserToken({ userID: 'ann', platformID }, admin);
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual({ ...SUCCESS, data: { token: expect.any(String), expireTimeSeconds: NINETY_DAYS } });
      const { claims } = opened(answer.body.data.token);
      expect(claims).toMatchObject({ UserID: 'ann', PlatformID: platformID, appMangerLevel: 1 });
      expect(await tokens.use(answer.body.data.token)).toBe(0);
    });

    const platform10 = noPermission('platformID invalid. platformID must not be adminPlatformID');
    const notFound = { errCode: 1004, errMsg: 'RecordNotFoundError', errDlt: 'record not found' };
    it.each([
      ['platform 10', { userID: 'ann', platformID: 10 }, platform10],
      ['platform 10 before the administrator', { userID: 'openIMAdmin', platformID: 10 }, platform10],
      ['platform 10 before the stranger', { userID: 'stranger', platformID: 10 }, platform10],
      ['an administrator', { userID: 'openIMAdmin', platformID: 1 }, noPermission("don't get Admin token")],
      ['a stranger', { userID: 'stranger', platformID: 1 }, notFound],
      ['an empty userID', { userID: '', platformID: 1 }, notFound],
    ])('refuses %s', async (_, body, error) => {
      const answer = await getUserToken(body, admin);
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual(error);
    });

    it('is for administrators only, whatever is asked', async () => {
      const ann = await tokens.issued('ann', WINDOWS);
      expect((await getUserToken({ userID: 'ann', platformID: 1 }, ann)).body).toEqual(NOT_ADMIN);
      expect((await getUserToken({ userID: 'ann', platformID: 10 }, ann)).body).toEqual(NOT_ADMIN);
      expect((await getUserToken({ userID: 'ann', platformID: 1 })).body).toEqual(argsError('header must have token'));
    });
  });

  describe('the login policy of /auth/get_user_token', () => {
    it('by default kicks the other tokens of the platform, and forgets them at the next creation', async () => {
      await im.register('bea');
      const issued = await tokens.issued('bea', IOS);
      const first = await tokens.created('bea', IOS);
      expect([await tokens.use(issued), await tokens.use(first)]).toEqual([1506, 0]);
      const second = await tokens.created('bea', IOS);
      expect([await tokens.use(issued), await tokens.use(first), await tokens.use(second)]).toEqual([1507, 1506, 0]);
    });

    it('by default leaves one token on every other platform', async () => {
      await im.register('cid');
      const android = [await tokens.issued('cid', ANDROID), await tokens.issued('cid', ANDROID)];
      const web = await tokens.issued('cid', WEB);
      const ios = await tokens.created('cid', IOS);
      expect([await tokens.use(ios), await tokens.use(web)]).toEqual([0, 0]);
      expect([await tokens.use(android[0]), await tokens.use(android[1])].sort()).toEqual([0, 1506]);
    });

    it('kicks nobody else', async () => {
      await im.register('dan', 'eve');
      const dan = await tokens.created('dan', IOS);
      await tokens.created('eve', IOS);
      expect(await tokens.use(dan)).toBe(0);
    });

    it('0 allows thirty tokens on a platform', () =>
      withServer({ MULTI_LOGIN_POLICY: '0' }, async ({ created, use }) => {
        const all: string[] = [];
        for (let i = 0; i < 30; i++) all.push(await created('ann', IOS));
        const answers = () => Promise.all(all.map(use));
        expect(await answers()).toEqual(Array(30).fill(0));
        all.push(await created('ann', IOS));
        const now = await answers();
        expect(now.filter((errCode) => errCode === 1506)).toHaveLength(1);
        expect(now.filter((errCode) => errCode === 0)).toHaveLength(30);
        expect(now[30]).toBe(0);
      }));

    it('4 allows one token in each class of platforms', () =>
      withServer({ MULTI_LOGIN_POLICY: '4' }, async ({ created, use }) => {
        const windows = await created('ann', WINDOWS);
        const ios = await created('ann', IOS);
        const osx = await created('ann', OSX);
        expect([await use(windows), await use(ios), await use(osx)]).toEqual([1506, 0, 0]);
        const android = await created('ann', ANDROID);
        expect([await use(ios), await use(osx), await use(android)]).toEqual([1506, 0, 0]);
      }));

    it('5 allows computers and one other', () =>
      withServer({ MULTI_LOGIN_POLICY: '5' }, async ({ created, use }) => {
        const windows = await created('ann', WINDOWS);
        const ios = await created('ann', IOS);
        const web = await created('ann', WEB);
        expect([await use(windows), await use(ios), await use(web)]).toEqual([0, 1506, 0]);
        const osx = await created('ann', OSX);
        expect([await use(windows), await use(web), await use(osx)]).toEqual([0, 0, 0]);
      }));
  });

  it('live as many days as TOKEN_EXPIRE_DAYS says', () =>
    withServer({ TOKEN_EXPIRE_DAYS: '30' }, async (_, other) => {
      const { body } = await other.v3('/auth/user_token', { secret: 'openIM123', platformID: IOS, userID: 'ann' });
      expect(body.data.expireTimeSeconds).toBe(2592000);
      const { exp, iat } = JSON.parse(Buffer.from(body.data.token.split('.')[1], 'base64url').toString());
      expect(exp - iat).toBe(2592000);
    }));

  describe('/auth/parse_token', () => {
    const parse = (body: object) => im.v3('/auth/parse_token', body);

    it('tells user, platform and the moment of expiry, to anyone', async () => {
      const token = await tokens.issued('ann', ANDROID);
      const data = { userID: 'ann', platformID: ANDROID, expireTimeSeconds: opened(token).claims.exp };
      const answer = await parse({ token });
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual({ ...SUCCESS, data });
    });

    it('needs a token', async () => {
      for (const body of [{ token: '' }, {}, { token: null }])
        expect((await parse(body)).body).toEqual(argsError('userID is empty'));
      expect((await parse({ token: 5 })).body).toEqual(argsError(expect.stringContaining('token')));
    });

    it('says when a token was kicked', async () => {
      const kicked = await tokens.issued('ann', ANDROID);
      await im.v3('/auth/force_logout', { userID: 'ann', platformID: ANDROID }, admin);
      const answer = await parse({ token: kicked });
      expect(answer.body).toEqual({ errCode: 1506, errMsg: 'TokenKickedError', errDlt: expect.any(String) });
    });
  });

  describe('/auth/force_logout', () => {
    const logout = (body: object, token?: string) => im.v3('/auth/force_logout', body, token);

    it('ends every token of the user on the platform and no other', async () => {
      await im.register('flo', 'gus');
      const ios = [await tokens.issued('flo', IOS), await tokens.issued('flo', IOS)];
      const others = [await tokens.issued('flo', ANDROID), await tokens.issued('gus', IOS)];
      const answer = await logout({ userID: 'flo', platformID: IOS }, admin);
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual(SUCCESS);
      expect(await Promise.all(ios.map(tokens.use))).toEqual([1506, 1506]);
      expect(await Promise.all(others.map(tokens.use))).toEqual([0, 0]);
      expect(await tokens.use(await tokens.issued('flo', IOS))).toBe(0);
    });

    it('succeeds for strangers and for users without a token', async () => {
      expect((await logout({ userID: 'stranger', platformID: IOS }, admin)).body).toEqual(SUCCESS);
      expect((await logout({ userID: 'ann', platformID: 9 }, admin)).body).toEqual(SUCCESS);
    });

    it.each([
      [{ userID: '', platformID: IOS }, 'userID is empty'],
      [{ userID: 'ann' }, 'platformID is invalidate'],
      [{ userID: 'ann', platformID: 0 }, 'platformID is invalidate'],
      [{ userID: 'ann', platformID: HARMONY }, 'platformID is invalidate'],
    ])('refuses %j', async (body, errDlt) => {
      expect(await logout(body, admin)).toMatchObject({ status: 200, body: argsError(errDlt) });
    });

    it('is for administrators only', async () => {
      const token = await tokens.issued('ann', WINDOWS);
      expect((await logout({ userID: 'ann', platformID: WINDOWS }, token)).body).toEqual(NOT_ADMIN);
      expect(await tokens.use(token)).toBe(0);
    });
  });

  describe('ended by a connection', () => {
    const service = () => im.get(TokensService);
    const issue = async (...platforms: [string, number][]) =>
      Promise.all(platforms.map(([userID, platformID]) => tokens.issued(userID, platformID)));

    it('all others of the user on the platform end, at once', async () => {
      await im.register('hal', 'ivy');
      const [old, mine, other, web, ivys] = await issue(
        ['hal', IOS],
        ['hal', IOS],
        ['hal', IOS],
        ['hal', WEB],
        ['ivy', IOS],
      );
      expect(await Promise.all([old, mine, other].map(tokens.use))).toEqual([0, 0, 0]);
      await service().kickOthers('hal', IOS, [mine, 'unknown']);
      expect(await Promise.all([old, mine, other, web, ivys].map(tokens.use))).toEqual([1506, 0, 1506, 0, 0]);
      await service().kickOthers('hal', IOS, []);
      await service().kickOthers('nobody', IOS, []);
      expect(await Promise.all([mine, web].map(tokens.use))).toEqual([1506, 0]);
    });

    it('those named end, whosever they are', async () => {
      const [anns, ivys, kept] = await issue(['ann', IOS], ['ivy', WEB], ['ivy', WEB]);
      expect(await Promise.all([anns, ivys, kept].map(tokens.use))).toEqual([0, 0, 0]);
      await service().kickTokens([anns, ivys, ivys, 'unknown']);
      await service().kickTokens([]);
      expect(await Promise.all([anns, ivys, kept].map(tokens.use))).toEqual([1506, 1506, 0]);
    });

    it('they go on when the transaction fails', async () => {
      const [one, other] = await issue(['ann', IOS], ['ann', IOS]);
      expect(await Promise.all([one, other].map(tokens.use))).toEqual([0, 0]);
      const work = im.get(Transactions).run(async () => {
        await service().kickOthers('ann', IOS, [one]);
        await service().kickTokens([one]);
        throw new Error('after all, no');
      });
      await expect(work).rejects.toThrow('after all, no');
      expect(await Promise.all([one, other].map(tokens.use))).toEqual([0, 0]);
    });
  });

  describe('a token the server refuses', () => {
    const unsigned = () => `${encode({ alg: 'none', typ: 'JWT' })}.${forged().split('.')[1]}.`;
    const altered = (token: string) => {
      const [header, , signature] = token.split('.');
      return `${header}.${encode({ ...opened(token).claims, UserID: 'openIM123456' })}.${signature}`;
    };

    it.each([
      ['is no JWT', () => 'garbage', 1503, 'TokenMalformedError'],
      ['is three words', () => 'not.a.jwt', 1503, 'TokenMalformedError'],
      ['names no user', () => forged({ UserID: undefined }), 1503, 'TokenMalformedError'],
      ['names the user in both dialects', () => forged({ UID: 'ann', Platform: 'IOS' }), 1503, 'TokenMalformedError'],
      ['has expired', () => forged({ exp: seconds() - 60 }), 1501, 'TokenExpiredError'],
      ['is not valid yet', () => forged({ nbf: seconds() + 3600 }), 1504, 'TokenNotValidYetError'],
      ['is signed with another key', () => forged({}, 'another key'), 1505, expect.stringMatching(/./)],
      ['is signed with the secret of the server', () => forged({}, 'openIM123'), 1507, 'TokenNotExistError'],
      [
        'is signed with the secret of the server and has expired',
        () => forged({ exp: seconds() - 60 }, 'openIM123'),
        1501,
        'TokenExpiredError',
      ],
      ['is not signed', unsigned, 1505, expect.stringMatching(/./)],
      ['was never issued', () => forged(), 1507, 'TokenNotExistError'],
      [
        'was never issued to the administrator',
        () => forged({ UserID: 'openIM123456', appMangerLevel: 2 }),
        1507,
        'TokenNotExistError',
      ],
    ])('because it %s', async (_, make, errCode, errMsg) => {
      const token = make();
      const error = { errCode, errMsg, errDlt: expect.any(String) };
      const users = await im.v3('/user/get_users', { pagination: { pageNumber: 1, showNumber: 1 } }, token);
      const check = await im.v3('/user/account_check', { checkUserIDs: ['ann'] }, token);
      const parse = await im.v3('/auth/parse_token', { token });
      for (const answer of [users, check, parse]) {
        expect(answer.status).toBe(200);
        expect(answer.body).toEqual(error);
        expect(answer.text).not.toContain(token);
      }
    });

    it('because its claims were altered', async () => {
      expect(await tokens.use(altered(await tokens.issued('ann', WEB)))).toBe(1505);
    });
  });
});
