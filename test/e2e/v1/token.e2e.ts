import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Im } from '../../support/im.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';

const PATH = '/auth/user_token';
const ADMIN = 'openIM123456';
const WEEK = 604_800;
const MEBIBYTE = 1024 * 1024;
const UNKNOWN_USER = { errCode: 614, errMsg: "Can't find the user information" };

const form = (uid: string, more: object = {}) => ({ secret: 'tuoyun', platform: 1, uid, ...more });
const naming = (field: string) => expect.stringMatching(new RegExp(`\\b${field}\\b`));
const decoded = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
const claimsOf = (token: string) => decoded(token.split('.')[1]);

describeOnEachDatabase('Asking for a token in v1', (database) => {
  let im: Im;
  beforeAll(async () => {
    im = await startIm({ database });
    await im.register('ann');
  });
  afterAll(() => im.close());

  const ask = async (body: unknown, headers?: Record<string, string>) => {
    const { status, body: answer } = await im.post(PATH, body, headers);
    return { status, body: answer };
  };
  const tokenFor = async (uid: string, platform = 1) => (await ask(form(uid, { platform }))).body.data.token as string;
  const everyUid = (token: string) => im.v1('/manager/get_all_users_uid', {}, token);
  const pageOfUsers = (token: string) =>
    im.v3('/user/get_users', { pagination: { pageNumber: 1, showNumber: 10 } }, token);

  describe('the answer', () => {
    it('tells the uid, the token and when it ends', async () => {
      const answer = await ask(form('ann'));
      const data = { uid: 'ann', token: expect.any(String), expiredTime: expect.any(Number) };
      expect(answer).toEqual({ status: 200, body: { errCode: 0, errMsg: '', data } });
      expect(answer.body.data.expiredTime).toBe(claimsOf(answer.body.data.token).exp);
    });

    it.each([
      [1, 'IOS'],
      [2, 'Android'],
      [3, 'Windows'],
      [4, 'OSX'],
      [5, 'Web'],
      [6, 'MiniWeb'],
      [7, 'Linux'],
      [8, 'APad'],
    ])('is a token for platform %i under its name %s that lives for a week', async (platform, name) => {
      const earliest = Math.floor(Date.now() / 1000) - 1;
      const token = await tokenFor('ann', platform);
      const claims = claimsOf(token);
      expect(decoded(token.split('.')[0])).toEqual({ alg: 'HS256', typ: 'JWT' });
      expect(claims).toEqual({
        UID: 'ann',
        Platform: name,
        appMangerLevel: 1,
        jti: expect.any(String),
        iat: expect.any(Number),
        nbf: claims.iat,
        exp: claims.iat + WEEK,
      });
      expect(claims.iat).toBeGreaterThanOrEqual(earliest);
      expect(claims.iat).toBeLessThanOrEqual(Math.ceil(Date.now() / 1000) + 1);
    });

    it('marks an administrator as one', async () => {
      expect(claimsOf(await tokenFor(ADMIN))).toMatchObject({ UID: ADMIN, appMangerLevel: 2 });
    });

    it.each(['tuoyun', 'openIM123'])('is given for the secret %s', async (secret) => {
      expect((await ask(form('ann', { secret }))).body).toMatchObject({ errCode: 0, data: { uid: 'ann' } });
    });
  });

  describe('the token', () => {
    it('of an administrator opens what administrators may do', async () => {
      const answer = await everyUid(await tokenFor(ADMIN));
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual({ errCode: 0, errMsg: '', uidList: expect.arrayContaining(['ann', ADMIN]) });
    });

    it('of an ordinary user does not', async () => {
      const answer = await everyUid(await tokenFor('ann'));
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual({ errCode: 401, errMsg: 'not authorized', uidList: [] });
    });

    it('is good in v3, too', async () => {
      expect((await pageOfUsers(await tokenFor('ann'))).body).toMatchObject({ errCode: 0, errMsg: '', errDlt: '' });
    });

    it('leaves the earlier ones of the same platform valid', async () => {
      const first = await tokenFor(ADMIN);
      const second = await tokenFor(ADMIN);
      expect(second).not.toBe(first);
      expect(claimsOf(second).jti).not.toBe(claimsOf(first).jti);
      expect((await everyUid(first)).body.errCode).toBe(0);
      expect((await everyUid(second)).body.errCode).toBe(0);
    });

    it('leaves those of other platforms valid', async () => {
      const phone = await tokenFor('ann', 2);
      const desk = await tokenFor('ann', 3);
      const page = await tokenFor('ann', 5);
      for (const token of [phone, desk, page]) {
        expect((await pageOfUsers(token)).body.errCode).toBe(0);
      }
    });

    it('of the registration stays valid when another is asked for', async () => {
      const registered = await im.post('/auth/user_register', form('fay', { name: 'Fay' }));
      await tokenFor('fay');
      expect((await pageOfUsers(registered.body.data.token)).body.errCode).toBe(0);
    });

    it('is a different one for each of twenty who ask at the same moment, and all are good', async () => {
      const tokens = await Promise.all(Array.from({ length: 20 }, () => tokenFor(ADMIN)));
      expect(new Set(tokens).size).toBe(20);
      const answers = await Promise.all(tokens.map(everyUid));
      expect(answers.map(({ body }) => body.errCode)).toEqual(tokens.map(() => 0));
    });
  });

  describe('somebody who is not registered', () => {
    beforeAll(() => im.register('Bob'));

    it.each(['nobody', 'bob', 'Bob ', ' Bob', 'openimadmin', 'x'.repeat(64)])(
      'gets no token as "%s" and does not become registered',
      async (uid) => {
        expect(await ask(form(uid))).toEqual({ status: 200, body: UNKNOWN_USER });
        expect((await everyUid(await tokenFor(ADMIN))).body.uidList).not.toContain(uid);
      },
    );

    it('does not spoil it for the one whose name looks alike', async () => {
      expect(await ask(form('Bob'))).toMatchObject({ status: 200, body: { errCode: 0, data: { uid: 'Bob' } } });
    });
  });

  describe('field limits', () => {
    it('accept a uid of 64 characters', async () => {
      const uid = '张'.repeat(64);
      await im.register(uid);
      expect(await ask(form(uid))).toMatchObject({ status: 200, body: { errCode: 0, data: { uid } } });
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
      ['platform', '9', 9],
      ['platform', 'negative', -1],
      ['platform', 'a fraction', 1.5],
      ['platform', 'a string', '1'],
      ['platform', 'beyond 32 bits', 4_294_967_297],
      ['uid', 'absent', undefined],
      ['uid', 'null', null],
      ['uid', 'empty', ''],
      ['uid', 'of 65 letters', 'u'.repeat(65)],
      ['uid', 'of 65 emoji', '😀'.repeat(65)],
      ['uid', 'a number', 7],
      ['uid', 'a list', ['ann']],
    ])('refuse a %s that is %s', async (field, _label, value) => {
      const answer = await ask({ ...form('ann'), [field]: value });
      expect(answer).toEqual({ status: 400, body: { errCode: 400, errMsg: naming(field) } });
    });
  });

  describe('the secret', () => {
    const REFUSED = { status: 400, body: { errCode: 401, errMsg: 'not authorized' } };

    it.each(['Tuoyun', 'tuoyun ', 'OPENIM123', 'wrong', 's'.repeat(32)])(
      'is refused when it is "%s"',
      async (secret) => {
        expect(await ask(form('ann', { secret }))).toEqual(REFUSED);
      },
    );

    it('is looked at after the fields and before the uid', async () => {
      const malformed = await ask(form('ann', { secret: 'wrong', platform: 9 }));
      expect(malformed).toEqual({ status: 400, body: { errCode: 400, errMsg: naming('platform') } });
      expect(await ask(form('nobody', { secret: 'wrong' }))).toEqual(REFUSED);
    });

    it('is never repeated in an answer', async () => {
      const guess = 'open-sesame-'.padEnd(33, 'z');
      expect((await im.post(PATH, form('ann', { secret: guess }))).text).not.toContain('open-sesame');
      expect((await im.post(PATH, form('ann', { secret: 'open-sesame' }))).text).not.toContain('open-sesame');
      expect((await im.post(PATH, form('nobody'))).text).not.toContain('tuoyun');
    });
  });

  describe('the request', () => {
    const json = (rest = '') => `{"secret":"tuoyun","platform":1,"uid":"ann"${rest}}`;

    it('may spell its keys in any case, but the exact spelling wins', async () => {
      expect((await ask({ Secret: 'tuoyun', PLATFORM: 1, Uid: 'ann' })).body).toMatchObject({ data: { uid: 'ann' } });
      expect((await ask(json(',"UID":"nobody"'))).body).toMatchObject({ data: { uid: 'ann' } });
      expect((await ask({ UID: 'nobody', ...form('ann') })).body).toMatchObject({ data: { uid: 'ann' } });
    });

    it('may carry members that mean nothing', async () => {
      expect((await ask(form('ann', { color: 'red', nested: [{ a: 1 }] }))).body.errCode).toBe(0);
    });

    it.each(['text/plain', 'application/x-www-form-urlencoded', 'nonsense'])(
      'is read as JSON under the Content-Type %s',
      async (type) => {
        const answer = await ask(json(), { 'content-type': type });
        expect(answer).toMatchObject({ status: 200, body: { errCode: 0, data: { uid: 'ann' } } });
      },
    );

    it('is read as JSON without a Content-Type', async () => {
      const answer = await fetch(im.url + PATH, { method: 'POST', body: new TextEncoder().encode(json()) });
      expect(await answer.json()).toMatchObject({ errCode: 0, data: { uid: 'ann' } });
    });

    it.each<[string, string]>([
      ['empty', ''],
      ['an empty object', '{}'],
      ['broken off', '{"secret":"tuoyun"'],
      ['a list', `[${json()}]`],
      ['carrying __proto__', json(',"__proto__":{"platform":2}')],
      ['carrying __proto__ further down', json(',"more":{"deep":[{"__proto__":1}]}')],
      ['of more than 8 MiB', json(`,"more":"${'x'.repeat(8 * MEBIBYTE)}"`)],
    ])('is refused when its body is %s', async (_label, body) => {
      expect(await ask(body)).toEqual({ status: 400, body: { errCode: 400, errMsg: expect.stringMatching(/./) } });
    });
  });
});
