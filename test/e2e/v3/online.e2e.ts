import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Presence } from '../../../src/presence/presence.js';
import type { Im } from '../../support/im.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';

const SUCCESS = { errCode: 0, errMsg: '', errDlt: '' };
const argsError = (errDlt: unknown) => ({ errCode: 1001, errMsg: 'ArgsError', errDlt });
const noPermission = (errDlt: unknown) => ({ errCode: 1002, errMsg: 'NoPermissionError', errDlt });
const NOT_ANN = noPermission('ownerUserID, ann=MISSING');

describeOnEachDatabase('v3 presence', (database) => {
  let im: Im;
  let admin: string;
  let ann: string;
  let bob: string;

  beforeAll(async () => {
    im = await startIm({ database });
    await im.register('ann', 'bob', 'cid', 'dan');
    [admin, ann, bob] = await Promise.all([im.adminToken(), im.tokenOf('ann'), im.tokenOf('bob')]);
    const presence = im.get(Presence);
    void presence.connected('ann', 2, 'ann-2', { token: 'token 2' });
    void presence.connected('ann', 1, 'ann-1', { token: 'token 1', isBackground: true });
    void presence.connected('ann', 2, 'ann-2b', { token: 'token 2b' });
    await im.online('bob', 5);
  });
  afterAll(() => im.close());

  describe('/user/get_users_online_status', () => {
    const ask = (body: object, token?: string) => im.v3('/user/get_users_online_status', body, token);

    it('lists the connections of each user asked for, in the order asked', async () => {
      const answer = await ask({ userIDs: ['cid', 'ann', 'nobody', 'cid'] }, admin);
      expect(answer.status).toBe(200);
      const offline = (userID: string) => ({ userID, status: 0, detailPlatformStatus: null });
      expect(answer.body).toEqual({
        ...SUCCESS,
        data: [
          offline('cid'),
          {
            userID: 'ann',
            status: 1,
            detailPlatformStatus: [
              { platformID: 2, connID: 'ann-2', isBackground: false, token: 'token 2' },
              { platformID: 1, connID: 'ann-1', isBackground: true, token: 'token 1' },
              { platformID: 2, connID: 'ann-2b', isBackground: false, token: 'token 2b' },
            ],
          },
          offline('nobody'),
          offline('cid'),
        ],
      });
    });

    it.each([[{}], [{ userIDs: null }], [{ userIDs: [] }]])(
      'answers null when nobody is asked for: %j',
      async (body) => {
        expect((await ask({ ...body }, admin)).body).toEqual({ ...SUCCESS, data: null });
      },
    );

    it('is for administrators', async () => {
      const answer = await ask({ userIDs: ['ann'] }, ann);
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual(noPermission('only app manager'));
    });

    it('answers HTTP 400 to a body it cannot read', async () => {
      const headers = { operationID: '1', token: admin };
      for (const body of ['{', '[]', '{"userIDs":"ann"}', '{"userIDs":[1]}']) {
        const answer = await im.post('/user/get_users_online_status', body, headers);
        expect([answer.status, answer.body]).toEqual([400, argsError(expect.any(String))]);
      }
    });

    it('leaves the v1 form as it is', async () => {
      const answer = await im.v1('/user/get_users_online_status', { userIDList: ['ann', 'cid'], secret: 'tuoyun' });
      const android = { platform: 'Android', status: 'online' };
      const ios = { platform: 'IOS', status: 'online' };
      expect(answer.body).toEqual({
        errCode: 0,
        errMsg: '',
        successResult: [
          { userID: 'ann', status: 'online', detailPlatformStatus: [ios, android] },
          { userID: 'cid', status: 'offline' },
        ],
      });
    });
  });

  describe('/user/get_users_online_token_detail', () => {
    const ask = (body: object, token?: string) => im.v3('/user/get_users_online_token_detail', body, token);

    it('lists tokens by platform of who is online', async () => {
      const answer = await ask({ userIDs: ['cid', 'ann', 'ann'] }, admin);
      expect(answer.body).toEqual({
        ...SUCCESS,
        data: [
          {
            userID: 'ann',
            status: 1,
            singlePlatformToken: [
              { platformID: 1, total: 1, token: ['token 1'] },
              { platformID: 2, total: 2, token: ['token 2', 'token 2b'] },
            ],
          },
        ],
      });
    });

    it('answers null when nobody is online, and to everybody who is no administrator', async () => {
      expect((await ask({ userIDs: ['cid'] }, admin)).body).toEqual({ ...SUCCESS, data: null });
      expect((await ask({}, admin)).body).toEqual({ ...SUCCESS, data: null });
      expect((await ask({ userIDs: ['ann'] }, ann)).body).toEqual({ ...SUCCESS, data: null });
    });

    it('answers HTTP 400 to a body it cannot read', async () => {
      const answer = await im.post('/user/get_users_online_token_detail', '{', { operationID: '1', token: admin });
      expect([answer.status, answer.body]).toEqual([400, argsError(expect.any(String))]);
    });
  });

  describe('/user/get_users_status', () => {
    const ask = (body: object, token = bob) => im.v3('/user/get_users_status', body, token);

    it('tells of each user in the order asked', async () => {
      const answer = await ask({ userIDs: ['nobody', 'ann', 'bob'], userID: 'bob' });
      expect(answer.body).toEqual({
        ...SUCCESS,
        data: {
          statusList: [
            { userID: 'nobody', status: 0, platformIDs: null },
            { userID: 'ann', status: 1, platformIDs: [1, 2] },
            { userID: 'bob', status: 1, platformIDs: [5] },
          ],
        },
      });
    });

    it.each([[{}], [{ userIDs: [] }], [{ userIDs: null }]])('refuses %j', async (body) => {
      expect((await ask(body)).body).toEqual(argsError('UserIDs is empty'));
    });
  });

  describe('subscriptions', () => {
    const subscribe = (body: object, token = ann) => im.v3('/user/subscribe_users_status', body, token);
    const subscribed = (userID: string, token = ann) => im.v3('/user/get_subscribe_users_status', { userID }, token);
    const list = (statusList: unknown) => ({ ...SUCCESS, data: { statusList } });
    const of = (userID: string, ...platformIDs: number[]) => ({
      userID,
      status: platformIDs.length > 0 ? 1 : 0,
      platformIDs: platformIDs.length > 0 ? platformIDs : null,
    });

    it('are kept, added to and ended', async () => {
      expect((await subscribed('ann')).body).toEqual(list(null));
      const first = await subscribe({ userID: 'ann', userIDs: ['bob', 'cid'], genre: 1 });
      expect(first.body).toEqual(list([of('bob', 5), of('cid')]));
      await subscribe({ userID: 'ann', userIDs: ['dan', 'bob'], genre: 1 });
      expect((await subscribed('ann')).body).toEqual(list([of('bob', 5), of('cid'), of('dan')]));
      await im.online('dan', 1);
      expect((await subscribed('ann', admin)).body).toEqual(list([of('bob', 5), of('cid'), of('dan', 1)]));
      const fewer = await subscribe({ userID: 'ann', userIDs: ['bob', 'cid', 'nobody'], genre: 2 });
      expect(fewer.body).toEqual(list([of('dan', 1)]));
      expect((await subscribed('bob', bob)).body).toEqual(list(null));
      expect((await subscribe({ userID: 'ann', userIDs: ['dan'], genre: 2 })).body).toEqual(list(null));
    });

    it('are bounded, and nothing is added beyond', async () => {
      const userIDs = Array.from({ length: 3_000 }, (_, i) => `u${i}`);
      expect((await subscribe({ userID: 'bob', userIDs, genre: 1 }, bob)).body.errCode).toBe(0);
      const more = await subscribe({ userID: 'bob', userIDs: ['u0', 'one more'], genre: 1 }, bob);
      expect(more.body).toEqual(argsError('at most 3000 users can be subscribed to'));
      expect((await subscribed('bob', bob)).body.data.statusList).toHaveLength(3_000);
      expect((await subscribe({ userID: 'bob', userIDs, genre: 2 }, bob)).body).toEqual(list(null));
    });

    it.each([
      [{ userIDs: ['bob'], genre: 1 }, 'UserID is empty'],
      [{ userID: 'ann', userIDs: [], genre: 1 }, 'subscription User-list is empty'],
      [{ userID: 'ann', genre: 1 }, 'subscription User-list is empty'],
      [{ userID: 'ann', userIDs: ['bob'] }, 'invalid subscription type parameter'],
      [{ userID: 'ann', userIDs: ['bob'], genre: 3 }, 'invalid subscription type parameter'],
    ])('refuse %j', async (body, errDlt) => {
      expect((await subscribe(body)).body).toEqual(argsError(errDlt));
    });

    it('are everybody’s own', async () => {
      expect((await subscribe({ userID: 'ann', userIDs: ['cid'], genre: 1 }, bob)).body).toEqual(NOT_ANN);
      expect((await subscribed('ann', bob)).body).toEqual(NOT_ANN);
      expect((await subscribed('ann')).body).toEqual(list(null));
      expect((await im.v3('/user/get_subscribe_users_status', {}, ann)).body).toEqual(argsError('UserID is empty'));
    });

    it('end with the account', async () => {
      await im.register('eve');
      await subscribe({ userID: 'eve', userIDs: ['bob'], genre: 1 }, await im.tokenOf('eve'));
      await im.v1('/manager/delete_user', { deleteUidList: ['eve'] }, admin);
      await im.register('eve');
      expect((await subscribed('eve', await im.tokenOf('eve'))).body).toEqual(list(null));
    });
  });
});
