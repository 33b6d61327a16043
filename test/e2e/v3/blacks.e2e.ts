import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ImEvents } from '../../../src/events/events.js';
import { OperationVetoed, UserBlocking } from '../../../src/index.js';
import { argsError, type Heard, listen, logOf, notFound, notSelf, ok, SUCCESS } from '../../support/friends.js';
import type { Im } from '../../support/im.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';

const ADD = '/friend/add_black';
const REMOVE = '/friend/remove_black';
const LIST = '/friend/get_black_list';
const SOME = '/friend/get_specified_blacks';
const CHANGES = '/friend/get_incremental_blacks';
const pagination = { pageNumber: 1, showNumber: 100 };

describeOnEachDatabase('Black lists in v3', (database) => {
  let im: Im;
  let admin: string;
  let heard: Heard[];
  let serial = 0;
  /** Registered, and blocks nobody yet. */
  let ann: string;
  let bob: string;
  let cid: string;

  beforeAll(async () => {
    im = await startIm({ database });
    admin = await im.adminToken();
    heard = listen(im);
    await im.register('stranger');
  });
  afterAll(() => im.close());
  beforeEach(async () => {
    serial += 1;
    [ann, bob, cid] = ['ann', 'bob', 'cid'].map((name) => `${name}${serial}`);
    await im.register(ann, bob, cid);
    heard.length = 0;
  });

  const as = async (userID: string, path: string, body: object) =>
    (await im.v3(path, body, await im.tokenOf(userID))).body;
  const block = (blackUserID: string, more: object = {}) => as(ann, ADD, { ownerUserID: ann, blackUserID, ...more });
  const unblock = (blackUserID: string) => as(ann, REMOVE, { ownerUserID: ann, blackUserID });
  const blocked = async () => (await im.rows('im_blacks', { ownerUserID: ann })).map((row) => row.blackUserID).sort();

  const entry = (userID: string, more: object = {}) => ({
    ownerUserID: ann,
    createTime: expect.any(Number),
    blackUserInfo: { userID, nickname: userID, faceURL: '', ex: '' },
    addSource: 0,
    operatorUserID: ann,
    ex: '',
    ...more,
  });

  describe('Blocking', () => {
    it('puts a user on the list, tells both, and leaves them friends', async () => {
      await im.v3('/friend/import_friend', { ownerUserID: ann, friendUserIDs: [bob] }, admin);
      heard.length = 0;
      expect(await block(bob, { ex: 'spam' })).toEqual(SUCCESS);
      expect(heard).toEqual([
        {
          contentType: 1207,
          sendID: ann,
          recvID: bob,
          conversationID: `n_${ann}_${bob}`,
          seq: 0,
          detail: { fromToUserID: { fromUserID: ann, toUserID: bob } },
        },
      ]);
      const list = await as(ann, LIST, { userID: ann, pagination });
      expect(list).toEqual(ok({ blacks: [entry(bob, { ex: 'spam' })], total: 1 }));
      expect(Math.abs(list.data.blacks[0].createTime - Date.now() / 1000)).toBeLessThan(30);
      expect(await logOf(im, 'blacks', ann)).toEqual({ version: 1, changes: { [bob]: 1 } });
      expect(await im.rows('im_friends', { ownerUserID: ann })).toHaveLength(1);
    });

    it('keeps the blocked one from writing, until it is taken back', async () => {
      const send = () =>
        im.v1(
          '/manager/send_msg',
          { sendID: bob, recvID: ann, content: { text: 'hi' }, contentType: 101, sessionType: 1 },
          admin,
        );
      expect((await send()).body.errCode).toBe(0);
      await block(bob);
      expect((await send()).body.errCode).toBe(600);
      await unblock(bob);
      expect((await send()).body.errCode).toBe(0);
    });

    it('somebody twice is refused', async () => {
      await block(bob);
      heard.length = 0;
      expect(await block(bob, { ex: 'again' })).toEqual({
        errCode: 1003,
        errMsg: 'DuplicateKeyError',
        errDlt: expect.any(String),
      });
      expect(heard).toEqual([]);
      expect((await im.rows('im_blacks', { ownerUserID: ann }))[0].ex).toBe('');
      expect((await logOf(im, 'blacks', ann)).version).toBe(1);
    });

    it('is refused for oneself and for the unknown', async () => {
      expect(await block(ann)).toEqual(notFound('user not found'));
      expect(await block('ghost')).toEqual(notFound('user not found'));
      const { body } = await im.v3(ADD, { ownerUserID: 'ghost', blackUserID: bob }, admin);
      expect(body).toEqual(notFound('user not found'));
      expect(await blocked()).toEqual([]);
    });

    it('can be refused by the host', async () => {
      const unwelcome = bob;
      im.get(ImEvents).on(UserBlocking, 'before', ({ blackUserID }) => {
        if (blackUserID === unwelcome) throw new OperationVetoed('no', 5001);
      });
      expect(await block(bob)).toMatchObject({ errCode: 5001 });
      expect(await blocked()).toEqual([]);
    });
  });

  describe('Unblocking', () => {
    it('takes a user off the list and tells both', async () => {
      await block(bob);
      await block(cid);
      heard.length = 0;
      expect(await unblock(bob)).toEqual(SUCCESS);
      expect(await blocked()).toEqual([cid]);
      expect(heard).toMatchObject([
        { contentType: 1208, sendID: ann, recvID: bob, detail: { fromToUserID: { fromUserID: ann, toUserID: bob } } },
      ]);
      expect(await logOf(im, 'blacks', ann)).toEqual({ version: 3, changes: { [bob]: 2, [cid]: 1 } });
    });

    it('somebody who is not on it succeeds and changes nothing', async () => {
      expect(await unblock(bob)).toEqual(SUCCESS);
      expect(await unblock('x'.repeat(255))).toEqual(SUCCESS);
      expect(heard).toEqual([]);
      expect((await logOf(im, 'blacks', ann)).version).toBe(0);
    });
  });

  it.each([ADD, REMOVE])('%s needs both users, and the owner', async (path) => {
    expect(await as(ann, path, { blackUserID: bob })).toEqual(argsError('ownerUserID is empty'));
    expect(await as(ann, path, { ownerUserID: ann, blackUserID: '' })).toEqual(argsError('blackUserID is empty'));
    expect(await as(ann, path, { ownerUserID: ann, blackUserID: 5 })).toEqual(
      argsError(expect.stringContaining('blackUserID')),
    );
    await block(cid);
    expect(await as('stranger', path, { ownerUserID: ann, blackUserID: cid })).toEqual(notSelf(ann));
    expect(await as(cid, path, { ownerUserID: ann, blackUserID: cid })).toEqual(notSelf(ann));
    expect(await blocked()).toEqual([cid]);
    expect((await im.v3(path, { ownerUserID: ann, blackUserID: bob }, admin)).body).toEqual(SUCCESS);
  });

  describe('The list', () => {
    it('is oldest first, page by page', async () => {
      expect(await as(ann, LIST, { userID: ann, pagination })).toEqual(ok({ blacks: null, total: 0 }));
      const names = [`z${serial}`, `a${serial}`, `m${serial}`];
      await im.register(...names);
      for (const name of names) {
        await block(name);
        await new Promise((resolve) => setTimeout(resolve, 3));
      }
      const read = async (pageNumber: number, showNumber: number) => {
        const { data } = await as(ann, LIST, { userID: ann, pagination: { pageNumber, showNumber } });
        return [data.blacks?.map((one: any) => one.blackUserInfo.userID) ?? null, data.total];
      };
      expect(await read(1, 100)).toEqual([names, 3]);
      expect(await read(2, 2)).toEqual([names.slice(2), 3]);
      expect(await read(3, 2)).toEqual([null, 3]);
      expect(await read(1, -1)).toEqual([null, 3]);
    });

    it('is for its owner', async () => {
      expect(await as('stranger', LIST, { userID: ann, pagination })).toEqual(notSelf(ann));
      expect(await as(ann, LIST, { userID: ann })).toEqual(argsError('pagination is empty'));
      expect(await as(ann, LIST, { pagination })).toEqual(argsError('userID is empty'));
    });

    it('can be read by ID, in the order asked and in milliseconds', async () => {
      await block(bob);
      await block(cid);
      const body = await as(ann, SOME, { ownerUserID: ann, userIDList: [cid, 'ghost', 'stranger', bob] });
      expect(body).toEqual(ok({ blacks: [entry(cid), entry(bob)], total: 2 }));
      expect(body.data.blacks[0].createTime).toBeGreaterThan(1_600_000_000_000);
      const none = await as(ann, SOME, { ownerUserID: ann, userIDList: ['stranger'] });
      expect(none).toEqual(ok({ blacks: null, total: 0 }));
    });

    it('by ID asks for somebody, once', async () => {
      expect(await as(ann, SOME, { ownerUserID: ann })).toEqual(argsError('userIDList is empty'));
      expect(await as(ann, SOME, { ownerUserID: ann, userIDList: [] })).toEqual(argsError('userIDList is empty'));
      const twice = { ownerUserID: ann, userIDList: [bob, bob] };
      expect(await as(ann, SOME, twice)).toEqual(argsError('userIDList repeated'));
      expect(await as('stranger', SOME, twice)).toEqual(notSelf(ann));
    });
  });

  describe('What changed', () => {
    const changes = (known: object) => as(ann, CHANGES, { userID: ann, ...known });

    it('is everything to who has nothing, and nothing to who has it all', async () => {
      await block(bob);
      const first = await changes({});
      const nothing = { delete: null, insert: null, update: null, sortVersion: 0 };
      expect(first).toEqual(
        ok({ version: 1, versionID: expect.stringMatching(/^[0-9a-f]{24}$/), full: true, ...nothing }),
      );
      const { version, versionID } = first.data;
      expect(await changes({ version, versionID })).toEqual(ok({ version, versionID, full: false, ...nothing }));
    });

    it('is what was blocked and unblocked since', async () => {
      await block(cid);
      const { version, versionID } = (await changes({})).data;
      await block(bob);
      await unblock(cid);
      expect(await changes({ version, versionID })).toEqual(
        ok({
          version: version + 2,
          versionID,
          full: false,
          delete: [cid],
          insert: [entry(bob)],
          update: null,
          sortVersion: 0,
        }),
      );
    });

    it('is told to the owner', async () => {
      expect(await as('stranger', CHANGES, { userID: ann })).toEqual(notSelf(ann));
      expect(await as(ann, CHANGES, {})).toEqual(argsError('userID is empty'));
      expect((await im.v3(CHANGES, { userID: 'x'.repeat(200) }, admin)).body).toEqual(notFound(expect.any(String)));
      expect(await im.rows('im_versions', { collection: 'blacks', ownerID: ann })).toEqual([]);
    });

    it('includes who was deleted, and a new account of the ID begins anew', async () => {
      await block(bob);
      await as(bob, ADD, { ownerUserID: bob, blackUserID: cid });
      const { version, versionID } = (await changes({})).data;
      await im.v1('/manager/delete_user', { deleteUidList: [bob] }, admin);
      expect((await changes({ version, versionID })).data).toMatchObject({ full: false, delete: [bob], insert: null });
      expect(await im.rows('im_versions', { collection: 'blacks', ownerID: bob })).toEqual([]);
      expect(await im.rows('im_version_changes', { collection: 'blacks', ownerID: bob })).toEqual([]);
    });
  });
});
