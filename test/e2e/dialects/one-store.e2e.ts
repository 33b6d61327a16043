import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Im } from '../../support/im.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';

const V3_SUCCESS = { errCode: 0, errMsg: '', errDlt: '' };

describeOnEachDatabase('One store, three dialects', (database) => {
  let im: Im;
  let admin: string;
  let count = 0;

  beforeAll(async () => {
    im = await startIm({ database });
    admin = await im.adminToken();
  });
  afterAll(() => im.close());

  const newID = () => `user${++count}`;
  const registerV1 = (uid: string, more: object = {}) =>
    im.post('/auth/user_register', { secret: 'tuoyun', platform: 1, uid, name: '', ...more });
  const registerV2 = (userID: string, more: object = {}) =>
    im.v2('/auth/user_register', { secret: 'tuoyun', platform: 1, userID, ...more });
  const registerV3 = (userID: string, more: object = {}) =>
    im.v3('/user/user_register', { secret: 'openIM123', users: [{ userID, ...more }] });

  async function inV1(uid: string): Promise<any> {
    return (await im.v1('/user/get_user_info', { uidList: [uid] }, admin)).body.data[0];
  }
  async function inV3(userID: string): Promise<any> {
    const answer = await im.v3('/user/get_users', { pagination: { pageNumber: 1, showNumber: 1000 } }, admin);
    return answer.body.data.users.find((user: any) => user.userID === userID);
  }
  const useInV3 = (token: string) => im.v3('/user/get_users', { pagination: { pageNumber: 1, showNumber: 1 } }, token);

  /** How each dialect issues a token of an existing user on iOS. */
  const issue: Record<string, (userID: string) => Promise<string>> = {
    v1: async (uid) => (await im.post('/auth/user_token', { secret: 'tuoyun', platform: 1, uid })).body.data.token,
    v2: async (userID) => (await im.v2('/auth/user_token', { secret: 'tuoyun', platform: 1, userID })).body.data.token,
    v3: async (userID) =>
      (await im.v3('/auth/user_token', { secret: 'openIM123', platformID: 1, userID })).body.data.token,
  };

  describe('a user', () => {
    const seen = { createTime: expect.any(Number), appMangerLevel: 1, globalRecvMsgOpt: 0 };

    it('of v1 is fully visible in v3', async () => {
      const uid = newID();
      const profile = {
        name: '张三',
        icon: 'http://head',
        gender: 2,
        mobile: '+852-1',
        birth: '1998.12.15',
        email: 'a@b',
        ex: 'x',
      };
      expect((await registerV1(uid, profile)).body.errCode).toBe(0);
      expect(await inV3(uid)).toEqual({ userID: uid, nickname: '张三', faceURL: 'http://head', ex: 'x', ...seen });
      expect(await inV1(uid)).toEqual({ uid, ...profile });
    });

    it('of v2 is fully visible in v1 and v3', async () => {
      const userID = newID();
      const rest = { gender: 1, email: 'a@b', ex: 'x' };
      await registerV2(userID, {
        nickname: 'Nick',
        faceUrl: 'http://head',
        phoneNum: '186',
        birth: 1640692941,
        ...rest,
      });
      expect(await inV3(userID)).toEqual({ userID, nickname: 'Nick', faceURL: 'http://head', ex: 'x', ...seen });
      const profile = { uid: userID, name: 'Nick', icon: 'http://head', mobile: '186', birth: '2021.12.28', ...rest };
      expect(await inV1(userID)).toEqual(profile);
    });

    it('of v3 is visible in v1 with all eight members', async () => {
      const userID = newID();
      await registerV3(userID, { nickname: 'Nick', faceURL: 'http://head', ex: 'x' });
      const empty = { gender: 0, mobile: '', birth: '', email: '' };
      expect(await inV1(userID)).toEqual({ uid: userID, name: 'Nick', icon: 'http://head', ex: 'x', ...empty });
    });

    it('is one of all the uids of v1, whoever registered it', async () => {
      const [one, two, three] = [newID(), newID(), newID()];
      await registerV1(one);
      await registerV2(two);
      await registerV3(three);
      const { body } = await im.v1('/manager/get_all_users_uid', {}, admin);
      expect(body.uidList).toEqual(
        expect.arrayContaining([one, two, three, 'openIM123456', 'openIM654321', 'openIMAdmin']),
      );
      const check = await im.v3('/user/account_check', { checkUserIDs: [one, two, three] }, admin);
      expect(check.body.data.results.map((result: any) => result.accountStatus)).toEqual(Array(3).fill('registered'));
    });

    it.each([
      ['v1', registerV1],
      ['v2', registerV2],
      ['v3', registerV3],
    ])('of %s cannot be registered again in any dialect', async (_, register) => {
      const userID = newID();
      await register(userID);
      const before = await inV1(userID);
      expect(await registerV1(userID, { name: 'other' })).toMatchObject({ status: 200, body: { errCode: 601 } });
      expect(await registerV2(userID, { nickname: 'other' })).toMatchObject({ status: 200, body: { errCode: 500 } });
      expect(await registerV3(userID, { nickname: 'other' })).toMatchObject({ status: 200, body: { errCode: 1102 } });
      expect(await inV1(userID)).toEqual(before);
    });

    it('changed in v1 has changed in v3, and keeps what v3 does not know', async () => {
      const userID = newID();
      await registerV3(userID, { nickname: 'old', faceURL: 'kept' });
      const change = { uid: userID, name: 'new', gender: 2, birth: '1998-12-15' };
      expect((await im.v1('/user/update_user_info', change, admin)).body).toEqual({ errCode: 0, errMsg: '' });
      expect(await inV3(userID)).toMatchObject({ nickname: 'new', faceURL: 'kept' });
      expect(await inV1(userID)).toMatchObject({ name: 'new', icon: 'kept', gender: 2, birth: '1998-12-15' });
    });

    it('born in v2 keeps the birthday when v1 changes something else, loses it to "", and takes the text of v1', async () => {
      const userID = newID();
      await registerV2(userID, { birth: 86400 });
      await im.v1('/user/update_user_info', { uid: userID, name: 'new' }, admin);
      expect((await inV1(userID)).birth).toBe('1970.01.02');
      await im.v1('/user/update_user_info', { uid: userID, birth: '' }, admin);
      expect((await inV1(userID)).birth).toBe('');
      await im.v1('/user/update_user_info', { uid: userID, birth: 'in spring' }, admin);
      expect((await inV1(userID)).birth).toBe('in spring');
    });
  });

  describe.each(['v1', 'v2', 'v3'])('a token of %s', (dialect) => {
    it('opens the administrator endpoints of v1 and v3', async () => {
      const token = await issue[dialect]('openIM123456');
      const [ann, bob] = [newID(), newID()];
      await im.register(ann, bob);

      const info = await im.v1('/user/get_user_info', { uidList: [ann] }, token);
      expect(info.body).toMatchObject({ errCode: 0, errMsg: '', data: [{ uid: ann }] });
      const friends = await im.v1('/friend/import_friend', { uid: ann, ownerUid: bob }, token);
      expect(friends.body).toEqual({ errCode: 0, errMsg: '' });
      const group = await im.v1(
        '/group/create_group',
        { memberList: [{ uid: ann, setRole: 1 }], groupName: 'g' },
        token,
      );
      expect(group.body).toEqual({
        errCode: 0,
        errMsg: '',
        data: { groupID: expect.stringMatching(/^[0-9a-f]{32}$/) },
      });

      const check = await im.v3('/user/account_check', { checkUserIDs: [ann] }, token);
      expect(check.body).toEqual({ ...V3_SUCCESS, data: { results: [{ userID: ann, accountStatus: 'registered' }] } });
      const created = await im.v3('/auth/get_user_token', { userID: bob, platformID: 5 }, token);
      expect(created.body).toMatchObject(V3_SUCCESS);
      const logout = await im.v3('/auth/force_logout', { userID: bob, platformID: 5 }, token);
      expect(logout.body).toEqual(V3_SUCCESS);
    });

    it('shows v1 the same uids, in the shape of v1', async () => {
      const token = await issue[dialect]('openIM654321');
      const answer = await im.v1('/manager/get_all_users_uid', {}, token);
      expect(answer.body).toEqual({ errCode: 0, errMsg: '', uidList: expect.arrayContaining(['openIM654321']) });
    });

    it('belongs to the same user and platform in v3', async () => {
      const userID = newID();
      await im.register(userID);
      const token = await issue[dialect](userID);
      const { exp } = JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString());
      const answer = await im.v3('/auth/parse_token', { token });
      expect(answer.body).toEqual({ ...V3_SUCCESS, data: { userID, platformID: 1, expireTimeSeconds: exp } });
    });

    it('gives an ordinary user no more rights than any other token', async () => {
      const userID = newID();
      await im.register(userID);
      const token = await issue[dialect](userID);
      expect((await useInV3(token)).body).toMatchObject(V3_SUCCESS);
      const check = await im.v3('/user/account_check', { checkUserIDs: [userID] }, token);
      expect(check.body).toMatchObject({ errCode: 1002, errMsg: 'NoPermissionError' });
      const uids = await im.v1('/manager/get_all_users_uid', {}, token);
      expect(uids).toMatchObject({ status: 200, body: { errCode: 401, errMsg: 'not authorized' } });
    });

    it('ends in every dialect when v3 logs the user out', async () => {
      const token = await issue[dialect]('openIMAdmin');
      expect((await im.v1('/manager/get_all_users_uid', {}, token)).body.errCode).toBe(0);
      await im.v3('/auth/force_logout', { userID: 'openIMAdmin', platformID: 1 }, admin);
      const refused = await im.v1('/user/get_user_info', { uidList: ['openIMAdmin'] }, token);
      expect(refused).toMatchObject({ status: 200, body: { errCode: 200, errMsg: 'token has been invalidated' } });
      expect((await useInV3(token)).body).toMatchObject({ errCode: 1506, errMsg: 'TokenKickedError' });
    });

    it('ends in every dialect when v1 deletes the user, and stays ended when the userID is taken again', async () => {
      const userID = newID();
      await im.register(userID);
      const token = await issue[dialect](userID);
      expect((await useInV3(token)).body.errCode).toBe(0);
      const deletion = await im.v1('/manager/delete_user', { deleteUidList: [userID] }, admin);
      expect(deletion.body).toEqual({ errCode: 0, errMsg: '', failedUidList: [] });

      for (const round of ['deleted', 'registered again']) {
        if (round === 'registered again') expect((await registerV2(userID)).body.errCode).toBe(0);
        const { errCode } = (await useInV3(token)).body;
        expect(errCode).toBeGreaterThanOrEqual(1501);
        expect(errCode).toBeLessThanOrEqual(1507);
        const parse = await im.v3('/auth/parse_token', { token });
        expect(parse.body.errCode).toBe(errCode);
        const info = await im.v1('/user/get_user_info', { uidList: ['openIMAdmin'] }, token);
        expect(info).toMatchObject({ status: 200, body: { errCode: 200 } });
      }
    });
  });

  it('a user deleted in v1 is unknown to all', async () => {
    const userID = newID();
    await registerV3(userID);
    await im.v1('/manager/delete_user', { deleteUidList: [userID] }, admin);
    expect(await inV1(userID)).toBeUndefined();
    expect(await inV3(userID)).toBeUndefined();
    const check = await im.v3('/user/account_check', { checkUserIDs: [userID] }, admin);
    expect(check.body.data.results).toEqual([{ userID, accountStatus: 'unregistered' }]);
    const v1 = await im.post('/auth/user_token', { secret: 'tuoyun', platform: 1, uid: userID });
    expect(v1).toMatchObject({ status: 200, body: { errCode: 614, errMsg: "Can't find the user information" } });
    const v2 = await im.v2('/auth/user_token', { secret: 'tuoyun', platform: 1, userID });
    expect(v2).toMatchObject({ status: 200, body: { errCode: 802, errMsg: 'db failed' } });
    const v3 = await im.v3('/auth/user_token', { secret: 'tuoyun', platformID: 1, userID });
    expect(v3).toMatchObject({ status: 200, body: { errCode: 1101, errMsg: 'UserIDNotFoundError' } });
  });

  it.each(['tuoyun', 'openIM123'])('the secret %s is accepted everywhere', async (secret) => {
    const [one, two, three] = [newID(), newID(), newID()];
    const answers = [
      await im.post('/auth/user_register', { secret, platform: 1, uid: one, name: '' }),
      await im.post('/auth/user_token', { secret, platform: 1, uid: one }),
      await im.v1('/user/get_users_online_status', { secret, userIDList: [one] }),
      await im.v2('/auth/user_register', { secret, platform: 1, userID: two }),
      await im.v2('/auth/user_token', { secret, platform: 1, userID: two }),
      await im.v3('/user/user_register', { secret, users: [{ userID: three }] }),
      await im.v3('/auth/user_token', { secret, platformID: 1, userID: three }),
      await im.v3('/auth/get_admin_token', { secret, userID: 'openIMAdmin' }),
    ];
    expect(answers.map((answer) => answer.body.errCode)).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
  });

  describe('the dialect of a request', () => {
    const token = expect.any(String);
    const expiredTime = expect.any(Number);
    const v1Token = { errCode: 0, errMsg: '', data: { uid: 'ann', token, expiredTime } };
    const v2Token = { errCode: 0, errMsg: '', data: { userID: 'ann', token, expiredTime } };
    const v3Token = { ...V3_SUCCESS, data: { token, expireTimeSeconds: 7776000 } };
    const legacyError = { errCode: 400, errMsg: expect.stringMatching(/./) };
    const v3Error = { errCode: 1001, errMsg: 'ArgsError', errDlt: expect.stringMatching(/./) };
    const header = { operationID: 'in the header' };
    const operationID = 'in the body';
    const call = { secret: 'tuoyun', platform: 1 };

    beforeAll(() => im.register('ann', 'bob'));

    it.each([
      ['uid speaks v1', { ...call, uid: 'ann' }, {}, 200, v1Token],
      ['uid speaks v1 even with the header', { ...call, uid: 'ann' }, header, 200, v1Token],
      ['userID speaks v2', { ...call, userID: 'ann', operationID }, {}, 200, v2Token],
      ['a null uid does not count', { ...call, uid: null, userID: 'ann', operationID }, {}, 200, v2Token],
      ['an empty uid counts', { ...call, uid: '' }, header, 400, legacyError],
      ['an empty userID counts', { ...call, userID: '', operationID }, {}, 400, legacyError],
      ['platformID speaks v3', { secret: 'openIM123', platformID: 1, userID: 'ann' }, header, 200, v3Token],
      [
        'platformID speaks v3 without the header',
        { secret: 'openIM123', platformID: 1, userID: 'ann' },
        {},
        200,
        v3Error,
      ],
      ['both platforms and the header speak v3', { ...call, platformID: 1, userID: 'ann' }, header, 200, v3Token],
      [
        'both platforms and no header speak v2',
        { ...call, platformID: 1, userID: 'ann', operationID },
        {},
        200,
        v2Token,
      ],
      ['an empty object speaks v1', {}, {}, 400, legacyError],
      ['an empty object with the header speaks v3', {}, header, 200, v3Error],
      [
        'a wrong secret does not change v1',
        { ...call, secret: 'x', uid: 'ann' },
        {},
        400,
        { errCode: 401, errMsg: 'not authorized' },
      ],
      [
        'a wrong secret does not change v2',
        { ...call, secret: 'x', userID: 'ann', operationID },
        {},
        400,
        { errCode: 401, errMsg: 'not authorized' },
      ],
      [
        'a wrong secret does not change v3',
        { secret: 'x', platformID: 1, userID: 'ann' },
        header,
        200,
        { errCode: 1002, errMsg: 'NoPermissionError', errDlt: 'secret invalid' },
      ],
    ])('of /auth/user_token: %s', async (_, body, headers, status, expected) => {
      const answer = await im.post('/auth/user_token', body, headers);
      expect(answer.status).toBe(status);
      expect(answer.body).toEqual(expected);
    });

    it('of /user/get_users_online_status is v1 when there is a secret, whatever stands beside it', async () => {
      await im.online('ann', 2);
      const successResult = [
        { userID: 'bob', status: 'offline' },
        { userID: 'ann', status: 'online', detailPlatformStatus: [{ platform: 'Android', status: 'online' }] },
      ];
      const body = { operationID, userIDList: ['bob', 'ann'], secret: 'tuoyun' };
      for (const more of [{}, { userIDs: ['bob'] }]) {
        const answer = await im.post('/user/get_users_online_status', { ...body, ...more });
        expect(answer.status).toBe(200);
        expect(answer.body).toEqual({ errCode: 0, errMsg: '', successResult });
      }
    });

    it('of /group/kick_group is v1 for an empty uidListInfo', async () => {
      const groupID = await im.group('ann', 'bob');
      const answer = await im.v1('/group/kick_group', { groupID, uidListInfo: [] }, admin);
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual({ errCode: 700, errMsg: 'param failed' });
    });

    it('of /user/get_users is v3 for a pagination in the header form', async () => {
      const answer = await im.post(
        '/user/get_users',
        { pagination: { pageNumber: 1, showNumber: 1 } },
        { ...header, token: admin },
      );
      expect(answer.body).toEqual({ ...V3_SUCCESS, data: { total: expect.any(Number), users: [expect.any(Object)] } });
    });
  });
});
