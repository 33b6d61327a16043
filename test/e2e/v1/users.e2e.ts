import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Im } from '../../support/im.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';

const UPDATE = '/user/update_user_info';
const READ = '/user/get_user_info';
const ADMIN = 'openIM123456';
const OK = { errCode: 0, errMsg: '' };
const EMPTY = { name: '', icon: '', gender: 0, mobile: '', birth: '', email: '', ex: '' };
const FULL = { name: 'Ann', icon: 'http://a', gender: 2, mobile: '110', birth: '1998.12.15', email: 'a@b', ex: '{}' };

const naming = (field: string) => expect.stringMatching(new RegExp(`\\b${field}\\b`));
const base64 = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
/** A token of an administrator as somebody would make it who does not know the key. */
function forged(alg: 'HS256' | 'none'): string {
  const iat = Math.floor(Date.now() / 1000) - 10;
  const claims = { UID: ADMIN, Platform: 'IOS', appMangerLevel: 2, jti: 'forged', iat, nbf: iat, exp: iat + 604_800 };
  const text = `${base64({ alg, typ: 'JWT' })}.${base64(claims)}`;
  return `${text}.${alg === 'none' ? '' : createHmac('sha256', 'a wrong key').update(text).digest('base64url')}`;
}
const BAD_TOKENS: [string, string | undefined, string][] = [
  ['no token', undefined, "that's not even a token"],
  ['an empty token', '', "that's not even a token"],
  ['garbage for a token', 'garbage', "that's not even a token"],
  ['a token signed with a wrong key', forged('HS256'), "couldn't handle this token"],
  ['an unsigned token', forged('none'), "couldn't handle this token"],
];

describeOnEachDatabase('User profiles in v1', (database) => {
  let im: Im;
  let admin: string;
  beforeAll(async () => {
    im = await startIm({ database });
    admin = await im.adminToken();
  });
  afterAll(() => im.close());

  /** Nothing is added to the request: what is absent here is absent there. */
  const callWith = async (token: string | undefined, path: string, body: unknown) => {
    const { status, body: answer } = await im.post(path, body, token === undefined ? {} : { token });
    return { status, body: answer };
  };
  const call = (path: string, body: unknown) => callWith(admin, path, body);
  const update = (uid: string, fields: object) => call(UPDATE, { operationID: '1', uid, ...fields });
  const read = (...uidList: string[]) => call(READ, { operationID: '1', uidList });
  const profile = async (uid: string) => (await read(uid)).body.data[0];
  const inV3 = async (userID: string) => {
    const page = await im.v3('/user/get_users', { pagination: { pageNumber: 1, showNumber: 1000 } }, admin);
    return page.body.data.users.find((user: { userID: string }) => user.userID === userID);
  };
  let serial = 0;
  const newUser = async (fields: object = FULL) => {
    const uid = `user-${++serial}`;
    const answer = await call('/auth/user_register', { secret: 'tuoyun', platform: 1, uid, name: '', ...fields });
    expect(answer.body.errCode).toBe(0);
    return uid;
  };

  describe('updating', () => {
    it('changes what it names and nothing else', async () => {
      const uid = await newUser();
      expect(await update(uid, { name: 'Anna', mobile: '119' })).toEqual({ status: 200, body: OK });
      expect(await profile(uid)).toEqual({ uid, ...FULL, name: 'Anna', mobile: '119' });
    });

    it('can change everything at once, and only of this user', async () => {
      const uid = await newUser(EMPTY);
      const neighbour = await newUser();
      expect(await update(uid, FULL)).toEqual({ status: 200, body: OK });
      expect(await profile(uid)).toEqual({ uid, ...FULL });
      expect(await update(uid, { ...FULL, name: 'again' })).toEqual({ status: 200, body: OK });
      expect(await profile(neighbour)).toEqual({ uid: neighbour, ...FULL });
    });

    it.each<[string, string | number]>([
      ['name', ''],
      ['icon', ''],
      ['gender', 0],
      ['mobile', ''],
      ['birth', ''],
      ['email', ''],
      ['ex', ''],
    ])('can clear the %s', async (field, empty) => {
      const uid = await newUser();
      expect(await update(uid, { [field]: empty })).toEqual({ status: 200, body: OK });
      expect(await profile(uid)).toEqual({ uid, ...FULL, [field]: empty });
    });

    it('leaves alone what is absent or null', async () => {
      const uid = await newUser();
      expect(await update(uid, {})).toEqual({ status: 200, body: OK });
      const nulls = Object.fromEntries(Object.keys(FULL).map((field) => [field, null]));
      expect(await update(uid, nulls)).toEqual({ status: 200, body: OK });
      expect(await profile(uid)).toEqual({ uid, ...FULL });
    });

    it('is seen in v3', async () => {
      const uid = await newUser();
      const before = await inV3(uid);
      await update(uid, { name: 'Anna', icon: 'http://new', ex: 'new', gender: 1 });
      expect(before).toMatchObject({ nickname: 'Ann', faceURL: 'http://a', ex: '{}' });
      expect(await inV3(uid)).toEqual({ ...before, nickname: 'Anna', faceURL: 'http://new', ex: 'new' });
    });

    it('makes nobody an administrator, and leaves an administrator one', async () => {
      const uid = await newUser();
      await update(uid, { name: 'Anna', appMangerLevel: 2 });
      expect(await inV3(uid)).toMatchObject({ nickname: 'Anna', appMangerLevel: 1 });
      await update('openIM654321', { name: 'Boss' });
      expect(await inV3('openIM654321')).toMatchObject({ nickname: 'Boss', appMangerLevel: 2 });
    });

    it('does not mistake users whose uids look alike', async () => {
      await im.register('Bob', 'bob', 'bob ');
      expect((await update('bob', { name: 'changed' })).body).toEqual(OK);
      const names = (await read('Bob', 'bob', 'bob ')).body.data.map((user: { name: string }) => user.name);
      expect(names).toEqual(['Bob', 'changed', 'bob ']);
    });

    it('loses nothing when several fields are changed at the same moment', async () => {
      const uid = await newUser(EMPTY);
      const answers = await Promise.all(Object.entries(FULL).map(([field, value]) => update(uid, { [field]: value })));
      expect(answers).toEqual(answers.map(() => ({ status: 200, body: OK })));
      expect(await profile(uid)).toEqual({ uid, ...FULL });
    });

    it('may spell its keys in any case', async () => {
      const uid = await newUser();
      expect((await call(UPDATE, { OperationId: '1', uid, NAME: 'Loud', Gender: 1 })).body).toEqual(OK);
      expect(await profile(uid)).toEqual({ uid, ...FULL, name: 'Loud', gender: 1 });
    });

    it('does not create who is not registered', async () => {
      const answer = await update('nobody', { name: 'Nobody' });
      expect(answer).toEqual({ status: 200, body: { errCode: 616, errMsg: 'update user some attribute failed' } });
      expect((await read('nobody')).body.data).toEqual([]);
    });
  });

  describe('the limits of an update', () => {
    it.each<[string, string, unknown]>([
      ['name', 'of 64 emoji', '😀'.repeat(64)],
      ['icon', 'of 1024 bytes in 342 characters', `${'张'.repeat(341)}i`],
      ['mobile', 'of 32 characters', '机'.repeat(32)],
      ['birth', 'of 16 characters', '生'.repeat(16)],
      ['email', 'of 64 characters', '信'.repeat(64)],
      ['ex', 'of 1024 characters', '张'.repeat(1024)],
    ])('allow a %s %s', async (field, _label, value) => {
      const uid = await newUser();
      expect(await update(uid, { [field]: value })).toEqual({ status: 200, body: OK });
      expect(await profile(uid)).toEqual({ uid, ...FULL, [field]: value });
    });

    it.each<[string, string, unknown]>([
      ['name', 'of 65 letters', 'n'.repeat(65)],
      ['name', 'a number', 7],
      ['icon', 'of 1025 bytes in 343 characters', `${'张'.repeat(341)}ii`],
      ['gender', '3', 3],
      ['gender', 'negative', -1],
      ['gender', 'a string', '1'],
      ['gender', 'a fraction', 0.5],
      ['mobile', 'of 33 characters', 'm'.repeat(33)],
      ['birth', 'of 17 characters', 'b'.repeat(17)],
      ['email', 'of 65 characters', 'e'.repeat(65)],
      ['ex', 'of 1025 characters', 'x'.repeat(1025)],
      ['ex', 'an object', {}],
      ['operationID', 'absent', undefined],
      ['operationID', 'empty', ''],
      ['operationID', 'a number', 1],
    ])('refuse a %s that is %s, and nothing changes', async (field, _label, value) => {
      const uid = await newUser();
      const answer = await update(uid, { mobile: '119', email: 'new', [field]: value });
      expect(answer).toEqual({ status: 400, body: { errCode: 400, errMsg: naming(field) } });
      expect(await profile(uid)).toEqual({ uid, ...FULL });
    });

    it.each<[string, unknown]>([
      ['absent', undefined],
      ['null', null],
      ['empty', ''],
      ['a number', 7],
    ])('refuse a uid that is %s', async (_label, uid) => {
      const answer = await call(UPDATE, { operationID: '1', uid, name: 'Anna' });
      expect(answer).toEqual({ status: 400, body: { errCode: 400, errMsg: naming('uid') } });
    });

    it('refuse a body with __proto__', async () => {
      const uid = await newUser();
      const answer = await call(UPDATE, `{"operationID":"1","uid":"${uid}","name":"x","__proto__":{"gender":1}}`);
      expect(answer).toEqual({ status: 400, body: { errCode: 400, errMsg: expect.stringMatching(/./) } });
      expect(await profile(uid)).toEqual({ uid, ...FULL });
    });
  });

  describe('a birth', () => {
    it.each(['1998.12.15', '1998-12-15', '1998/1/5', '1960.01.01', '2000.02.30', 'Dec 15, 1998'])(
      'written in v1 as %s is read as it was sent',
      async (birth) => {
        const uid = await newUser({ birth });
        expect((await profile(uid)).birth).toBe(birth);
        const other = await newUser();
        await update(other, { birth });
        expect((await profile(other)).birth).toBe(birth);
      },
    );

    it.each([
      [1640692941, '2021.12.28'],
      [1, '1970.01.01'],
      [86399, '1970.01.01'],
      [86400, '1970.01.02'],
      [951782400, '2000.02.29'],
      [4294967295, '2106.02.07'],
      [0, ''],
      [undefined, ''],
    ])('written in v2 as %s is read in v1 as "%s"', async (birth, text) => {
      const userID = `v2-${birth}`;
      await im.v2('/auth/user_register', { secret: 'tuoyun', platform: 1, userID, nickname: 'V', birth });
      expect(await profile(userID)).toEqual({ ...EMPTY, uid: userID, name: 'V', birth: text });
    });
  });

  describe('reading', () => {
    it('answers in the order of the question and skips who does not exist', async () => {
      const [one, two] = [await newUser(), await newUser({ ...EMPTY, name: 'Two' })];
      const data = [
        { uid: two, ...EMPTY, name: 'Two' },
        { uid: ADMIN, ...EMPTY, name: 'system1' },
        { uid: one, ...FULL },
      ];
      const answer = await read(two, 'nobody', ADMIN, one, `${one} `, two.toUpperCase());
      expect(answer).toEqual({ status: 200, body: { ...OK, data } });
    });

    it('answers an empty list when nobody is found', async () => {
      expect(await read('nobody', 'nobody else')).toEqual({ status: 200, body: { ...OK, data: [] } });
    });

    it('shows all members of a user that came in v3', async () => {
      const users = [{ userID: 'from-v3', nickname: 'Three', faceURL: 'http://3', ex: 'x' }];
      expect((await im.v3('/user/user_register', { secret: 'openIM123', users })).body.errCode).toBe(0);
      const data = [{ ...EMPTY, uid: 'from-v3', name: 'Three', icon: 'http://3', ex: 'x' }];
      expect((await read('from-v3')).body).toEqual({ ...OK, data });
    });

    it.each<[string, unknown]>([
      ['absent', undefined],
      ['null', null],
      ['empty', []],
    ])('misses the list when it is %s', async (_label, uidList) => {
      const answer = await call(READ, { operationID: '1', uidList });
      expect(answer).toEqual({ status: 200, body: { errCode: 999, errMsg: 'uidList is nil' } });
    });

    it.each<[string, unknown]>([
      ['uidList', 'ann'],
      ['uidList', { 0: 'ann' }],
      ['uidList', ['ann', 7]],
      ['operationID', undefined],
      ['operationID', null],
      ['operationID', ''],
      ['operationID', 7],
    ])('refuses the %s %j', async (field, value) => {
      const answer = await call(READ, { operationID: '1', uidList: ['ann'], [field]: value });
      expect(answer).toEqual({ status: 400, body: { errCode: 400, errMsg: naming(field) } });
    });
  });

  describe('who is no administrator', () => {
    it.each(BAD_TOKENS)('cannot update with %s', async (_label, token, errMsg) => {
      const uid = await newUser();
      const answer = await callWith(token, UPDATE, { operationID: '1', uid, name: 'Anna' });
      expect(answer).toEqual({ status: 200, body: { errCode: 200, errMsg } });
      expect(await profile(uid)).toEqual({ uid, ...FULL });
    });

    it.each(BAD_TOKENS)('cannot read with %s', async (_label, token, errMsg) => {
      const answer = await callWith(token, READ, { operationID: '1', uidList: [ADMIN] });
      expect(answer).toEqual({ status: 200, body: { errCode: 200, errMsg } });
    });

    it('can neither update nor read, not even itself', async () => {
      const uid = await newUser();
      const token = await im.tokenOf(uid);
      const updated = await callWith(token, UPDATE, { operationID: '1', uid, name: 'Anna' });
      expect(updated).toEqual({ status: 200, body: { errCode: 800, errMsg: 'no permission' } });
      const seen = await callWith(token, READ, { operationID: '1', uidList: [uid] });
      expect(seen).toEqual({ status: 200, body: { errCode: 401, errMsg: 'not authorized' } });
      expect(await profile(uid)).toEqual({ uid, ...FULL });
    });

    it.each(BAD_TOKENS)('hears of a malformed request first, with %s', async (_label, token) => {
      const updated = await callWith(token, UPDATE, { operationID: '1', uid: 'ann', gender: 3 });
      expect(updated).toEqual({ status: 400, body: { errCode: 400, errMsg: naming('gender') } });
      const seen = await callWith(token, READ, { operationID: '1', uidList: 'ann' });
      expect(seen).toEqual({ status: 400, body: { errCode: 400, errMsg: naming('uidList') } });
    });

    it('hears of a missing right before an unknown user', async () => {
      const token = await im.tokenOf(await newUser());
      const updated = await callWith(token, UPDATE, { operationID: '1', uid: 'nobody', name: 'x' });
      expect(updated).toEqual({ status: 200, body: { errCode: 800, errMsg: 'no permission' } });
      const malformed = await callWith(token, UPDATE, { operationID: '1', uid: 'nobody', gender: 3 });
      expect(malformed).toEqual({ status: 400, body: { errCode: 400, errMsg: naming('gender') } });
    });
  });
});
