import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Im } from '../../support/im.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';

const TOKEN_SECRET = 'the signing key of the v2 account tests';
const SEVEN_DAYS = 604800;
const SMILE = '\u{1F600}';

/** Header and claims of a JWT, whose signature must be made with TOKEN_SECRET. */
function opened(token: string): { header: any; claims: any } {
  const [header, claims, signature] = token.split('.');
  expect(signature).toBe(createHmac('sha256', TOKEN_SECRET).update(`${header}.${claims}`).digest('base64url'));
  const read = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString());
  return { header: read(header), claims: read(claims) };
}

describeOnEachDatabase('A v2 account', (database) => {
  let im: Im;
  let count = 0;

  beforeAll(async () => {
    im = await startIm({ database, env: { TOKEN_SECRET } });
  });
  afterAll(() => im.close());

  const newID = () => `user${++count}`;
  const register = (userID: string, more: object = {}) =>
    im.v2('/auth/user_register', { secret: 'tuoyun', platform: 1, userID, ...more });
  const userToken = (userID: string, more: object = {}) =>
    im.v2('/auth/user_token', { secret: 'tuoyun', platform: 1, userID, ...more });

  /** The profile as v1 shows it, undefined when there is no such user. */
  async function profile(userID: string): Promise<any> {
    const answer = await im.v1('/user/get_user_info', { uidList: [userID] }, await im.adminToken());
    expect(answer.body).toMatchObject({ errCode: 0, errMsg: '' });
    return answer.body.data[0];
  }

  /** The account as v3 lists it, undefined when there is no such user. */
  async function listed(userID: string): Promise<any> {
    const pagination = { pageNumber: 1, showNumber: 1000 };
    const answer = await im.v3('/user/get_users', { pagination }, await im.adminToken());
    return answer.body.data.users.find((user: any) => user.userID === userID);
  }

  async function isAccepted(token: string): Promise<boolean> {
    const answer = await im.v3('/user/get_users', { pagination: { pageNumber: 1, showNumber: 1 } }, token);
    return answer.body.errCode === 0;
  }

  describe('registering', () => {
    it('stores every field of the documented example and answers a usable token', async () => {
      const answer = await im.post('/auth/user_register', {
        secret: 'tuoyun',
        platform: 1,
        userID: 'openIM1111',
        nickname: '2222',
        faceUrl: 'https://oss.com.cn/head',
        gender: 1,
        phoneNum: '18666667777',
        birth: 1640692941,
        email: 'xxxx@qq.com',
        ex: 'xxx',
        operationID: '123111111',
      });
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual({
        errCode: 0,
        errMsg: '',
        data: { userID: 'openIM1111', token: expect.any(String), expiredTime: expect.any(Number) },
      });
      expect(await isAccepted(answer.body.data.token)).toBe(true);
      expect(await profile('openIM1111')).toEqual({
        uid: 'openIM1111',
        name: '2222',
        icon: 'https://oss.com.cn/head',
        gender: 1,
        mobile: '18666667777',
        birth: '2021.12.28',
        email: 'xxxx@qq.com',
        ex: 'xxx',
      });
    });

    it('needs nothing but secret, platform, userID and operationID', async () => {
      const userID = newID();
      expect((await register(userID)).body).toMatchObject({ errCode: 0, data: { userID } });
      const empty = { name: '', icon: '', gender: 0, mobile: '', birth: '', email: '', ex: '' };
      expect(await profile(userID)).toEqual({ uid: userID, ...empty });
    });

    it('takes empty and null optional fields as absent', async () => {
      const userID = newID();
      const nothing = { nickname: '', faceUrl: '', gender: 0, phoneNum: null, birth: 0, email: null, ex: '' };
      expect((await register(userID, nothing)).body.errCode).toBe(0);
      const empty = { name: '', icon: '', gender: 0, mobile: '', birth: '', email: '', ex: '' };
      expect(await profile(userID)).toEqual({ uid: userID, ...empty });
    });

    it.each([
      ['faceUrl', 'icon'],
      ['faceURL', 'icon'],
      ['phoneNum', 'mobile'],
      ['phoneNumber', 'mobile'],
    ])('understands %s', async (field, shownAs) => {
      const userID = newID();
      expect((await register(userID, { [field]: 'as given' })).body.errCode).toBe(0);
      expect((await profile(userID))[shownAs]).toBe('as given');
    });

    it('prefers phoneNumber when phoneNum is given too', async () => {
      const userID = newID();
      await register(userID, { phoneNum: 'document', phoneNumber: 'server' });
      expect((await profile(userID)).mobile).toBe('server');
    });

    it('understands userId for userID', async () => {
      const userId = newID();
      const answer = await im.v2('/auth/user_register', { secret: 'tuoyun', platform: 1, userId });
      expect(answer.body).toMatchObject({ errCode: 0, data: { userID: userId } });
    });

    it('ignores createTime, loginLimit and a wish to be an administrator', async () => {
      const userID = newID();
      const before = Date.now();
      const answer = await register(userID, { createTime: 5, loginLimit: 1, appMangerLevel: 2, unknown: {} });
      expect(answer.body.errCode).toBe(0);
      const user = await listed(userID);
      expect(user.appMangerLevel).toBe(1);
      expect(user.createTime).toBeGreaterThanOrEqual(before - 1000);
      expect(opened(answer.body.data.token).claims.appMangerLevel).toBe(1);
    });

    it('tells Bob from bob', async () => {
      expect((await register('bob', { nickname: 'small' })).body.errCode).toBe(0);
      expect((await register('Bob', { nickname: 'tall' })).body.errCode).toBe(0);
      expect((await profile('bob')).name).toBe('small');
      expect((await profile('Bob')).name).toBe('tall');
    });

    it('reads the body as JSON whatever the Content-Type says', async () => {
      const userID = newID();
      const body = JSON.stringify({ secret: 'tuoyun', platform: 1, userID, operationID: '1' });
      const answer = await im.post('/auth/user_register', body, {
        'Content-Type': 'application/x-www-form-urlencoded',
      });
      expect(answer.body).toMatchObject({ errCode: 0, data: { userID } });
    });

    it('lets an administrator fetch a token, keeping the rights and taking the profile', async () => {
      const answer = await register('openIM654321', { nickname: 'boss' });
      expect(answer.body).toMatchObject({ errCode: 0, errMsg: '', data: { userID: 'openIM654321' } });
      expect(opened(answer.body.data.token).claims.appMangerLevel).toBe(2);
      expect(await listed('openIM654321')).toMatchObject({ nickname: 'boss', appMangerLevel: 2 });
    });
  });

  describe('birth', () => {
    it.each([
      [0, ''],
      [1, '1970.01.01'],
      [86399, '1970.01.01'],
      [86400, '1970.01.02'],
      [951782400, '2000.02.29'],
      [4294967295, '2106.02.07'],
    ])('%d is shown to v1 as "%s"', async (birth, text) => {
      const userID = newID();
      expect((await register(userID, { birth })).body.errCode).toBe(0);
      expect((await profile(userID)).birth).toBe(text);
    });

    it.each([[-1], [1.5], [4294967296], ['1640692941'], ['1998.12.15'], [true], [{}]])(
      '%j is refused',
      async (birth) => {
        const userID = newID();
        const answer = await register(userID, { birth });
        expect(answer).toMatchObject({ status: 400, body: { errCode: 400, errMsg: expect.stringContaining('birth') } });
        expect(await profile(userID)).toBeUndefined();
      },
    );
  });

  describe('limits', () => {
    it.each([
      ['nickname', 64, 'name'],
      ['faceUrl', 1024, 'icon'],
      ['faceURL', 1024, 'icon'],
      ['phoneNum', 32, 'mobile'],
      ['phoneNumber', 32, 'mobile'],
      ['email', 64, 'email'],
      ['ex', 1024, 'ex'],
    ])('%s holds %d characters, smileys counting one, and not one more', async (field, limit, shownAs) => {
      const [fits, tooLong] = [newID(), newID()];
      const full = SMILE.repeat(limit);
      expect((await register(fits, { [field]: full })).body.errCode).toBe(0);
      expect((await profile(fits))[shownAs]).toBe(full);

      const answer = await register(tooLong, { [field]: full + 'x' });
      expect(answer.status).toBe(400);
      expect(answer.body).toEqual({ errCode: 400, errMsg: expect.any(String) });
      expect(answer.body.errMsg.toLowerCase()).toContain(field.toLowerCase().slice(0, 7));
      expect(await profile(tooLong)).toBeUndefined();
    });

    it('userID holds 64 characters and not one more', async () => {
      expect((await register('u'.repeat(64))).body.errCode).toBe(0);
      const answer = await register('v'.repeat(65));
      expect(answer).toMatchObject({ status: 400, body: { errCode: 400, errMsg: expect.stringContaining('userID') } });
      expect(await profile('v'.repeat(65))).toBeUndefined();
    });
  });

  describe.each(['/auth/user_register', '/auth/user_token'])('%s refuses', (path) => {
    const lastPlatform = path === '/auth/user_register' ? 7 : 9;

    it.each([
      ['no secret', 'secret', { secret: null }],
      ['an empty secret', 'secret', { secret: '' }],
      ['a secret of 33 characters', 'secret', { secret: 's'.repeat(33) }],
      ['a numeric secret', 'secret', { secret: 1 }],
      ['no userID', 'userID', { userID: null }],
      ['an empty userID', 'userID', { userID: '' }],
      ['a numeric userID', 'userID', { userID: 5 }],
      ['a userID of 65 characters', 'userID', { userID: 'u'.repeat(65) }],
      ['no operationID', 'operationID', { operationID: null }],
      ['an empty operationID', 'operationID', { operationID: '' }],
      ['a numeric operationID', 'operationID', { operationID: 7 }],
      ['no platform', 'platform', { platform: null }],
      ['platform 0', 'platform', { platform: 0 }],
      ['platform -1', 'platform', { platform: -1 }],
      ['a platform beyond the last', 'platform', { platform: lastPlatform + 1 }],
      ['a platform outside int32', 'platform', { platform: 4294967297 }],
      ['a platform in text', 'platform', { platform: '1' }],
      ['a broken platform', 'platform', { platform: 1.5 }],
    ])('%s, naming %s', async (_, field, wrong) => {
      const userID = newID();
      const right = { secret: 'tuoyun', platform: 1, userID, operationID: '1' };
      const answer = await im.post(path, { ...right, ...wrong });
      expect(answer.status).toBe(400);
      expect(answer.body).toEqual({ errCode: 400, errMsg: expect.stringContaining(field) });
      expect(answer.text).not.toContain('s'.repeat(33));
      expect(await profile(userID)).toBeUndefined();
    });

    it.each(['wrong', 'Tuoyun', 'tuoyun ', 'tuoyu'])('the secret "%s"', async (secret) => {
      const userID = newID();
      const answer = await im.v2(path, { secret, platform: 1, userID });
      expect(answer.status).toBe(400);
      expect(answer.body).toEqual({ errCode: 401, errMsg: 'not authorized' });
      expect(await profile(userID)).toBeUndefined();
    });

    it('a malformed request before it looks at the secret', async () => {
      const answer = await im.v2(path, { secret: 'wrong', platform: 0, userID: newID() });
      expect(answer).toMatchObject({ status: 400, body: { errCode: 400 } });
    });
  });

  describe('registering refuses', () => {
    it.each([
      ['gender', { gender: 3 }],
      ['gender', { gender: -1 }],
      ['gender', { gender: '1' }],
      ['nickname', { nickname: 5 }],
      ['faceU', { faceUrl: ['a'] }],
      ['phoneNum', { phoneNum: 18666667777 }],
      ['email', { email: {} }],
      ['ex', { ex: true }],
      ['userID', { userID: 'a:b' }],
    ])('a wrong %s in %j', async (field, wrong) => {
      const userID = newID();
      const answer = await register(userID, wrong);
      expect(answer.status).toBe(400);
      expect(answer.body).toEqual({ errCode: 400, errMsg: expect.stringContaining(field) });
      expect(await profile(userID)).toBeUndefined();
      expect(await profile('a:b')).toBeUndefined();
    });

    it('a userID that is taken, leaving its owner as she was', async () => {
      const userID = newID();
      await register(userID, { nickname: 'first', email: 'first@x' });
      const answer = await register(userID, { nickname: 'the-second', email: 'second@x' });
      expect(answer).toMatchObject({ status: 200, body: { errCode: 500, errMsg: expect.stringMatching(/./) } });
      expect(answer.body.data?.token ?? '').toBe('');
      expect(answer.text).not.toMatch(/tuoyun|the-second|second@x|constraint|duplicate entry|sqlite/i);
      expect(await profile(userID)).toMatchObject({ name: 'first', email: 'first@x' });
    });

    it('all but one of ten that want the same userID at once', async () => {
      const userID = newID();
      const answers = await Promise.all(Array.from({ length: 10 }, () => register(userID)));
      expect(answers.map((answer) => answer.status)).toEqual(Array(10).fill(200));
      const codes = answers.map((answer) => answer.body.errCode).sort((a, b) => a - b);
      expect(codes).toEqual([0, ...Array(9).fill(500)]);
    });
  });

  describe('a token', () => {
    const platforms = ['IOS', 'Android', 'Windows', 'OSX', 'Web', 'MiniWeb', 'Linux', 'APad', 'IPad'];

    it.each([
      ...platforms.slice(0, 7).map((name, i) => ['/auth/user_register', i + 1, name] as const),
      ...platforms.map((name, i) => ['/auth/user_token', i + 1, name] as const),
    ])('of %s for platform %d says %s', async (path, platform, name) => {
      const userID = newID();
      if (path === '/auth/user_token') await im.register(userID);
      const now = Date.now() / 1000;
      const { body } = await im.v2(path, { secret: 'tuoyun', platform, userID });
      const data = { userID, token: expect.any(String), expiredTime: expect.any(Number) };
      expect(body).toEqual({ errCode: 0, errMsg: '', data });

      const { header, claims } = opened(body.data.token);
      const { iat, exp } = claims;
      expect(header).toEqual({ alg: 'HS256', typ: 'JWT' });
      expect(claims).toEqual({
        UID: userID,
        Platform: name,
        exp,
        nbf: iat,
        iat,
        appMangerLevel: 1,
        jti: expect.any(String),
      });
      expect(exp - iat).toBe(SEVEN_DAYS);
      expect(Math.abs(iat - now)).toBeLessThan(30);
      expect(body.data.expiredTime).toBe(exp);
      expect(await isAccepted(body.data.token)).toBe(true);
    });

    it('never replaces an earlier one of the same platform', async () => {
      const userID = newID();
      const first = (await register(userID)).body.data.token;
      const second = (await userToken(userID)).body.data.token;
      const third = (await userToken(userID, { loginIp: '10.0.0.1' })).body.data.token;
      expect(new Set([first, second, third]).size).toBe(3);
      for (const token of [first, second, third]) expect(await isAccepted(token)).toBe(true);
    });

    it('of an administrator opens the administrator endpoints', async () => {
      const { token } = (await userToken('openIM123456', { platform: 8 })).body.data;
      expect(opened(token).claims).toMatchObject({ UID: 'openIM123456', Platform: 'APad', appMangerLevel: 2 });
      expect((await im.v1('/manager/get_all_users_uid', {}, token)).body.uidList).toContain('openIM123456');
    });

    it('may be asked for with a loginIp, which must be text', async () => {
      await im.register('traveller');
      expect((await userToken('traveller', { loginIp: '' })).body.errCode).toBe(0);
      const answer = await userToken('traveller', { loginIp: 10 });
      expect(answer).toMatchObject({ status: 400, body: { errCode: 400, errMsg: expect.stringContaining('loginIp') } });
    });

    it('is not given to strangers', async () => {
      const answer = await userToken('stranger');
      expect(answer.status).toBe(200);
      const data = { userID: 'stranger', token: '', expiredTime: 0 };
      expect(answer.body).toEqual({ errCode: 802, errMsg: 'db failed', data });
      expect(await profile('stranger')).toBeUndefined();
    });
  });
});
