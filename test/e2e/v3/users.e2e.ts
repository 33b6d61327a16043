import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Im } from '../../support/im.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';

const ADMINISTRATORS = ['openIM123456', 'openIM654321', 'openIMAdmin'];

const argsError = (errDlt: unknown) => ({ errCode: 1001, errMsg: 'ArgsError', errDlt });
const noPermission = (errDlt: unknown) => ({ errCode: 1002, errMsg: 'NoPermissionError', errDlt });
const SUCCESS = { errCode: 0, errMsg: '', errDlt: '' };
const SOME_TEXT = expect.stringMatching(/./);

describeOnEachDatabase('v3 users', (database) => {
  let im: Im;
  let admin: string;
  let ordinary: string;

  beforeAll(async () => {
    im = await startIm({ database });
    await im.register('ordinary');
    admin = await im.adminToken();
    ordinary = await im.tokenOf('ordinary');
  });
  afterAll(() => im.close());

  const register = (users: unknown, token?: string) =>
    im.v3('/user/user_register', { secret: 'openIM123', users }, token);
  const page = async (pageNumber: unknown, showNumber: unknown) =>
    im.v3('/user/get_users', { pagination: { pageNumber, showNumber } }, ordinary);

  async function everybody(): Promise<any[]> {
    const answer = await page(1, 10_000);
    expect(answer.body).toMatchObject(SUCCESS);
    return answer.body.data.users;
  }
  const allIDs = async (): Promise<string[]> => (await everybody()).map((user) => user.userID);
  const listed = async (userID: string): Promise<any> => (await everybody()).find((user) => user.userID === userID);

  describe('registering with the secret', () => {
    it('answers nothing but success, and the user is there', async () => {
      const before = Date.now();
      const user = { userID: '11111112', nickname: 'yourNickname', faceURL: 'yourFaceURL' };
      const answer = await register([user]);
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual(SUCCESS);
      const stored = await listed('11111112');
      expect(stored).toEqual({
        ...user,
        ex: '',
        createTime: expect.any(Number),
        appMangerLevel: 1,
        globalRecvMsgOpt: 0,
      });
      expect(stored.createTime).toBeGreaterThanOrEqual(before - 1000);
      expect(stored.createTime).toBeLessThanOrEqual(Date.now() + 1000);
    });

    it('takes many users at once', async () => {
      const users = Array.from({ length: 500 }, (_, i) => ({ userID: `crowd${i}`, nickname: `Nr ${i}`, ex: `${i}` }));
      expect((await register(users)).body).toEqual(SUCCESS);
      const crowd = (await everybody()).filter((user) => user.userID.startsWith('crowd'));
      expect(crowd).toHaveLength(500);
      expect(crowd.find((user) => user.userID === 'crowd499')).toMatchObject({ nickname: 'Nr 499', ex: '499' });
    });

    it('needs only a userID of each', async () => {
      expect(
        (await register([{ userID: 'bare' }, { userID: 'blank', nickname: '', faceURL: '', ex: null }])).body,
      ).toEqual(SUCCESS);
      const empty = { nickname: '', faceURL: '', ex: '', appMangerLevel: 1, globalRecvMsgOpt: 0 };
      expect(await listed('bare')).toMatchObject(empty);
      expect(await listed('blank')).toMatchObject(empty);
    });

    it('keeps the option for receiving messages and ignores a createTime', async () => {
      expect((await register([{ userID: 'quiet', globalRecvMsgOpt: 2, createTime: 5 }])).body).toEqual(SUCCESS);
      const quiet = await listed('quiet');
      expect(quiet.globalRecvMsgOpt).toBe(2);
      expect(quiet.createTime).toBeGreaterThan(1_600_000_000_000);
    });

    it('never makes an administrator', async () => {
      await register([{ userID: 'usurper', nickname: 'usurper', appMangerLevel: 2 }]);
      const users = await everybody();
      const administrators = users.filter((user) => user.appMangerLevel === 2).map((user) => user.userID);
      expect(administrators.sort()).toEqual(ADMINISTRATORS);

      await im.register('usurper');
      const answer = await im.v3('/user/account_check', { checkUserIDs: ['bare'] }, await im.tokenOf('usurper'));
      expect(answer.body).toMatchObject({ errCode: 1002, errMsg: 'NoPermissionError' });
    });
  });

  describe('registering without the secret', () => {
    it('is open to an administrator', async () => {
      const answer = await im.v3('/user/user_register', { users: [{ userID: 'hired', nickname: 'hired' }] }, admin);
      expect(answer.body).toEqual(SUCCESS);
      expect(await listed('hired')).toMatchObject({ nickname: 'hired', appMangerLevel: 1 });
    });

    it('is closed to an ordinary user', async () => {
      const answer = await im.v3(
        '/user/user_register',
        { users: [{ userID: 'friend', nickname: 'friend' }] },
        ordinary,
      );
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual(noPermission('user ordinary is not admin userID'));
      expect(await listed('friend')).toBeUndefined();
    });

    it('is closed to somebody without a token', async () => {
      const answer = await im.v3('/user/user_register', { users: [{ userID: 'nobody', nickname: 'nobody' }] });
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual(argsError(SOME_TEXT));
      expect(await listed('nobody')).toBeUndefined();
    });

    it('is closed to a token that is none', async () => {
      const answer = await im.v3(
        '/user/user_register',
        { users: [{ userID: 'nobody', nickname: 'nobody' }] },
        'garbage',
      );
      expect(answer.body).toMatchObject({ errCode: 1503, errMsg: 'TokenMalformedError' });
      expect(await listed('nobody')).toBeUndefined();
    });
  });

  describe('a refused registration stores nobody', () => {
    let before: string[];
    beforeAll(() => im.register('taken'));
    beforeEach(async () => {
      before = await allIDs();
    });

    it.each([
      ['one userID is empty', { userID: '' }, 'userID is empty'],
      ['one userID is absent', { nickname: 'x' }, 'userID is empty'],
      ['one userID has a colon', { userID: 'a:b' }, "userID contains ':' is invalid userID"],
      ['one userID comes twice', { userID: 'new1' }, 'userID repeated'],
      ['one userID is a number', { userID: 5 }, expect.stringContaining('userID')],
      ['one nickname is a number', { userID: 'x', nickname: 5 }, expect.stringContaining('nickname')],
      ['one faceURL is an object', { userID: 'x', faceURL: {} }, expect.stringContaining('faceURL')],
      ['one level is text', { userID: 'x', appMangerLevel: '1' }, expect.stringContaining('appMangerLevel')],
      ['one user is text', 'x', SOME_TEXT],
      ['one user is null', null, SOME_TEXT],
      ['one user is a list', [], SOME_TEXT],
      ['one userID has 65 characters', { userID: 'x'.repeat(65) }, SOME_TEXT],
      ['one nickname has 256 characters', { userID: 'x', nickname: 'n'.repeat(256) }, SOME_TEXT],
      ['one faceURL has 1025 characters', { userID: 'x', faceURL: 'f'.repeat(1025) }, SOME_TEXT],
      ['one ex has 4097 characters', { userID: 'x', ex: 'e'.repeat(4097) }, SOME_TEXT],
    ])('when %s', async (_, wrong, errDlt) => {
      const answer = await register([{ userID: 'new1' }, wrong, { userID: 'new2' }]);
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual(argsError(errDlt));
      expect(await allIDs()).toEqual(before);
    });

    it.each(['taken', ...ADMINISTRATORS])('when one is %s, who is registered already', async (userID) => {
      const profiles = await everybody();
      const answer = await register([{ userID: 'new1' }, { userID, nickname: 'replaced' }, { userID: 'new2' }]);
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual({
        errCode: 1102,
        errMsg: 'RegisteredAlreadyError',
        errDlt: 'userID registered already',
      });
      expect(await everybody()).toEqual(profiles);
    });

    it('when the users are missing or empty', async () => {
      expect((await im.v3('/user/user_register', { secret: 'openIM123' })).body).toEqual(argsError('users is empty'));
      expect((await register([])).body).toEqual(argsError('users is empty'));
      expect((await register(null)).body).toEqual(argsError('users is empty'));
      expect((await register({ userID: 'new1' })).body).toEqual(argsError(expect.stringContaining('users')));
      expect(await allIDs()).toEqual(before);
    });

    it.each(['wrong', 'openim123', 'openIM1234', 'openIM123 '])('when the secret is "%s"', async (secret) => {
      const answer = await im.v3('/user/user_register', { secret, users: [{ userID: 'new1' }] });
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual(noPermission('secret invalid'));
      expect(await allIDs()).toEqual(before);
    });

    it('when the header operationID is missing', async () => {
      const answer = await im.post('/user/user_register', { secret: 'openIM123', users: [{ userID: 'new1' }] });
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual(argsError(expect.stringContaining('header must have operationID')));
      expect(await allIDs()).toEqual(before);
    });

    it('when another registration of the same user was a moment faster', async () => {
      const answers = await Promise.all(
        Array.from({ length: 8 }, (_, i) => register([{ userID: `racer${i}` }, { userID: 'prize' }])),
      );
      const winners = answers.flatMap((answer, i) => (answer.body.errCode === 0 ? [`racer${i}`] : []));
      expect(winners).toHaveLength(1);
      const losers = answers.filter((answer) => answer.body.errCode !== 0);
      for (const answer of losers) expect(answer).toMatchObject({ status: 200, body: { errCode: 1102 } });
      expect((await allIDs()).filter((userID) => userID.startsWith('racer'))).toEqual(winners);
    });
  });

  describe('checking accounts', () => {
    const check = (checkUserIDs: unknown, token?: string) => im.v3('/user/account_check', { checkUserIDs }, token);

    it('tells who is registered, in the order asked', async () => {
      await im.register('here');
      const answer = await check(['gone', 'here', 'HERE', 'openIMAdmin'], admin);
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual({
        ...SUCCESS,
        data: {
          results: [
            { userID: 'gone', accountStatus: 'unregistered' },
            { userID: 'here', accountStatus: 'registered' },
            { userID: 'HERE', accountStatus: 'unregistered' },
            { userID: 'openIMAdmin', accountStatus: 'registered' },
          ],
        },
      });
    });

    it('refuses repeated, missing and malformed userIDs', async () => {
      expect((await check(['a', 'b', 'a'], admin)).body).toEqual(argsError('userID repeated'));
      expect((await im.v3('/user/account_check', {}, admin)).body).toEqual(argsError('CheckUserIDs is empty'));
      expect((await check(null, admin)).body).toEqual(argsError('CheckUserIDs is empty'));
      expect((await check('a', admin)).body).toEqual(argsError(expect.stringMatching(/checkUserIDs/i)));
      expect((await check(['a', 1], admin)).body).toEqual(argsError(expect.stringMatching(/checkUserIDs/i)));
    });

    it('is for administrators only', async () => {
      expect((await check(['here'], ordinary)).body).toEqual(noPermission('user ordinary is not admin userID'));
    });

    it('needs the headers operationID and token, in this order', async () => {
      const body = { checkUserIDs: ['here'] };
      const withoutBoth = await im.post('/user/account_check', body);
      expect(withoutBoth).toMatchObject({ status: 200, body: argsError('header must have operationID') });
      const withoutToken = await im.post('/user/account_check', body, { operationID: '1' });
      expect(withoutToken).toMatchObject({ status: 200, body: argsError('header must have token') });
    });
  });

  describe('listing users', () => {
    it('begins with the three administrators, who came into being together', async () => {
      const empty = await startIm({ database });
      try {
        const pagination = { pageNumber: 1, showNumber: 100 };
        const answer = await empty.v3('/user/get_users', { pagination }, await empty.adminToken());
        expect(answer.status).toBe(200);
        const createTime = answer.body.data.users[0].createTime;
        const rest = { faceURL: '', ex: '', createTime, appMangerLevel: 2, globalRecvMsgOpt: 0 };
        expect(createTime).toBeGreaterThan(1_600_000_000_000);
        expect(answer.body).toEqual({
          ...SUCCESS,
          data: {
            total: 3,
            users: [
              { userID: 'openIM123456', nickname: 'system1', ...rest },
              { userID: 'openIM654321', nickname: 'system2', ...rest },
              { userID: 'openIMAdmin', nickname: 'system3', ...rest },
            ],
          },
        });
      } finally {
        await empty.close();
      }
    });

    it('puts the newest first, and by userID who came at the same time', async () => {
      await register([{ userID: 'twin2' }, { userID: 'twin1' }]);
      await new Promise((resolve) => setTimeout(resolve, 20));
      await register([{ userID: 'latest' }]);
      const users = await everybody();
      const byAge = [...users].sort((a, b) => b.createTime - a.createTime || (a.userID < b.userID ? -1 : 1));
      expect(users.map((user) => user.userID)).toEqual(byAge.map((user) => user.userID));
      expect(users[0].userID).toBe('latest');
      expect(users.slice(-3).map((user) => user.userID)).toEqual(ADMINISTRATORS);
    });

    it('shows exactly seven members of each user', async () => {
      const seven = ['appMangerLevel', 'createTime', 'ex', 'faceURL', 'globalRecvMsgOpt', 'nickname', 'userID'];
      for (const user of await everybody()) expect(Object.keys(user).sort()).toEqual(seven);
    });

    it('pages through everybody once, always with the same total', async () => {
      await register(Array.from({ length: 7 }, (_, i) => ({ userID: `page${i}` })));
      const all = await everybody();
      const found: any[] = [];
      for (let number = 1; found.length < all.length; number++) {
        const { body } = await page(number, 50);
        expect(body.data.total).toBe(all.length);
        expect(body.data.users).toEqual(all.slice(found.length, found.length + 50));
        found.push(...body.data.users);
      }
      expect(found).toEqual(all);
    });

    it.each([
      [1_000, 1_000],
      [2147483647, 2147483647],
    ])('shows nobody on page %d of %d, which is past the end', async (pageNumber, showNumber) => {
      const total = (await everybody()).length;
      expect((await page(pageNumber, showNumber)).body).toEqual({ ...SUCCESS, data: { total, users: [] } });
    });

    it.each([
      ['no pagination', {}, 'pagination is empty'],
      ['a null pagination', { pagination: null }, 'pagination is empty'],
      ['page 0', { pagination: { pageNumber: 0, showNumber: 10 } }, 'pageNumber is invalid'],
      ['page -1', { pagination: { pageNumber: -1, showNumber: 10 } }, 'pageNumber is invalid'],
      ['no page', { pagination: { showNumber: 10 } }, 'pageNumber is invalid'],
      ['a page in text', { pagination: { pageNumber: '1', showNumber: 10 } }, expect.stringContaining('pageNumber')],
      ['a broken page', { pagination: { pageNumber: 1.5, showNumber: 10 } }, expect.stringContaining('pageNumber')],
      ['a size in text', { pagination: { pageNumber: 1, showNumber: '10' } }, expect.stringContaining('showNumber')],
      [
        'a size outside int32',
        { pagination: { pageNumber: 1, showNumber: 2147483648 } },
        expect.stringContaining('showNumber'),
      ],
      ['a list as pagination', { pagination: [1, 10] }, expect.stringContaining('pagination')],
      ['pagination in text', { pagination: '1' }, expect.stringContaining('pagination')],
    ])('refuses %s', async (_, body, errDlt) => {
      const answer = await im.v3('/user/get_users', body, ordinary);
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual(argsError(errDlt));
    });

    it('needs a token', async () => {
      const answer = await im.v3('/user/get_users', { pagination: { pageNumber: 1, showNumber: 10 } });
      expect(answer).toMatchObject({ status: 200, body: argsError('header must have token') });
      expect(answer.body).not.toHaveProperty('data');
    });
  });
});
