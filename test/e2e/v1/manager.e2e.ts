import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Im } from '../../support/im.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';

const DELETE = '/manager/delete_user';
const EVERYBODY = '/manager/get_all_users_uid';
const ADMIN = 'openIM123456';
const ADMINS = ['openIM123456', 'openIM654321', 'openIMAdmin'];
const OK = { errCode: 0, errMsg: '' };
const NONE_DELETED = { errCode: 201, errMsg: 'some uid deleted failed' };

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

/** Nothing is added to the request: what is absent here is absent there. */
async function call(im: Im, path: string, body: unknown, token?: string) {
  const { status, body: answer } = await im.post(path, body, token === undefined ? {} : { token });
  return { status, body: answer };
}
/** A token as v1 gives it, so that a request which could be v2 as well is answered in v1. */
async function tokenFor(im: Im, uid: string): Promise<string> {
  const answer = await call(im, '/auth/user_token', { secret: 'tuoyun', platform: 1, uid });
  return answer.body.data.token;
}
/** The same token with somebody else's name in it. */
function renamed(token: string, uid: string): string {
  const [head, claims, signature] = token.split('.');
  return [head, base64({ ...JSON.parse(Buffer.from(claims, 'base64url').toString()), UID: uid }), signature].join('.');
}

describeOnEachDatabase('Listing every uid in v1', (database) => {
  let im: Im;
  let admin: string;
  beforeAll(async () => {
    im = await startIm({ database });
    admin = await tokenFor(im, ADMIN);
  });
  afterAll(() => im.close());
  const list = (token?: string, body: unknown = { operationID: '1' }) => call(im, EVERYBODY, body, token);

  describe('the list', () => {
    it('has the three administrators at first and everybody who registers later, in ascending order', async () => {
      expect(await list(admin)).toEqual({ status: 200, body: { ...OK, uidList: ADMINS } });
      await im.register('bob', 'ann');
      expect(await list(admin)).toEqual({ status: 200, body: { ...OK, uidList: ['ann', 'bob', ...ADMINS] } });
    });

    it('has users of every dialect and tells similar uids apart', async () => {
      const secret = 'openIM123';
      await im.v3('/user/user_register', { secret, users: [{ userID: 'three' }, { userID: 'Three' }] });
      await im.v2('/auth/user_register', { secret, platform: 1, userID: 'three ', nickname: '' });
      const { uidList } = (await list(admin)).body;
      expect(uidList).toEqual(expect.arrayContaining(['three', 'Three', 'three ', ...ADMINS]));
      expect(new Set(uidList).size).toBe(uidList.length);
    });

    it('has no pages', async () => {
      const users = Array.from({ length: 1500 }, (_, i) => ({ userID: `many-${i}` }));
      expect((await im.v3('/user/user_register', { secret: 'openIM123', users })).body.errCode).toBe(0);
      const { uidList } = (await list(admin)).body;
      expect(uidList.filter((uid: string) => uid.startsWith('many-'))).toHaveLength(1500);
    });

    it('looks the same for a token of any dialect', async () => {
      const asAlways = await list(admin);
      expect(asAlways.body).toEqual({ ...OK, uidList: expect.arrayContaining(ADMINS) });
      const userID = 'openIM654321';
      const v2 = await im.v2('/auth/user_token', { secret: 'tuoyun', platform: 1, userID });
      expect(await list(v2.body.data.token)).toEqual(asAlways);
      const v3 = await im.v3('/auth/user_token', { secret: 'openIM123', platformID: 1, userID });
      expect(await list(v3.body.data.token)).toEqual(asAlways);
    });

    it.each(ADMINS)('is shown to %s', async (uid) => {
      expect((await list(await tokenFor(im, uid))).body).toMatchObject(OK);
    });
  });

  describe('is withheld', () => {
    it.each(BAD_TOKENS)('from %s', async (_label, token, errMsg) => {
      expect(await list(token)).toEqual({ status: 200, body: { errCode: 200, errMsg, uidList: [] } });
    });

    it('from an ordinary user, also one who puts an administrator into the token', async () => {
      await im.register('eve');
      const token = await tokenFor(im, 'eve');
      expect(await list(token)).toEqual({
        status: 200,
        body: { errCode: 401, errMsg: 'not authorized', uidList: [] },
      });
      expect(await list(renamed(token, ADMIN))).toEqual({
        status: 200,
        body: { errCode: 200, errMsg: "couldn't handle this token", uidList: [] },
      });
    });

    it.each<[string, unknown]>([
      ['without an operationID', {}],
      ['with the operationID null', { operationID: null }],
      ['with an empty operationID', { operationID: '' }],
      ['with a number for an operationID', { operationID: 1 }],
    ])('from a request %s, whoever sends it', async (_label, body) => {
      const malformed = { status: 400, body: { errCode: 400, errMsg: naming('operationID') } };
      expect(await list(admin, body)).toMatchObject(malformed);
      for (const [, token] of BAD_TOKENS) {
        expect(await list(token, body)).toMatchObject(malformed);
      }
    });

    it.each(['', '[]', '{"operationID":"1"', '{"operationID":"1","__proto__":{}}'])(
      'from the body %s',
      async (body) => {
        const malformed = { status: 400, body: { errCode: 400, errMsg: expect.stringMatching(/./) } };
        expect(await list(admin, body)).toMatchObject(malformed);
        expect(await list(undefined, body)).toMatchObject(malformed);
      },
    );
  });
});

describeOnEachDatabase('Deleting users in v1', (database) => {
  let im: Im;
  let admin: string;
  beforeAll(async () => {
    im = await startIm({ database });
    admin = await tokenFor(im, ADMIN);
  });
  afterAll(() => im.close());

  const remove = (deleteUidList: unknown, token?: string) =>
    call(im, DELETE, { operationID: '1', deleteUidList }, token);
  const profiles = async (uidList: string[], token = admin) =>
    call(im, '/user/get_user_info', { operationID: '1', uidList }, token);
  const everyUid = async () => (await call(im, EVERYBODY, { operationID: '1' }, admin)).body.uidList as string[];
  const pageOfUsers = (token: string) =>
    im.v3('/user/get_users', { pagination: { pageNumber: 1, showNumber: 10 } }, token);

  describe('the answer', () => {
    it('has an empty failedUidList when all are gone', async () => {
      await im.register('a1', 'a2', 'a3');
      const before = await everyUid();
      expect(await remove(['a1', 'a3'], admin)).toEqual({ status: 200, body: { ...OK, failedUidList: [] } });
      expect(await everyUid()).toEqual(before.filter((uid) => uid !== 'a1' && uid !== 'a3'));
    });

    it('names who could not be deleted, and is a success when anybody was', async () => {
      await im.register('b1', 'b2');
      const answer = await remove(['ghost', 'b1', 'openIMAdmin', 'b2', 'B1'], admin);
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual({ ...OK, failedUidList: expect.any(Array) });
      expect(answer.body.failedUidList.toSorted()).toEqual(['B1', 'ghost', 'openIMAdmin']);
      expect((await profiles(['b1', 'b2', 'openIMAdmin'])).body.data).toMatchObject([{ uid: 'openIMAdmin' }]);
    });

    it('is a failure when nobody was', async () => {
      const before = await everyUid();
      const answer = await remove(['ghost'], admin);
      expect(answer).toEqual({ status: 200, body: { ...NONE_DELETED, failedUidList: ['ghost'] } });
      expect(await everyUid()).toEqual(before);
    });

    it('is a success when nobody was asked for', async () => {
      expect(await remove([], admin)).toEqual({ status: 200, body: { ...OK, failedUidList: [] } });
    });

    it('is a failure for who is deleted a second time', async () => {
      await im.register('twice');
      expect((await remove(['twice'], admin)).body.errCode).toBe(0);
      expect((await remove(['twice'], admin)).body).toEqual({ ...NONE_DELETED, failedUidList: ['twice'] });
    });

    it('does not mistake users whose uids look alike', async () => {
      await im.register('Bob', 'bob', 'bob ');
      expect((await remove(['bob'], admin)).body.errCode).toBe(0);
      expect((await profiles(['Bob', 'bob', 'bob '])).body.data).toMatchObject([{ uid: 'Bob' }, { uid: 'bob ' }]);
    });

    it('is never a server fault when many delete the same user at the same moment', async () => {
      await im.register('hunted');
      const answers = await Promise.all(Array.from({ length: 10 }, () => remove(['hunted'], admin)));
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
      expect(answers.map(({ body }) => body.errCode)).toContain(0);
      expect(await everyUid()).not.toContain('hunted');
    });
  });

  describe('an administrator', () => {
    it.each(ADMINS)('%s cannot be deleted', async (uid) => {
      const token = await tokenFor(im, uid);
      expect(await remove([uid], admin)).toEqual({ status: 200, body: { ...NONE_DELETED, failedUidList: [uid] } });
      expect(await everyUid()).toContain(uid);
      expect((await call(im, EVERYBODY, { operationID: '1' }, token)).body.errCode).toBe(0);
    });
  });

  describe('a deleted user', () => {
    it('is unknown from then on', async () => {
      await im.register('gone');
      await remove(['gone'], admin);
      expect((await profiles(['gone'])).body).toEqual({ ...OK, data: [] });
      const answer = await call(im, '/auth/user_token', { secret: 'tuoyun', platform: 1, uid: 'gone' });
      expect(answer.body).toEqual({ errCode: 614, errMsg: "Can't find the user information" });
      const checked = await im.v3('/user/account_check', { checkUserIDs: ['gone'] }, admin);
      expect(checked.body.data.results).toEqual([{ userID: 'gone', accountStatus: 'unregistered' }]);
    });

    it.each(['v1', 'v2', 'v3'])('has no valid token any more, in no dialect, if it came from %s', async (dialect) => {
      const uid = `dead-${dialect}`;
      await im.register(uid);
      const asked = {
        v1: () => im.post('/auth/user_token', { secret: 'tuoyun', platform: 1, uid }),
        v2: () => im.v2('/auth/user_token', { secret: 'tuoyun', platform: 1, userID: uid }),
        v3: () => im.v3('/auth/user_token', { secret: 'openIM123', platformID: 1, userID: uid }),
      }[dialect]!();
      const { token } = (await asked).body.data;
      const answers = async () => ({
        v1: await profiles([uid], token),
        v3: await pageOfUsers(token),
      });
      const alive = await answers();
      expect(alive.v1.body).toEqual({ errCode: 401, errMsg: 'not authorized' });
      expect(alive.v3.body).toMatchObject(OK);
      expect((await remove([uid], admin)).body.errCode).toBe(0);
      const dead = await answers();
      expect(dead.v1).toEqual({ status: 200, body: { errCode: 200, errMsg: 'token has been invalidated' } });
      expect([1505, 1506, 1507]).toContain(dead.v3.body.errCode);
    });

    it('can register again, with a new profile and without the old tokens', async () => {
      const again = { secret: 'tuoyun', platform: 1, uid: 'phoenix' };
      const first = await call(im, '/auth/user_register', { ...again, name: 'first', ex: 'old', gender: 1 });
      await remove(['phoenix'], admin);
      const second = await call(im, '/auth/user_register', { ...again, name: 'second' });
      expect(second.body.errCode).toBe(0);
      expect((await profiles(['phoenix'])).body.data).toEqual([
        { uid: 'phoenix', name: 'second', icon: '', gender: 0, mobile: '', birth: '', email: '', ex: '' },
      ]);
      const old = await profiles(['phoenix'], first.body.data.token);
      expect(old.body).toEqual({ errCode: 200, errMsg: 'token has been invalidated' });
      expect((await pageOfUsers(second.body.data.token)).body.errCode).toBe(0);
    });
  });

  describe('is refused', () => {
    it.each(BAD_TOKENS)('to %s', async (_label, token, errMsg) => {
      await im.register('safe', 'sound');
      const answer = await remove(['safe', 'ghost', 'sound'], token);
      expect(answer).toEqual({
        status: 200,
        body: { errCode: 200, errMsg, failedUidList: ['safe', 'ghost', 'sound'] },
      });
      expect((await profiles(['safe', 'sound'])).body.data).toHaveLength(2);
    });

    it('to an ordinary user, even for itself', async () => {
      await im.register('safe', 'eve');
      const token = await tokenFor(im, 'eve');
      expect(await remove(['safe', 'eve'], token)).toEqual({
        status: 200,
        body: { errCode: 401, errMsg: 'not authorized', failedUidList: ['safe', 'eve'] },
      });
      expect((await remove(['safe'], renamed(token, ADMIN))).body.errMsg).toBe("couldn't handle this token");
      expect((await profiles(['safe', 'eve'])).body.data).toHaveLength(2);
    });

    it.each<[string, unknown]>([
      ['absent', undefined],
      ['null', null],
      ['a string', 'safe'],
      ['an object', { 0: 'safe' }],
      ['partly numbers', ['safe', 7]],
      ['partly lists', ['safe', ['safe']]],
    ])('when the deleteUidList is %s, whoever asks', async (_label, list) => {
      await im.register('safe');
      const malformed = { status: 400, body: { errCode: 400, errMsg: naming('deleteUidList') } };
      expect(await remove(list, admin)).toEqual(malformed);
      expect(await remove(list)).toEqual(malformed);
      expect(await remove(list, await tokenFor(im, 'safe'))).toEqual(malformed);
      expect((await profiles(['safe'])).body.data).toHaveLength(1);
    });

    it.each([undefined, null, '', 7])('when the operationID is %s, whoever asks', async (operationID) => {
      await im.register('safe');
      const malformed = { status: 400, body: { errCode: 400, errMsg: naming('operationID') } };
      expect(await call(im, DELETE, { operationID, deleteUidList: ['safe'] }, admin)).toEqual(malformed);
      for (const [, token] of BAD_TOKENS) {
        expect(await call(im, DELETE, { operationID, deleteUidList: ['safe'] }, token)).toEqual(malformed);
      }
      expect((await profiles(['safe'])).body.data).toHaveLength(1);
    });

    it('when the body carries __proto__', async () => {
      await im.register('safe');
      const answer = await call(im, DELETE, '{"operationID":"1","deleteUidList":["safe"],"__proto__":{}}', admin);
      expect(answer).toEqual({ status: 400, body: { errCode: 400, errMsg: expect.stringMatching(/./) } });
      expect((await profiles(['safe'])).body.data).toHaveLength(1);
    });
  });
});
