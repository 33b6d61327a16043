import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemActor } from '../../../src/core/actor.js';
import { MessagesService } from '../../../src/messaging/messages.service.js';
import { Transactions } from '../../../src/database/transactions.js';
import type { Im } from '../../support/im.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';

const SUCCESS = { errCode: 0, errMsg: '', errDlt: '' };
const DAY = 86_400_000;
/** The beginning of a day long before anything else here happens. */
const MONDAY = Date.UTC(2020, 5, 1);

describeOnEachDatabase('v3 statistics', (database) => {
  let im: Im;
  let admin: string;
  let groupID: string;
  let quietGroupID: string;

  beforeAll(async () => {
    im = await startIm({ database });
    admin = await im.adminToken();
    await im.register('ann', 'bob', 'cid');
    const { manager } = im.get(Transactions);
    // Before the server has read them: it remembers accounts.
    await manager.query('UPDATE im_users SET createTime = ?', [MONDAY - 5]);
    await manager.query("UPDATE im_users SET createTime = ? WHERE userID IN ('ann', 'bob')", [MONDAY]);
    await manager.query("UPDATE im_users SET createTime = ? WHERE userID = 'cid'", [MONDAY + 2 * DAY - 1]);
    groupID = await im.group('ann', 'bob');
    quietGroupID = await im.group('ann', 'bob');
    await write('ann', { recvID: 'bob' }, MONDAY);
    await write('ann', { recvID: 'bob' }, MONDAY + DAY - 1);
    await write('bob', { recvID: 'ann' }, MONDAY + DAY);
    await write('cid', { recvID: 'ann' }, MONDAY + 3 * DAY);
    await write('bob', { groupID }, MONDAY + 1);
    await write('bob', { groupID }, MONDAY + 2 * DAY);
    await write('ann', { groupID: quietGroupID }, MONDAY + 2);
    await manager.query('UPDATE im_groups SET createTime = ?', [MONDAY + DAY]);
  });
  afterAll(() => im.close());

  const write = (sendID: string, to: { recvID?: string; groupID?: string }, sendTime: number): Promise<unknown> =>
    im.get(MessagesService).send(systemActor(), {
      sendID,
      ...to,
      sessionType: to.groupID ? 3 : 1,
      contentType: 101,
      content: '{"content":"hi"}',
      sendTime,
    });
  const call = async (path: string, body: object, token = admin): Promise<any> =>
    (await im.v3(`/statistics/${path}`, body, token)).body;
  const week = { start: MONDAY, end: MONDAY + 7 * DAY };
  const page = (pageNumber = 1, showNumber = 10) => ({ pagination: { pageNumber, showNumber } });

  it.each(['user/register', 'group/create', 'user/active', 'group/active'])(
    '%s is for administrators',
    async (path) => {
      expect(await call(path, { ...week, ...page() }, await im.tokenOf('ann'))).toMatchObject({ errCode: 1002 });
    },
  );

  describe('growth', () => {
    it.each(['user/register', 'group/create'])('of %s wants a span', async (path) => {
      const refused = async (body: object) => (await call(path, body)).errDlt;
      expect(await refused({ end: 5 })).toBe('start is invalid');
      expect(await refused({ start: -1, end: 5 })).toBe('start is invalid');
      expect(await refused({ start: 5 })).toBe('end is invalid');
      const reversed = path === 'user/register' ? 'start > end' : 'start > end: %d > %d, 5=3';
      expect(await refused({ start: 5, end: 3 })).toBe(reversed);
    });

    it('counts users by the day they were registered', async () => {
      expect(await call('user/register', week)).toEqual({
        ...SUCCESS,
        data: { total: 6, before: 3, count: { '2020-06-01': 2, '2020-06-02': 1 } },
      });
      // The end is not included, and a map of nothing is left out.
      const empty = { ...SUCCESS, data: { total: 6, before: 3 } };
      expect(await call('user/register', { start: MONDAY, end: MONDAY })).toEqual(empty);
    });

    it('counts groups', async () => {
      const count = { '2020-06-02': 2 };
      expect(await call('group/create', week)).toEqual({ ...SUCCESS, data: { total: 2, before: 0, count } });
    });
  });

  describe('activity of users', () => {
    const active = async (body: object): Promise<any> => (await call('user/active', { ...week, ...body })).data;
    const ranking = (data: any): [string, number][] =>
      (data.users ?? []).map(({ user, count }: any) => [user.userID, count]);

    it('counts what was written in single chats', async () => {
      const data = await active(page());
      expect(data).toMatchObject({
        msgCount: 4,
        userCount: 3,
        dateCount: { '2020-06-01': 2, '2020-06-02': 1, '2020-06-04': 1 },
      });
      expect(ranking(data)).toEqual([
        ['ann', 2],
        ['bob', 1],
        ['cid', 1],
      ]);
      expect(data.users[0].user).toEqual({
        userID: 'ann',
        nickname: 'ann',
        faceURL: '',
        ex: '',
        createTime: MONDAY,
        appMangerLevel: 1,
        globalRecvMsgOpt: 0,
      });
    });

    it('counts groups too when asked, and turns the order', async () => {
      const data = await active({ ...page(), group: true, ase: true });
      expect(data).toMatchObject({ msgCount: 7, userCount: 3 });
      expect(ranking(data)).toEqual([
        ['cid', 1],
        ['ann', 3],
        ['bob', 3],
      ]);
    });

    it('comes in pages, each entry on one of them', async () => {
      const pages = [await active(page(1, 2)), await active(page(2, 2)), await active(page(3, 2))];
      expect(pages.map((data) => ranking(data).map(([userID]) => userID))).toEqual([['ann', 'bob'], ['cid'], []]);
      expect(pages[2]).toMatchObject({ msgCount: 4, userCount: 3, users: null });
      expect((await active(page(1, 0))).users).toBeNull();
      expect(await call('user/active', week)).toMatchObject({ errCode: 1001, errDlt: 'pagination is empty' });
    });

    it('of no time at all is empty', async () => {
      const nothing = { msgCount: 0, userCount: 0, users: null };
      expect((await call('user/active', page())).data).toEqual(nothing);
      expect((await call('user/active', { start: MONDAY + DAY, end: MONDAY, ...page() })).data).toEqual(nothing);
    });
  });

  describe('activity of groups', () => {
    it('counts what was written in each', async () => {
      const { data } = await call('group/active', { ...week, ...page() });
      expect(data).toMatchObject({ msgCount: 3, groupCount: 2, dateCount: { '2020-06-01': 2, '2020-06-03': 1 } });
      expect(data.groups.map(({ group, count }: any) => [group.groupID, count])).toEqual([
        [groupID, 2],
        [quietGroupID, 1],
      ]);
      expect(data.groups[0].group).toMatchObject({ groupName: 'group', memberCount: 2, ownerUserID: 'ann', status: 0 });
    });
  });

  it('shows by their ID alone who and what is gone', async () => {
    const { manager } = im.get(Transactions);
    await im.v1('/manager/delete_user', { deleteUidList: ['cid'] }, admin);
    await manager.query('DELETE FROM im_groups WHERE groupID = ?', [quietGroupID]);
    const users = (await call('user/active', { ...week, ...page() })).data.users;
    expect(users[2].user).toMatchObject({ userID: 'cid', nickname: 'cid', createTime: 0 });
    const groups = (await call('group/active', { ...week, ...page() })).data.groups;
    expect(groups[1].group).toMatchObject({ groupID: quietGroupID, groupName: quietGroupID, memberCount: 0 });
  });
});
