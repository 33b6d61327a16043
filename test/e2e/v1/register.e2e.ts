import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Im } from '../../support/im.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';

const PATH = '/auth/user_register';
const WEEK = 604_800;
const TAKEN = { errCode: 601, errMsg: 'The account is already registered and cannot be registered again' };
const EMPTY_PROFILE = { name: '', icon: '', gender: 0, mobile: '', birth: '', email: '', ex: '' };

const form = (uid: string, more: object = {}) => ({ secret: 'tuoyun', platform: 1, uid, name: 'Ann', ...more });
const naming = (field: string) => expect.stringMatching(new RegExp(`\\b${field}\\b`));
const decoded = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
const claimsOf = (token: string) => decoded(token.split('.')[1]);

describeOnEachDatabase('Registering a user in v1', (database) => {
  let im: Im;
  beforeAll(async () => {
    im = await startIm({ database });
  });
  afterAll(() => im.close());

  const register = async (body: unknown) => {
    const { status, body: answer } = await im.post(PATH, body);
    return { status, body: answer };
  };
  const profile = async (uid: string) => {
    const answer = await im.v1('/user/get_user_info', { uidList: [uid] }, await im.adminToken());
    return answer.body.data[0];
  };
  const everyUid = async (token?: string) => {
    const answer = await im.v1('/manager/get_all_users_uid', {}, token ?? (await im.adminToken()));
    return answer.body.uidList as string[];
  };
  const expectRefused = async (body: unknown, status: number, error: object) => {
    const before = await everyUid();
    expect(await register(body)).toEqual({ status, body: error });
    expect(await everyUid()).toEqual(before);
  };

  describe('a new account', () => {
    it('gets everything stored that the form said', async () => {
      const { secret, platform, ...fields } = form('full', {
        name: '张三',
        icon: 'https:oss.com.cn/head',
        gender: 1,
        mobile: '17812457845',
        birth: '1998.12.15',
        email: 'xxxx@qq.com',
        ex: 'xxx',
      });
      const answer = await register({ secret, platform, ...fields });
      expect(answer).toEqual({
        status: 200,
        body: {
          errCode: 0,
          errMsg: '',
          data: { uid: 'full', token: expect.any(String), expiredTime: expect.any(Number) },
        },
      });
      expect(await profile('full')).toEqual(fields);
    });

    it('may have nothing but a uid and an empty name', async () => {
      expect((await register(form('plain', { name: '' }))).body.errCode).toBe(0);
      expect(await profile('plain')).toEqual({ uid: 'plain', ...EMPTY_PROFILE });
    });

    it('takes null for absent in the optional fields', async () => {
      const nothing = { icon: null, gender: null, mobile: null, birth: null, email: null, ex: null };
      expect((await register(form('nulls', nothing))).body.errCode).toBe(0);
      expect(await profile('nulls')).toEqual({ uid: 'nulls', ...EMPTY_PROFILE, name: 'Ann' });
    });

    it('ignores members it does not know', async () => {
      expect(
        (await register(form('extra', { color: 'red', nested: { a: [1] }, appMangerLevel: 2 }))).body.errCode,
      ).toBe(0);
      expect(await profile('extra')).toEqual({ uid: 'extra', ...EMPTY_PROFILE, name: 'Ann' });
    });

    it('is an ordinary user for v3', async () => {
      const before = Date.now();
      const { token } = (await register(form('seen', { icon: 'http://a/b', ex: 'more' }))).body.data;
      const page = await im.v3('/user/get_users', { pagination: { pageNumber: 1, showNumber: 1000 } }, token);
      const user = page.body.data.users.find((one: { userID: string }) => one.userID === 'seen');
      const told = { userID: 'seen', nickname: 'Ann', faceURL: 'http://a/b', ex: 'more' };
      expect(user).toEqual({ ...told, createTime: expect.any(Number), appMangerLevel: 1, globalRecvMsgOpt: 0 });
      expect(user.createTime).toBeGreaterThanOrEqual(before - 1000);
      expect(user.createTime).toBeLessThanOrEqual(Date.now() + 1000);
    });

    it.each(['tuoyun', 'openIM123'])('is opened by the secret %s', async (secret) => {
      expect((await register(form(`by-${secret}`, { secret }))).body.errCode).toBe(0);
    });
  });

  describe('the token that comes with it', () => {
    it.each([
      [1, 'IOS'],
      [2, 'Android'],
      [3, 'Windows'],
      [4, 'OSX'],
      [5, 'Web'],
      [6, 'MiniWeb'],
      [7, 'Linux'],
    ])('is for platform %i under its name %s and lives for a week', async (platform, name) => {
      const uid = `on-${name}`;
      const earliest = Math.floor(Date.now() / 1000) - 1;
      const { data } = (await register(form(uid, { platform }))).body;
      const claims = claimsOf(data.token);
      expect(decoded(data.token.split('.')[0])).toEqual({ alg: 'HS256', typ: 'JWT' });
      expect(claims).toEqual({
        UID: uid,
        Platform: name,
        appMangerLevel: 1,
        jti: expect.any(String),
        iat: expect.any(Number),
        nbf: claims.iat,
        exp: claims.iat + WEEK,
      });
      expect(claims.jti).not.toBe('');
      expect(data.expiredTime).toBe(claims.exp);
      expect(claims.iat).toBeGreaterThanOrEqual(earliest);
      expect(claims.iat).toBeLessThanOrEqual(Math.ceil(Date.now() / 1000) + 1);
    });
  });

  describe('field limits', () => {
    let serial = 0;
    it.each<[string, string, unknown]>([
      ['uid', 'of 1 character', 'u'],
      ['uid', 'of 64 letters', 'u'.repeat(64)],
      ['uid', 'of 64 Chinese characters', '张'.repeat(64)],
      ['uid', 'of 64 emoji', '😀'.repeat(64)],
      ['name', 'of 64 letters', 'n'.repeat(64)],
      ['name', 'of 64 emoji', '😀'.repeat(64)],
      ['icon', 'of 1024 letters', 'i'.repeat(1024)],
      ['icon', 'of 1024 bytes in 342 characters', `${'张'.repeat(341)}i`],
      ['gender', 'unknown', 0],
      ['gender', 'male', 1],
      ['gender', 'female', 2],
      ['mobile', 'of 32 characters', '+852-'.padEnd(32, 'x')],
      ['birth', 'of 16 characters', '生'.repeat(16)],
      ['email', 'of 64 characters', '信'.repeat(64)],
      ['ex', 'of 1024 characters', 'x'.repeat(1024)],
      ['ex', 'of 1024 Chinese characters', '张'.repeat(1024)],
    ])('accepts and keeps a %s %s', async (field, _label, value) => {
      const body = { ...form(`limit-${++serial}`), [field]: value };
      expect(await register(body)).toMatchObject({ status: 200, body: { errCode: 0, data: { uid: body.uid } } });
      expect((await profile(body.uid))[field]).toBe(value);
    });

    it.each<[string, string, unknown]>([
      ['secret', 'absent', undefined],
      ['secret', 'null', null],
      ['secret', 'empty', ''],
      ['secret', 'of 33 characters', 's'.repeat(33)],
      ['secret', 'a number', 7],
      ['platform', 'absent', undefined],
      ['platform', 'null', null],
      ['platform', '0', 0],
      ['platform', '8', 8],
      ['platform', 'negative', -1],
      ['platform', 'a fraction', 1.5],
      ['platform', 'a string', '1'],
      ['platform', 'a boolean', true],
      ['platform', 'beyond 32 bits', 4_294_967_297],
      ['uid', 'absent', undefined],
      ['uid', 'null', null],
      ['uid', 'empty', ''],
      ['uid', 'of 65 letters', 'u'.repeat(65)],
      ['uid', 'of 65 emoji', '😀'.repeat(65)],
      ['uid', 'with a colon', 'a:b'],
      ['uid', 'a number', 7],
      ['uid', 'a list', ['u']],
      ['name', 'absent', undefined],
      ['name', 'null', null],
      ['name', 'of 65 letters', 'n'.repeat(65)],
      ['name', 'of 65 emoji', '😀'.repeat(65)],
      ['name', 'a number', 7],
      ['icon', 'of 1025 letters', 'i'.repeat(1025)],
      ['icon', 'of 1025 bytes in 343 characters', `${'张'.repeat(341)}ii`],
      ['icon', 'an object', {}],
      ['gender', '3', 3],
      ['gender', 'negative', -1],
      ['gender', 'a fraction', 0.5],
      ['gender', 'a string', '1'],
      ['gender', 'beyond 32 bits', 4_294_967_297],
      ['mobile', 'of 33 characters', 'm'.repeat(33)],
      ['mobile', 'a number', 17812457845],
      ['birth', 'of 17 characters', '生'.repeat(17)],
      ['birth', 'a number', 913680000],
      ['email', 'of 65 characters', '信'.repeat(65)],
      ['email', 'a list', []],
      ['ex', 'of 1025 characters', '张'.repeat(1025)],
      ['ex', 'an object', {}],
    ])('refuses a %s that is %s', async (field, _label, value) => {
      await expectRefused({ ...form('never'), [field]: value }, 400, { errCode: 400, errMsg: naming(field) });
    });
  });

  describe('the secret', () => {
    it.each(['Tuoyun', 'tuoyun ', 'TUOYUN', 'openim123', 's'.repeat(32)])(
      'is refused when it is "%s"',
      async (secret) => {
        await expectRefused(form('stranger', { secret }), 400, { errCode: 401, errMsg: 'not authorized' });
      },
    );

    it('is looked at after the fields and before the uid', async () => {
      await im.register('settled');
      const wrong = { secret: 'wrong' };
      await expectRefused(form('settled', { ...wrong, gender: 3 }), 400, { errCode: 400, errMsg: naming('gender') });
      await expectRefused(form('settled', wrong), 400, { errCode: 401, errMsg: 'not authorized' });
    });

    it('is never repeated in an answer', async () => {
      const guess = 'open-sesame-'.padEnd(33, 'z');
      expect((await im.post(PATH, form('x', { secret: guess }))).text).not.toContain('open-sesame');
      expect((await im.post(PATH, form('x', { secret: 'open-sesame' }))).text).not.toContain('open-sesame');
      expect((await im.post(PATH, form('x', { gender: 3 }))).text).not.toContain('tuoyun');
    });
  });

  describe('a uid', () => {
    it('can be registered only once, and the second attempt changes nothing', async () => {
      await register(form('once', { name: 'first', ex: 'kept' }));
      await expectRefused(form('once', { name: 'second', platform: 2 }), 200, TAKEN);
      expect(await profile('once')).toMatchObject({ name: 'first', ex: 'kept' });
    });

    it.each([
      ['case', 'Bob', 'bob'],
      ['a trailing blank', 'rob', 'rob '],
      ['a leading blank', 'tob', ' tob'],
      ['an accent', 'jose', 'josé'],
    ])('is another one when it differs in %s', async (_label, one, other) => {
      expect((await register(form(one, { name: 'one' }))).body).toMatchObject({ errCode: 0, data: { uid: one } });
      expect((await register(form(other, { name: 'other' }))).body).toMatchObject({ errCode: 0, data: { uid: other } });
      expect(await profile(one)).toMatchObject({ uid: one, name: 'one' });
      expect(await profile(other)).toMatchObject({ uid: other, name: 'other' });
      expect(await everyUid()).toEqual(expect.arrayContaining([one, other]));
    });

    it('goes to exactly one of fifty who ask for it at the same moment', async () => {
      const asking = Array.from({ length: 50 }, (_, i) => register(form('rush', { name: `asker ${i}` })));
      const answers = await Promise.all(asking);
      const winner = answers.findIndex(({ body }) => body.errCode === 0);
      expect(winner).not.toBe(-1);
      const losers = answers.filter((_, i) => i !== winner);
      expect(losers).toEqual(Array.from({ length: 49 }, () => ({ status: 200, body: TAKEN })));
      expect((await everyUid()).filter((uid) => uid === 'rush')).toHaveLength(1);
      expect((await profile('rush')).name).toBe(`asker ${winner}`);
    });
  });

  describe('an administrator', () => {
    it('registers itself for its first token and updates its profile', async () => {
      const before = await everyUid();
      const first = await register(form('openIM654321', { platform: 2, name: 'Boss', icon: 'http://boss', gender: 2 }));
      expect(first).toMatchObject({ status: 200, body: { errCode: 0, errMsg: '', data: { uid: 'openIM654321' } } });
      const { token } = first.body.data;
      expect(claimsOf(token)).toMatchObject({ UID: 'openIM654321', Platform: 'Android', appMangerLevel: 2 });
      expect(await everyUid(token)).toEqual(before);
      const told = { ...EMPTY_PROFILE, uid: 'openIM654321', name: 'Boss', icon: 'http://boss', gender: 2 };
      expect(await profile('openIM654321')).toEqual(told);
      const page = await im.v3('/user/get_users', { pagination: { pageNumber: 1, showNumber: 1000 } }, token);
      expect(page.body.data.users).toContainEqual(
        expect.objectContaining({ userID: 'openIM654321', nickname: 'Boss', appMangerLevel: 2 }),
      );
    });

    it('may register again, and what it leaves empty stays as it was', async () => {
      await register(form('openIMAdmin', { name: 'Chief', ex: 'kept' }));
      expect((await register(form('openIMAdmin', { name: '', ex: '', mobile: '110' }))).body.errCode).toBe(0);
      expect(await profile('openIMAdmin')).toMatchObject({ name: 'Chief', ex: 'kept', mobile: '110' });
    });

    it.each(['openIM333', 'openimadmin', 'openIMAdmin '])('is not made of the unlisted uid "%s"', async (uid) => {
      const { token } = (await register(form(uid, { appMangerLevel: 2 }))).body.data;
      expect(claimsOf(token).appMangerLevel).toBe(1);
      const answer = await im.v1('/manager/get_all_users_uid', {}, token);
      expect(answer).toMatchObject({ status: 200, body: { errCode: 401, errMsg: 'not authorized', uidList: [] } });
    });
  });
});
