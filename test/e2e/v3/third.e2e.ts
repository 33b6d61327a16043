import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Actor, systemActor } from '../../../src/core/actor.js';
import { NotPermitted } from '../../../src/core/errors.js';
import { ThirdService } from '../../../src/third/third.service.js';
import type { Im } from '../../support/im.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';

const SUCCESS = { errCode: 0, errMsg: '', errDlt: '' };
const argsError = (errDlt: unknown) => ({ errCode: 1001, errMsg: 'ArgsError', errDlt });
const notSelf = (userID: string) => ({
  errCode: 1002,
  errMsg: 'NoPermissionError',
  errDlt: `ownerUserID, ${userID}=MISSING`,
});
const notAdmin = { errCode: 1002, errMsg: 'NoPermissionError', errDlt: 'user ann is not admin userID' };
const notFound = (errDlt: unknown) => ({ errCode: 1004, errMsg: 'RecordNotFoundError', errDlt });

describeOnEachDatabase('Third-party endpoints', (database) => {
  let im: Im;
  let ann: string;
  let bob: string;
  let admin: string;
  beforeAll(async () => {
    im = await startIm({ database, env: { GRAFANA_URL: 'https://grafana.example.com/d/im?orgId=1' } });
    await im.register('ann', 'bob');
    [ann, bob, admin] = [await im.tokenOf('ann'), await im.tokenOf('bob'), await im.adminToken()];
  });
  afterAll(() => im.close());

  const call = (path: string, body: object, token?: string) =>
    im.v3(`/third/${path}`, body, token).then((answer) => answer.body);

  describe('fcm_update_token', () => {
    const token = { platformID: 2, fcmToken: 'fcm', account: 'ann', expireTime: 0 };

    it('keeps one for each platform of a user', async () => {
      expect(await call('fcm_update_token', token, ann)).toEqual(SUCCESS);
      expect(await call('fcm_update_token', { ...token, fcmToken: 'newer', expireTime: 60 }, ann)).toEqual(SUCCESS);
      expect(await call('fcm_update_token', { ...token, platformID: 1 }, admin)).toEqual(SUCCESS);
      const rows = (await im.rows('im_push_tokens', { userID: 'ann' })).sort((a, b) => a.platformID - b.platformID);
      expect(rows).toMatchObject([
        { platformID: 1, token: 'fcm' },
        { platformID: 2, token: 'newer' },
      ]);
      expect(Number(rows[0].expireTime)).toBe(0);
      expect(Math.abs(Number(rows[1].expireTime) - Date.now() - 60_000)).toBeLessThan(30_000);
    });

    it.each([
      [{ platformID: 0 }, 'platformID is invalidate'],
      [{ platformID: 11 }, 'platformID is invalidate'],
      [{ platformID: undefined }, 'platformID is invalidate'],
      [{ fcmToken: '' }, 'FcmToken is empty'],
      [{ account: '' }, 'account is empty'],
      [{ fcmToken: 'x'.repeat(4097) }, 'fcmToken must be at most 4096 characters'],
      [{ expireTime: -1 }, expect.stringContaining('expireTime')],
    ])('refuses %j', async (more, errDlt) => {
      expect(await call('fcm_update_token', { ...token, ...more }, ann)).toEqual(argsError(errDlt));
    });

    it("is one's own affair", async () => {
      expect(await call('fcm_update_token', token, bob)).toEqual(notSelf('ann'));
      expect(await call('fcm_update_token', { ...token, account: 'nobody' }, admin)).toEqual(
        notFound('User nobody does not exist'),
      );
    });
  });

  describe('a device that logs out', () => {
    const user = (userID: string): Actor => ({ userID, platformID: 1, isAdmin: false });
    const logsOut = (userID: string, platformID: number, actor: Actor) =>
      im.get(ThirdService).removePushToken({ userID, platformID }, actor);
    const known = async () => {
      const rows = await im.rows('im_push_tokens', {});
      return rows.map(({ userID, platformID }) => `${userID} ${platformID}`).toSorted();
    };

    it('is pushed to no more, on that platform of that user alone', async () => {
      for (const [account, token] of [
        ['ann', ann],
        ['bob', bob],
      ] as const) {
        for (const platformID of [1, 2, 5]) {
          const body = { platformID, fcmToken: 'fcm', account, expireTime: 0 };
          expect(await call('fcm_update_token', body, token)).toEqual(SUCCESS);
        }
      }
      await logsOut('ann', 2, user('ann'));
      await logsOut('ann', 2, user('ann'));
      await logsOut('nobody', 2, user('nobody'));
      await logsOut('ann', 5, systemActor());
      await expect(logsOut('ann', 1, user('bob'))).rejects.toThrow(NotPermitted);
      expect(await known()).toEqual(['ann 1', 'bob 1', 'bob 2', 'bob 5']);
    });
  });

  describe('set_app_badge', () => {
    it('remembers the number', async () => {
      expect(await call('set_app_badge', { userID: 'ann', appUnreadCount: 3 }, ann)).toEqual(SUCCESS);
      expect(await call('set_app_badge', { userID: 'ann', appUnreadCount: 7 }, admin)).toEqual(SUCCESS);
      expect(await im.rows('im_app_badges', { userID: 'ann' })).toMatchObject([{ unreadCount: 7 }]);
      expect(await call('set_app_badge', { userID: 'ann' }, ann)).toEqual(SUCCESS);
      expect(await im.rows('im_app_badges', { userID: 'ann' })).toMatchObject([{ unreadCount: 0 }]);
    });

    it('refuses others, nobody and no number', async () => {
      expect(await call('set_app_badge', { userID: 'ann', appUnreadCount: 3 }, bob)).toEqual(notSelf('ann'));
      expect(await call('set_app_badge', { appUnreadCount: 3 }, ann)).toEqual(argsError('UserID is empty'));
      expect(await call('set_app_badge', { userID: 'ann', appUnreadCount: '3' }, ann)).toEqual(
        argsError('appUnreadCount must be an integer'),
      );
    });
  });

  describe('logs', () => {
    const logs = (more: object = {}) => ({
      platform: 2,
      fileURLs: [{ filename: 'a.log', URL: 'http://x/a.log' }],
      appFramework: 'flutter',
      version: '1.2',
      ex: 'ex',
      ...more,
    });
    const search = (body: object, token = admin) =>
      call('logs/search', { pagination: { pageNumber: 1, showNumber: 100 }, ...body }, token);
    const found = async (body: object) => (await search(body)).data;

    it('are noted one by one, and found newest first', async () => {
      const before = Date.now();
      expect(await call('logs/upload', logs(), ann)).toEqual(SUCCESS);
      await new Promise((resolve) => setTimeout(resolve, 5));
      const two = [
        { filename: 'b.log', URL: 'http://x/b.log' },
        { filename: 'c.log', url: 'http://x/c.log' },
      ];
      expect(await call('logs/upload', logs({ fileURLs: two, platform: 99 }), bob)).toEqual(SUCCESS);
      const { total, logsInfos } = await found({});
      expect(total).toBe(3);
      expect(logsInfos.map((log: any) => log.userID)).toEqual(['bob', 'bob', 'ann']);
      expect(logsInfos[2]).toEqual({
        userID: 'ann',
        platform: 'Android',
        url: 'http://x/a.log',
        createTime: expect.any(Number),
        nickname: 'ann',
        logID: expect.stringMatching(/^\d{10}$/),
        filename: 'a.log',
        systemType: '',
        ex: 'ex',
        version: '1.2',
      });
      expect(logsInfos[2].createTime).toBeGreaterThanOrEqual(before);
      expect(logsInfos[0].platform).toBe('');
      expect(
        logsInfos
          .slice(0, 2)
          .map((log: any) => log.url)
          .sort(),
      ).toEqual(['http://x/b.log', 'http://x/c.log']);
      expect((await im.rows('im_client_logs', { userID: 'ann' }))[0].appFramework).toBe('flutter');
    });

    it('are found by a part of the userID, whatever its case, taken literally', async () => {
      expect((await found({ keyword: 'AN' })).total).toBe(1);
      await im.register('Ärger');
      expect(await call('logs/upload', logs(), await im.tokenOf('Ärger'))).toEqual(SUCCESS);
      expect((await found({ keyword: 'äRG' })).total).toBe(1);
      await im.v1('/manager/delete_user', { deleteUidList: ['Ärger'] }, admin);
      for (const keyword of ['%', '_', '.*', 'ann!', "'"]) {
        expect(await found({ keyword })).toEqual({ logsInfos: null, total: 0 });
      }
    });

    it('are found by time', async () => {
      const { logsInfos } = await found({});
      const time = logsInfos[2].createTime;
      expect((await found({ startTime: time, endTime: time })).total).toBe(1);
      expect((await found({ startTime: time + 1, endTime: time + 60_000 })).total).toBe(2);
      expect(await search({ startTime: 2, endTime: 1 })).toEqual(argsError('startTime>endTime'));
      expect(await search({ startTime: 2 })).toEqual(argsError('startTime>endTime'));
    });

    it('come in pages; none at all where the page is nonsense', async () => {
      const all = (await found({})).logsInfos;
      const pages = await Promise.all(
        [1, 2, 3].map((pageNumber) => found({ pagination: { pageNumber, showNumber: 2 } })),
      );
      expect(pages.map(({ logsInfos }) => logsInfos)).toEqual([all.slice(0, 2), all.slice(2), null]);
      for (const pagination of [
        null,
        {},
        { pageNumber: 0, showNumber: 5 },
        { pageNumber: -1, showNumber: 5 },
        { pageNumber: 1, showNumber: 0 },
      ]) {
        expect(await found({ pagination })).toEqual({ logsInfos: null, total: 3 });
      }
    });

    it.each([
      [{ fileURLs: [] }, 'fileURLs is empty'],
      [{ fileURLs: null }, 'fileURLs is empty'],
      [{ platform: 'Android' }, 'platform must be an integer'],
      [{ fileURLs: ['x'] }, expect.stringContaining('fileURLs[0]')],
    ])('are refused: %j', async (more, errDlt) => {
      expect(await call('logs/upload', logs(more), ann)).toEqual(argsError(errDlt));
    });

    it("are the administrators' to search and delete", async () => {
      expect(await search({}, ann)).toEqual(notAdmin);
      expect(await call('logs/delete', { logIDs: ['1'] }, ann)).toEqual(notAdmin);
    });

    it('are deleted all together or not at all', async () => {
      const { logsInfos } = await found({});
      const [newest, , oldest] = logsInfos.map((log: any) => log.logID);
      expect(await call('logs/delete', { logIDs: [newest, '1', '2'] }, admin)).toEqual(
        notFound('logIDs not found, logIDs=[1 2]'),
      );
      expect((await found({})).total).toBe(3);
      expect(await call('logs/delete', { logIDs: [newest, oldest, newest] }, admin)).toEqual(SUCCESS);
      expect((await found({})).total).toBe(1);
      expect(await call('logs/delete', { logIDs: [] }, admin)).toEqual(argsError('logIDs is empty'));
      expect(await call('logs/delete', {}, admin)).toEqual(argsError('logIDs is empty'));
    });
  });

  it('forgets deleted users', async () => {
    await im.register('eve');
    const eve = await im.tokenOf('eve');
    await call('fcm_update_token', { platformID: 1, fcmToken: 'x', account: 'eve' }, eve);
    await call('set_app_badge', { userID: 'eve', appUnreadCount: 1 }, eve);
    await call('logs/upload', { platform: 1, fileURLs: [{ filename: 'x', URL: 'y' }] }, eve);
    await im.v1('/manager/delete_user', { deleteUidList: ['eve'] }, admin);
    for (const table of ['im_push_tokens', 'im_app_badges', 'im_client_logs']) {
      expect(await im.rows(table, { userID: 'eve' })).toEqual([]);
    }
  });

  it('leads to the charts, where there are some', async () => {
    const answer = await fetch(`${im.url}/third/prometheus`, { redirect: 'manual' });
    expect([answer.status, answer.headers.get('location')]).toEqual([302, 'https://grafana.example.com/d/im?orgId=1']);
    const bare = await startIm({ database });
    try {
      const none = await fetch(`${bare.url}/third/prometheus`);
      expect([none.status, none.headers.get('content-type'), await none.text()]).toEqual([
        404,
        'text/plain; charset=utf-8',
        'GRAFANA_URL is not set',
      ]);
    } finally {
      await bare.close();
    }
  });
});
