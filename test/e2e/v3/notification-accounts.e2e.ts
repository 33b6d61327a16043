import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Im } from '../../support/im.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';

const SUCCESS = { errCode: 0, errMsg: '', errDlt: '' };
const argsError = (errDlt: unknown) => ({ errCode: 1001, errMsg: 'ArgsError', errDlt });

describeOnEachDatabase('v3 notification accounts', (database) => {
  let im: Im;
  let admin: string;

  beforeAll(async () => {
    im = await startIm({ database });
    await im.register('ann');
    admin = await im.adminToken();
  });
  afterAll(() => im.close());

  const call = async (what: string, body: object, token = admin) =>
    (await im.v3(`/user/${what}_notification_account`, body, token)).body;
  const account = (userID: string, nickName: string, appMangerLevel = 3, faceURL = '') => ({
    userID,
    faceURL,
    nickName,
    appMangerLevel,
  });

  describe('adding', () => {
    it('answers the account, which is a user like others and gets no token', async () => {
      const news = account('news', 'News', 3, 'http://face');
      expect(await call('add', news)).toEqual({ ...SUCCESS, data: news });
      const { body } = await im.v3('/user/get_users_info', { userIDs: ['news'] }, admin);
      expect(body.data.usersInfo).toEqual([
        {
          userID: 'news',
          nickname: 'News',
          faceURL: 'http://face',
          ex: '',
          createTime: expect.any(Number),
          appMangerLevel: 3,
          globalRecvMsgOpt: 0,
        },
      ]);
      const token = await im.v3('/auth/get_user_token', { userID: 'news', platformID: 1 }, admin);
      expect(token.body).toEqual(argsError('app account can`t get token'));
    });

    it('makes an ID of ten digits where none is given', async () => {
      const { data } = await call('add', { nickName: 'Robot', appMangerLevel: 4 });
      expect(data).toEqual(account(expect.stringMatching(/^[1-9]\d{9}$/) as never, 'Robot', 4));
      expect(await im.rows('im_users', { userID: data.userID })).toHaveLength(1);
    });

    it.each([
      [{ nickName: '', appMangerLevel: 3 }, 'nickName is empty'],
      [{ appMangerLevel: 3 }, 'nickName is empty'],
      [{ nickName: 'x' }, 'app level not supported'],
      [{ nickName: 'x', appMangerLevel: 2 }, 'app level not supported'],
      [{ nickName: 'x', appMangerLevel: 3, userID: 'ann' }, 'userID is used'],
      [{ nickName: 'x', appMangerLevel: 3, userID: 'openIMAdmin' }, 'userID is used'],
      [{ nickName: 'x', appMangerLevel: 3, userID: 'a:b' }, "userID contains ':' is invalid userID"],
      [{ nickName: 'x', appMangerLevel: 3, userID: 'u'.repeat(65) }, 'userID must be at most 64 characters'],
    ])('refuses %j', async (body, errDlt) => {
      const before = (await im.rows('im_users', {})).length;
      expect(await call('add', body)).toEqual(argsError(errDlt));
      expect(await im.rows('im_users', {})).toHaveLength(before);
    });
  });

  describe('updating', () => {
    it('changes what is not empty', async () => {
      await call('add', account('shop', 'Shop', 3, 'http://old'));
      expect(await call('update', { userID: 'shop', nickName: 'Store' })).toEqual(SUCCESS);
      expect(await im.rows('im_users', { userID: 'shop' })).toMatchObject([
        { nickname: 'Store', faceURL: 'http://old', appMangerLevel: 3 },
      ]);
      expect(await call('update', { userID: 'shop', nickName: '', faceURL: 'http://new' })).toEqual(SUCCESS);
      expect(await im.rows('im_users', { userID: 'shop' })).toMatchObject([
        { nickname: 'Store', faceURL: 'http://new' },
      ]);
    });

    it.each([
      [{ nickName: 'x' }, 'userID is empty'],
      [{ userID: 'shop' }, 'faceURL and nickName is empty at the same'],
      [{ userID: 'nobody', nickName: 'x' }, 'User nobody does not exist'],
    ])('refuses %j', async (body, errDlt) => {
      expect(await call('update', body)).toEqual(argsError(errDlt));
    });
  });

  describe('searching', () => {
    beforeAll(async () => {
      await call('add', account('a1', 'Twin'));
      await call('add', account('a2', 'Twin', 4));
      await call('add', account('Twin', 'a1', 4));
    });
    const search = async (body: object, pageNumber = 1, showNumber = 100) =>
      (await call('search', { ...body, pagination: { pageNumber, showNumber } })).data;
    const ids = ({ notificationAccounts }: any) => notificationAccounts.map(({ userID }: any) => userID);

    it('finds a userID to the letter, else a nickname', async () => {
      expect(await search({ keyword: 'a1' })).toEqual({ total: 1, notificationAccounts: [account('a1', 'Twin')] });
      expect(ids(await search({ keyword: 'Twin' }))).toEqual(['Twin']);
      expect(ids(await search({ keyword: 'Twin', appManagerLevel: 3 }))).toEqual(['a1']);
      expect(await search({ keyword: 'twin' })).toEqual({ total: 0, notificationAccounts: null });
      expect(await search({ keyword: 'ann' })).toEqual({ total: 0, notificationAccounts: null });
    });

    it('finds a level, or all, without users and administrators', async () => {
      const all = await search({});
      expect(ids(all)).toEqual(expect.arrayContaining(['a1', 'a2', 'Twin']));
      expect(all.total).toBe(all.notificationAccounts.length);
      for (const found of all.notificationAccounts) expect(found.appMangerLevel).toBeGreaterThanOrEqual(3);
      expect(ids(await search({ appManagerLevel: 4 }))).toEqual(expect.arrayContaining(['a2', 'Twin']));
      expect(ids(await search({ appManagerLevel: 4 }))).not.toContain('a1');
      expect(await search({ appManagerLevel: 1 })).toEqual({ total: 0, notificationAccounts: null });
      expect(await search({ appManagerLevel: 2 })).toEqual({ total: 0, notificationAccounts: null });
    });

    it('answers page by page', async () => {
      const all = await search({});
      expect((await search({}, 2, 1)).notificationAccounts).toEqual([all.notificationAccounts[1]]);
      expect(await search({}, 1_000, 10)).toEqual({ total: all.total, notificationAccounts: null });
      expect(await search({}, 1, 0)).toEqual({ total: all.total, notificationAccounts: null });
      expect(await call('search', {})).toEqual(argsError('pagination is empty'));
    });
  });

  it('are the administrators’ business', async () => {
    const ann = await im.tokenOf('ann');
    for (const what of ['add', 'update', 'search']) {
      const body = { ...account('x', 'x'), pagination: { pageNumber: 1, showNumber: 1 } };
      const errDlt = 'user ann is not admin userID';
      expect(await call(what, body, ann)).toEqual({ errCode: 1002, errMsg: 'NoPermissionError', errDlt });
    }
    expect(await im.rows('im_users', { userID: 'x' })).toEqual([]);
  });
});
