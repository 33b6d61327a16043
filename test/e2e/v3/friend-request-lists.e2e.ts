import { afterAll, beforeAll, expect, it } from 'vitest';
import { argsError, NEITHER, notSelf, ok } from '../../support/friends.js';
import type { Im } from '../../support/im.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';

const ASK = '/friend/add_friend';
const ANSWER = '/friend/add_friend_response';
const RECEIVED = '/friend/get_friend_apply_list';
const SENT = '/friend/get_self_friend_apply_list';
const BETWEEN = '/friend/get_designated_friend_apply';
const COUNT = '/friend/get_self_unhandled_apply_count';
const pagination = { pageNumber: 1, showNumber: 100 };

describeOnEachDatabase('Lists of requests in v3', (database) => {
  let im: Im;
  const fans = ['fan0', 'fan1', 'fan2', 'fan3', 'fan4'];
  let times: number[];

  beforeAll(async () => {
    im = await startIm({ database });
    await im.register('star', 'stranger', ...fans);
    for (const fan of fans) {
      await as(fan, ASK, { fromUserID: fan, toUserID: 'star' });
      // Requests of one millisecond have no order of time.
      await new Promise((resolve) => setTimeout(resolve, 3));
    }
    await as('star', ANSWER, { fromUserID: 'fan1', toUserID: 'star', handleResult: 1 });
    await as('star', ANSWER, { fromUserID: 'fan3', toUserID: 'star', handleResult: -1 });
    await as('star', ASK, { fromUserID: 'star', toUserID: 'fan3' });
    const rows = await im.rows('im_friend_requests', { toUserID: 'star' });
    times = rows.toSorted((a, b) => (a.fromUserID < b.fromUserID ? -1 : 1)).map((row) => Number(row.createTime));
  });
  afterAll(() => im.close());

  const as = async (userID: string, path: string, body: object) =>
    (await im.v3(path, body, await im.tokenOf(userID))).body;
  const received = async (more: object) =>
    (await as('star', RECEIVED, { userID: 'star', pagination, ...more })).data as {
      FriendRequests: { fromUserID: string }[] | null;
      total: number;
    };
  const senders = async (more: object) => {
    const { FriendRequests, total } = await received(more);
    return [FriendRequests?.map(({ fromUserID }) => fromUserID) ?? null, total];
  };

  it('are newest first, page by page', async () => {
    expect(await senders({})).toEqual([['fan4', 'fan3', 'fan2', 'fan1', 'fan0'], 5]);
    expect(await senders({ pagination: { pageNumber: 2, showNumber: 2 } })).toEqual([['fan2', 'fan1'], 5]);
    expect(await senders({ pagination: { pageNumber: 9, showNumber: 2 } })).toEqual([null, 5]);
    expect(await senders({ pagination: { pageNumber: 1, showNumber: 0 } })).toEqual([null, 5]);
  });

  it('can be of some results only', async () => {
    expect(await senders({ handleResults: [0] })).toEqual([['fan4', 'fan2', 'fan0'], 3]);
    expect(await senders({ handleResults: [1, -1, 1] })).toEqual([['fan3', 'fan1'], 2]);
    expect(await senders({ handleResults: [7] })).toEqual([null, 0]);
    expect(await senders({ handleResults: [] })).toEqual([expect.any(Array), 5]);
  });

  it('of those sent have a small letter', async () => {
    const sent = await as('star', SENT, { userID: 'star', pagination });
    expect(sent).toEqual(ok({ friendRequests: [expect.objectContaining({ toUserID: 'fan3' })], total: 1 }));
    expect(await as('stranger', SENT, { userID: 'stranger', pagination })).toEqual(
      ok({ friendRequests: null, total: 0 }),
    );
    const filtered = await as('star', SENT, { userID: 'star', pagination, handleResults: [1] });
    expect(filtered).toEqual(ok({ friendRequests: null, total: 0 }));
  });

  it.each([RECEIVED, SENT])('%s refuses what it cannot read', async (path) => {
    expect(await as('star', path, { pagination })).toEqual(argsError('userID is empty'));
    expect(await as('star', path, { userID: 'star' })).toEqual(argsError('pagination is empty'));
    const zero = { pageNumber: 0, showNumber: 1 };
    expect(await as('star', path, { userID: 'star', pagination: zero })).toEqual(argsError('pageNumber is invalid'));
    for (const handleResults of ['0', [0.5], ['0'], [null]]) {
      const body = await as('star', path, { userID: 'star', pagination, handleResults });
      expect(body).toEqual(argsError(expect.stringContaining('handleResults')));
    }
    expect(await as('stranger', path, { userID: 'star', pagination })).toEqual(notSelf('star'));
  });

  it('between two users hold both directions, for the two of them', async () => {
    const both = await as('fan3', BETWEEN, { fromUserID: 'fan3', toUserID: 'star' });
    expect(Object.keys(both.data)).toEqual(['friendRequests']);
    expect(both.data.friendRequests.map((one: any) => [one.fromUserID, one.toUserID, one.handleResult])).toEqual([
      ['fan3', 'star', -1],
      ['star', 'fan3', 0],
    ]);
    expect((await as('star', BETWEEN, { fromUserID: 'star', toUserID: 'fan0' })).data.friendRequests).toHaveLength(1);
    expect(await as('fan0', BETWEEN, { fromUserID: 'fan0', toUserID: 'fan1' })).toEqual(ok({ friendRequests: null }));
    expect(await as('stranger', BETWEEN, { fromUserID: 'fan3', toUserID: 'star' })).toEqual(NEITHER);
    expect(await as('star', BETWEEN, { toUserID: 'star' })).toEqual(argsError('ownerUserID is empty'));
    expect(await as('star', BETWEEN, { fromUserID: 'star' })).toEqual(argsError('toUserID is empty'));
  });

  it('are counted while open, and only later ones when a time is given', async () => {
    expect(await as('star', COUNT, { userID: 'star', time: 0 })).toEqual(ok({ count: 3 }));
    expect(await as('star', COUNT, { userID: 'star', time: times[0] })).toEqual(ok({ count: 2 }));
    expect(await as('star', COUNT, { userID: 'star', time: times[0] - 1 })).toEqual(ok({ count: 3 }));
    expect(await as('star', COUNT, { userID: 'star', time: times[4] })).toEqual(ok({ count: 0 }));
    expect(await as('stranger', COUNT, { userID: 'star' })).toEqual(notSelf('star'));
    expect(await as('star', COUNT, { userID: 'star', time: '0' })).toEqual(argsError(expect.stringContaining('time')));
  });

  it('hold nothing of who was deleted', async () => {
    await im.v1('/manager/delete_user', { deleteUidList: ['fan3'] }, await im.adminToken());
    expect(await senders({})).toEqual([['fan4', 'fan2', 'fan1', 'fan0'], 4]);
    expect(await as('star', SENT, { userID: 'star', pagination })).toEqual(ok({ friendRequests: null, total: 0 }));
  });
});
