import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Im } from '../../support/im.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';

const SUCCESS = { errCode: 0, errMsg: '', errDlt: '' };
const ADMINS = ['openIM123456', 'openIM654321', 'openIMAdmin'];
const argsError = (errDlt: unknown) => ({ errCode: 1001, errMsg: 'ArgsError', errDlt });

describeOnEachDatabase('Finding users in v3', (database) => {
  let im: Im;
  let admin: string;
  let ann: string;

  beforeAll(async () => {
    im = await startIm({ database });
    admin = await im.adminToken();
    const users = [
      { userID: 'ann', nickname: 'Anna Liese' },
      { userID: 'Bob', nickname: 'robert' },
      { userID: 'c_d', nickname: '100% sure!' },
      { userID: 'cxd', nickname: '1000 sure' },
      { userID: 'mei', nickname: '小美 Mei' },
    ];
    for (const user of users) {
      await im.v3('/user/user_register', { secret: 'openIM123', users: [{ ...user, faceURL: 'f', ex: 'e' }] });
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    ann = await im.tokenOf('ann');
  });
  afterAll(() => im.close());

  describe('/user/get_users', () => {
    const find = async (filter: object, pageNumber = 1, showNumber = 100) => {
      const { body } = await im.v3('/user/get_users', { ...filter, pagination: { pageNumber, showNumber } }, ann);
      expect(body).toMatchObject(SUCCESS);
      return { total: body.data.total, ids: body.data.users.map(({ userID }: { userID: string }) => userID) };
    };

    it.each([
      [{ userID: 'B' }, ['Bob']],
      [{ userID: 'bOB' }, ['Bob']],
      [{ userID: 'openim' }, ADMINS],
      [{ nickName: 'SURE' }, ['cxd', 'c_d']],
      [{ nickName: 'anna l' }, ['ann']],
      [{ nickName: '小美' }, ['mei']],
      [{ nickName: '小美 mEI' }, ['mei']],
      [{ userID: 'ann', nickName: 'ROB' }, ['Bob', 'ann']],
      [{ userID: '', nickName: 'rob' }, ['Bob']],
      [{ userID: 'zzz' }, []],
    ])('finds %j', async (filter, ids) => {
      expect(await find(filter)).toEqual({ total: ids.length, ids });
    });

    it.each([
      [{ userID: '_' }, ['c_d']],
      [{ nickName: '%' }, ['c_d']],
      [{ nickName: '!' }, ['c_d']],
      [{ userID: '.*' }, []],
      [{ userID: '(((((a+)+)+)+)+$' }, []],
      [{ userID: '[' }, []],
      [{ nickName: "' OR '1'='1" }, []],
      [{ nickName: '\\' }, []],
    ])('takes %j to the letter', async (filter, ids) => {
      expect(await find(filter)).toEqual({ total: ids.length, ids });
    });

    it('pages through what it found', async () => {
      expect(await find({ userID: 'openim' }, 2, 2)).toEqual({ total: 3, ids: ['openIMAdmin'] });
      expect(await find({ userID: 'openim' }, 3, 2)).toEqual({ total: 3, ids: [] });
      expect(await find({ userID: 'openim' }, 1, 0)).toEqual({ total: 3, ids: [] });
    });

    it('refuses a filter that is no text, or too long', async () => {
      const pagination = { pageNumber: 1, showNumber: 1 };
      for (const userID of [5, 'x'.repeat(256)]) {
        const { body } = await im.v3('/user/get_users', { pagination, userID }, ann);
        expect(body).toEqual(argsError(expect.stringContaining('userID')));
      }
    });
  });

  describe('/user/get_users_info', () => {
    const read = async (body: object) => (await im.v3('/user/get_users_info', body, ann)).body;

    it('shows each user once, in the order asked, and passes over who is unknown', async () => {
      const answer = await read({ userIDs: ['mei', 'nobody', 'Bob', 'mei', 'bob'] });
      expect(answer).toEqual({
        ...SUCCESS,
        data: {
          usersInfo: [
            ['mei', '小美 Mei'],
            ['Bob', 'robert'],
          ].map(([userID, nickname]) => ({
            userID,
            nickname,
            faceURL: 'f',
            ex: 'e',
            createTime: expect.any(Number),
            appMangerLevel: 1,
            globalRecvMsgOpt: 0,
          })),
        },
      });
      expect(await read({ userIDs: ['nobody'] })).toEqual({ ...SUCCESS, data: { usersInfo: null } });
    });

    it.each([[{}], [{ userIDs: [] }], [{ userIDs: null }]])('refuses %j', async (body) => {
      expect(await read(body)).toEqual(argsError('UserIDs is empty'));
    });
  });

  describe('/user/get_all_users_uid', () => {
    const page = async (pagination: unknown) => (await im.v3('/user/get_all_users_uid', { pagination }, ann)).body;
    const ALL = [...ADMINS, 'ann', 'Bob', 'c_d', 'cxd', 'mei'];

    it('lists everybody, who came first at first', async () => {
      expect(await page({ pageNumber: 1, showNumber: 100 })).toEqual({ ...SUCCESS, data: { total: 8, userIDs: ALL } });
      expect((await page({ pageNumber: 2, showNumber: 3 })).data).toEqual({ total: 8, userIDs: ALL.slice(3, 6) });
      expect((await page({ pageNumber: 4, showNumber: 3 })).data).toEqual({ total: 8, userIDs: null });
      expect((await page({ pageNumber: 1 })).data).toEqual({ total: 8, userIDs: null });
      expect((await page({ pageNumber: 1, showNumber: -5 })).data).toEqual({ total: 8, userIDs: null });
    });

    it('refuses to be asked without a page', async () => {
      expect(await page(null)).toEqual(argsError('pagination is empty'));
      expect(await page({ showNumber: 1 })).toEqual(argsError('pageNumber is invalid'));
    });
  });

  describe('/user/user_register without a secret, as v3.8 has it', () => {
    const register = async (users: unknown, token = admin) =>
      (await im.v3('/user/user_register', { users }, token)).body;
    const who = async (userID: string) => im.rows('im_users', { userID });

    it('takes letters of any script, digits and _', async () => {
      expect(await register([{ userID: 'Łódź_小9', nickname: 'x' }])).toEqual(SUCCESS);
      expect(await who('Łódź_小9')).toHaveLength(1);
    });

    it.each([
      [{ userID: 'a-b', nickname: 'x' }, 'userID is legal'],
      [{ userID: 'a b', nickname: 'x' }, 'userID is legal'],
      [{ userID: 'a:b', nickname: 'x' }, 'userID is legal'],
      [{ userID: '', nickname: 'x' }, 'userID is empty'],
      [{ userID: 'plain', nickname: '' }, 'user name is empty'],
      [{ userID: 'plain' }, 'user name is empty'],
    ])('refuses %j', async (wrong, errDlt) => {
      expect(await register([{ userID: 'fine', nickname: 'fine' }, wrong])).toEqual(argsError(errDlt));
      expect(await who('fine')).toEqual([]);
    });

    it('looks at the caller before it looks for repeated users', async () => {
      const twice = [1, 2].map(() => ({ userID: 'twice', nickname: 'x' }));
      expect(await register(twice)).toEqual(argsError('userID repeated'));
      expect(await register(twice, ann)).toMatchObject({ errCode: 1002 });
    });

    it('says which list it misses', async () => {
      for (const users of [undefined, null, []]) expect(await register(users)).toEqual(argsError('users are empty'));
    });
  });
});
