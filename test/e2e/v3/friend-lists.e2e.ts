import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { idHashOf } from '../../../src/sync/id-hash.js';
import { argsError, NEITHER, notFound, notSelf, ok, SUCCESS } from '../../support/friends.js';
import type { Im } from '../../support/im.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';

const LIST = '/friend/get_friend_list';
const SOME = '/friend/get_designated_friends';
const RELATIONS = '/friend/get_specified_friends_info';
const IDS = '/friend/get_friend_id';
const MUTUAL = '/friend/is_friend';
const CHANGES = '/friend/get_incremental_friends';
const FULL = '/friend/get_full_friend_user_ids';
const pagination = { pageNumber: 1, showNumber: 100 };

describeOnEachDatabase('Reading friend lists in v3', (database) => {
  let im: Im;
  let admin: string;
  let serial = 0;
  /** Has the friends zed, amy and max, made in this order. */
  let ann: string;
  let zed: string;
  let amy: string;
  let max: string;

  beforeAll(async () => {
    im = await startIm({ database });
    admin = await im.adminToken();
    await im.register('stranger');
  });
  afterAll(() => im.close());
  beforeEach(async () => {
    serial += 1;
    [ann, zed, amy, max] = ['ann', 'zed', 'amy', 'max'].map((name) => `${name}${serial}`);
    await im.register(ann, zed, amy, max);
    for (const friend of [zed, amy, max]) {
      await im.v3('/friend/import_friend', { ownerUserID: ann, friendUserIDs: [friend] }, admin);
      // Friendships of one millisecond have no order of time.
      await new Promise((resolve) => setTimeout(resolve, 3));
    }
  });

  const as = async (userID: string, path: string, body: object) =>
    (await im.v3(path, body, await im.tokenOf(userID))).body;
  const update = (friendUserIDs: string[], changes: object) =>
    as(ann, '/friend/update_friends', { ownerUserID: ann, friendUserIDs, ...changes });
  const remove = (friendUserID: string) => as(ann, '/friend/delete_friend', { ownerUserID: ann, friendUserID });

  const entry = (userID: string, more: object = {}) => ({
    ownerUserID: ann,
    remark: '',
    createTime: expect.any(Number),
    friendUser: {
      userID,
      nickname: userID,
      faceURL: '',
      ex: '',
      createTime: 0,
      appMangerLevel: 0,
      globalRecvMsgOpt: 0,
    },
    addSource: 1,
    operatorUserID: 'openIM123456',
    ex: '',
    isPinned: false,
    ...more,
  });

  describe('A page', () => {
    const read = async (pageNumber: number, showNumber: number) => {
      const { data } = await as(ann, LIST, { userID: ann, pagination: { pageNumber, showNumber } });
      return [data.friendsInfo?.map((one: any) => one.friendUser.userID) ?? null, data.total];
    };

    it('has entries with every member, in seconds, oldest first', async () => {
      const body = await as(ann, LIST, { userID: ann, pagination });
      expect(body).toEqual(ok({ friendsInfo: [entry(zed), entry(amy), entry(max)], total: 3 }));
      expect(Math.abs(body.data.friendsInfo[0].createTime - Date.now() / 1000)).toBeLessThan(30);
    });

    it('begins with the pinned, also across pages', async () => {
      await update([max, amy], { isPinned: true });
      expect(await read(1, 100)).toEqual([[amy, max, zed], 3]);
      expect(await read(1, 1)).toEqual([[amy], 3]);
      expect(await read(1, 2)).toEqual([[amy, max], 3]);
      expect(await read(2, 2)).toEqual([[zed], 3]);
      expect(await read(3, 1)).toEqual([[zed], 3]);
      expect(await read(4, 1)).toEqual([null, 3]);
      expect(await read(1, 0)).toEqual([null, 3]);
    });

    it('is for its owner', async () => {
      expect(await as('stranger', LIST, { userID: ann, pagination })).toEqual(notSelf(ann));
      expect(await as(ann, LIST, { userID: ann })).toEqual(argsError('pagination is empty'));
      expect(await as(ann, LIST, { userID: '', pagination })).toEqual(argsError('userID is empty'));
      expect(await as('stranger', LIST, { userID: 'stranger', pagination })).toEqual(
        ok({ friendsInfo: null, total: 0 }),
      );
      expect((await im.v3(LIST, { userID: ann, pagination }, admin)).body.data.total).toBe(3);
    });
  });

  describe('Designated friends', () => {
    it('come in the order asked, without those who are none', async () => {
      const body = await as(ann, SOME, { ownerUserID: ann, friendUserIDs: [max, 'stranger', 'ghost', zed] });
      expect(body).toEqual(ok({ friendsInfo: [entry(max), entry(zed)] }));
      expect(body.data.friendsInfo[0].createTime).toBeLessThan(100_000_000_000);
      const none = await as(ann, SOME, { ownerUserID: ann, friendUserIDs: ['stranger'] });
      expect(none).toEqual(ok({ friendsInfo: null }));
    });

    it('are asked for once, by the owner', async () => {
      expect(await as(ann, SOME, { friendUserIDs: [zed] })).toEqual(argsError('ownerUserID is empty'));
      expect(await as(ann, SOME, { ownerUserID: ann })).toEqual(argsError('friendUserIDS is empty'));
      expect(await as(ann, SOME, { ownerUserID: ann, friendUserIDs: [] })).toEqual(argsError('friendUserIDS is empty'));
      const twice = { ownerUserID: ann, friendUserIDs: [zed, zed] };
      expect(await as(ann, SOME, twice)).toEqual(argsError('friend userID repeated'));
      expect(await as('stranger', SOME, twice)).toEqual(notSelf(ann));
    });
  });

  describe('What users are to somebody', () => {
    it('comes with their accounts, in milliseconds, in the order asked', async () => {
      await as(ann, '/friend/add_black', { ownerUserID: ann, blackUserID: zed, ex: 'b' });
      await as(ann, '/friend/add_black', { ownerUserID: ann, blackUserID: 'stranger' });
      const body = await as(ann, RELATIONS, { ownerUserID: ann, userIDList: ['stranger', 'ghost', zed, amy, ann] });
      const userInfo = (userID: string) => ({
        userID,
        nickname: userID,
        faceURL: '',
        ex: '',
        createTime: expect.any(Number),
        appMangerLevel: 1,
        globalRecvMsgOpt: 0,
      });
      const friendInfo = entry('', { friendUser: null });
      const black = { ownerUserID: ann, createTime: expect.any(Number), blackUserInfo: null, addSource: 0 };
      expect(body).toEqual(
        ok({
          infos: [
            { userInfo: userInfo('stranger'), friendInfo: null, blackInfo: { ...black, operatorUserID: ann, ex: '' } },
            { userInfo: userInfo(zed), friendInfo, blackInfo: { ...black, operatorUserID: ann, ex: 'b' } },
            { userInfo: userInfo(amy), friendInfo, blackInfo: null },
            { userInfo: userInfo(ann), friendInfo: null, blackInfo: null },
          ],
        }),
      );
      const [, { friendInfo: friend, blackInfo, userInfo: user }] = body.data.infos;
      for (const one of [friend, blackInfo, user]) expect(one.createTime).toBeGreaterThan(1_600_000_000_000);
    });

    it.each<[unknown, string]>([
      [undefined, 'userIDList is empty'],
      [[], 'userIDList is empty'],
      [['a', 'a'], 'userIDList repeated'],
      [Array.from({ length: 1001 }, (_, i) => `u${i}`), 'too many UserIDs, need to be less than 1000'],
    ])('refuses a bad list (%#), whoever asks', async (userIDList, errDlt) => {
      for (const userID of [ann, 'stranger']) {
        expect(await as(userID, RELATIONS, { ownerUserID: ann, userIDList })).toEqual(argsError(errDlt));
      }
    });

    it('is told to the owner', async () => {
      const body = { ownerUserID: ann, userIDList: ['ghost'] };
      expect(await as('stranger', RELATIONS, body)).toEqual(notSelf(ann));
      expect(await as(ann, RELATIONS, body)).toEqual(ok({ infos: null }));
      expect(await as(ann, RELATIONS, { userIDList: ['a'] })).toEqual(argsError('ownerUserID is empty'));
    });
  });

  it('IDs are all there, pinned first', async () => {
    await update([max], { isPinned: true });
    expect(await as(ann, IDS, { userID: ann })).toEqual(ok({ friendIDs: [max, zed, amy] }));
    expect(await as('stranger', IDS, { userID: 'stranger' })).toEqual(ok({ friendIDs: null }));
    expect(await as('stranger', IDS, { userID: ann })).toEqual(notSelf(ann));
    expect(await as(ann, IDS, {})).toEqual(argsError('userID is empty'));
  });

  it('friends of each other are told apart from one-sided ones, to the two of them', async () => {
    await remove(amy);
    const both = (inUser1Friends: boolean, inUser2Friends: boolean) => ok({ inUser1Friends, inUser2Friends });
    expect(await as(ann, MUTUAL, { userID1: ann, userID2: zed })).toEqual(both(true, true));
    expect(await as(ann, MUTUAL, { userID1: ann, userID2: amy })).toEqual(both(false, true));
    expect(await as(amy, MUTUAL, { userID1: amy, userID2: ann })).toEqual(both(true, false));
    expect(await as(ann, MUTUAL, { userID1: 'ghost', userID2: ann })).toEqual(both(false, false));
    expect(await as('stranger', MUTUAL, { userID1: ann, userID2: zed })).toEqual(NEITHER);
    expect(await as(ann, MUTUAL, { userID2: ann })).toEqual(argsError('userID1 is empty'));
    expect(await as(ann, MUTUAL, { userID1: ann })).toEqual(argsError('userID2 is empty'));
  });

  describe('What changed', () => {
    const changes = async (known: object = {}) => (await as(ann, CHANGES, { userID: ann, ...known })).data;

    it('is everything to who has nothing or something else, and nothing to who has it all', async () => {
      const nothing = { delete: null, insert: null, update: null, sortVersion: 0 };
      const first = await changes();
      const { version, versionID } = first;
      expect(first).toEqual({ version: 3, versionID: expect.stringMatching(/^[0-9a-f]{24}$/), full: true, ...nothing });
      expect(await changes({ version, versionID })).toEqual({ ...first, full: false });
      expect(await changes({ version: 99, versionID })).toEqual(first);
      expect(await changes({ version, versionID: 'f'.repeat(24) })).toEqual(first);
      const { text } = await im.post(
        CHANGES,
        `{"userID":"${ann}","versionID":"${versionID}","version":18446744073709551615}`,
        { operationID: 'op', token: await im.tokenOf(ann) },
      );
      expect(JSON.parse(text).data).toEqual(first);
    });

    it('is what was made, changed and ended since, with the order', async () => {
      const { version, versionID } = await changes();
      await im.register('late');
      await im.v3('/friend/import_friend', { ownerUserID: ann, friendUserIDs: ['late'] }, admin);
      await as(ann, '/friend/set_friend_remark', { ownerUserID: ann, friendUserID: zed, remark: 'Z' });
      await remove(amy);
      expect(await changes({ version, versionID })).toEqual({
        version: version + 3,
        versionID,
        full: false,
        delete: [amy],
        insert: [entry('late')],
        update: [entry(zed, { remark: 'Z' })],
        sortVersion: 0,
      });
      await update([max], { isPinned: true });
      expect(await changes({ version: version + 3, versionID })).toEqual({
        version: version + 4,
        versionID,
        full: false,
        delete: null,
        insert: null,
        update: [entry(max, { isPinned: true })],
        sortVersion: version + 4,
      });
    });

    it('includes who was deleted; a new account of the ID begins anew', async () => {
      const { version, versionID } = await changes();
      const zeds = (await as(zed, CHANGES, { userID: zed })).data;
      expect((await im.v1('/manager/delete_user', { deleteUidList: [zed, max] }, admin)).body.errCode).toBe(0);
      const since = await changes({ version, versionID });
      expect(since).toMatchObject({ version: version + 1, full: false, insert: null, update: null });
      expect(since.delete.sort()).toEqual([max, zed].sort());
      await im.register(zed);
      const begun = (await as(zed, CHANGES, { userID: zed, ...zeds })).data;
      expect(begun).toMatchObject({ version: 1, full: true });
      expect(begun.versionID).not.toBe(zeds.versionID);
      expect((await as(zed, LIST, { userID: zed, pagination })).data).toEqual({ friendsInfo: null, total: 0 });
    });

    it('is told to the owner', async () => {
      expect(await as('stranger', CHANGES, { userID: ann })).toEqual(notSelf(ann));
      expect(await as(ann, CHANGES, {})).toEqual(argsError('userID is empty'));
      for (const version of [-1, 1.5, '3']) {
        expect(await as(ann, CHANGES, { userID: ann, version })).toEqual(argsError(expect.stringContaining('version')));
      }
      for (const userID of ['ghost', 'x'.repeat(200)]) {
        expect((await im.v3(CHANGES, { userID }, admin)).body).toEqual(notFound(expect.any(String)));
        expect((await im.v3(FULL, { userID, idHash: 0 }, admin)).body).toEqual(notFound(expect.any(String)));
      }
    });
  });

  it('the full list of IDs is left out when the client has it, to the last bit of its hash', async () => {
    await update([max], { isPinned: true });
    const userIDs = [max, zed, amy];
    const full = async (idHash: bigint | number) => {
      const headers = { operationID: 'op', token: await im.tokenOf(ann) };
      const { body } = await im.post(FULL, `{"idHash":${idHash},"userID":"${ann}"}`, headers);
      expect(body).toMatchObject(SUCCESS);
      return body.data;
    };
    const stamp = { version: 4, versionID: expect.stringMatching(/^[0-9a-f]{24}$/) };
    const hash = idHashOf(userIDs);
    expect(await full(0)).toEqual({ ...stamp, equal: false, userIDs });
    expect(await full(hash)).toEqual({ ...stamp, equal: true, userIDs: null });
    expect(await full(hash ^ 1n)).toEqual({ ...stamp, equal: false, userIDs });
    const empty = await as('stranger', FULL, { idHash: 0, userID: 'stranger' });
    expect(empty.data).toEqual({ version: 1, versionID: expect.any(String), equal: true, userIDs: null });
    expect(await as('stranger', FULL, { idHash: 0, userID: ann })).toEqual(notSelf(ann));
    expect(await as(ann, FULL, { idHash: 0 })).toEqual(argsError('userID is empty'));
  });
});
