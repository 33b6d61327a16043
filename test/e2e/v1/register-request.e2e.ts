import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Im } from '../../support/im.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';

const PATH = '/auth/user_register';
const MEBIBYTE = 1024 * 1024;

const form = (uid: string) => ({ secret: 'tuoyun', platform: 1, uid, name: 'Ann' });
const json = (uid: string, rest = '') => `{"secret":"tuoyun","platform":1,"uid":"${uid}","name":"Ann"${rest}}`;

describeOnEachDatabase('A request to register in v1', (database) => {
  let im: Im;
  beforeAll(async () => {
    im = await startIm({ database });
  });
  afterAll(() => im.close());

  const register = async (body: unknown, headers?: Record<string, string>) => {
    const { status, body: answer } = await im.post(PATH, body, headers);
    return { status, body: answer };
  };
  const everyUid = async () => {
    const answer = await im.v1('/manager/get_all_users_uid', {}, await im.adminToken());
    return answer.body.uidList as string[];
  };
  const expectRefused = async (body: unknown) => {
    const before = await everyUid();
    const error = { errCode: 400, errMsg: expect.stringMatching(/./) };
    expect(await register(body)).toEqual({ status: 400, body: error });
    expect(await everyUid()).toEqual(before);
  };

  it('may spell its keys in any case, but the exact spelling wins', async () => {
    expect((await register({ SECRET: 'tuoyun', Platform: 1, UID: 'loud', NAME: 'Loud' })).body.errCode).toBe(0);
    const read = await im.v1('/user/get_user_info', { uidList: ['loud'] }, await im.adminToken());
    expect(read.body.data).toMatchObject([{ uid: 'loud', name: 'Loud' }]);
    expect((await register(json('exact', ',"UID":"other"'))).body.data.uid).toBe('exact');
    expect((await register({ UID: 'other', ...form('exact-2') })).body.data.uid).toBe('exact-2');
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/xml', 'multipart/form-data', 'nonsense'])(
    'is read as JSON under the Content-Type %s',
    async (type) => {
      const answer = await register(json(`as-${type}`), { 'content-type': type });
      expect(answer).toMatchObject({ status: 200, body: { errCode: 0, data: { uid: `as-${type}` } } });
    },
  );

  it('is read as JSON without a Content-Type', async () => {
    const answer = await fetch(im.url + PATH, { method: 'POST', body: new TextEncoder().encode(json('untyped')) });
    expect(await answer.json()).toMatchObject({ errCode: 0, data: { uid: 'untyped' } });
  });

  it.each<[string, string]>([
    ['empty', ''],
    ['broken off', '{"secret":"tuoyun"'],
    ['no JSON', 'secret=tuoyun&uid=never'],
    ['null', 'null'],
    ['a list', `[${json('never')}]`],
    ['a string', '"never"'],
    ['carrying __proto__', json('never', ',"__proto__":{"gender":1}')],
    ['carrying __proto__ further down', json('never', ',"more":[{"__proto__":null}]')],
    ['carrying an escaped __proto__', json('never', ',"\\u005f_proto__":{"gender":1}')],
  ])('is refused when its body is %s', async (_label, body) => {
    await expectRefused(body);
  });

  it('may weigh 8 MiB and not a byte more', async () => {
    const weighing = (bytes: number, uid: string) =>
      json(uid, `,"more":"${'x'.repeat(bytes - json(uid, ',"more":""').length)}"`);
    expect((await register(weighing(8 * MEBIBYTE, 'heavy'))).body.errCode).toBe(0);
    await expectRefused(weighing(8 * MEBIBYTE + 1, 'never'));
  });

  it.each(['GET', 'PUT', 'DELETE'])('does not exist as %s', async (method) => {
    expect((await fetch(im.url + PATH, { method })).status).toBe(404);
  });
});
