import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ImEvents } from '../../../src/events/events.js';
import { FriendRemarkSetting, FriendsImporting, OperationVetoed } from '../../../src/index.js';
import { argsError, type Heard, listen, logOf, notFound, notSelf, SUCCESS } from '../../support/friends.js';
import type { Im } from '../../support/im.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';

const IMPORT = '/friend/import_friend';
const DELETE = '/friend/delete_friend';
const REMARK = '/friend/set_friend_remark';
const UPDATE = '/friend/update_friends';
const SORT_MARKER = '____S_O_R_T_I_D____';

describeOnEachDatabase('Changing friend lists in v3', (database) => {
  let im: Im;
  let admin: string;
  let heard: Heard[];
  let serial = 0;
  /** Registered, and without friends. */
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
  const importFriends = async (ownerUserID: string, ...friendUserIDs: string[]) =>
    (await im.v3(IMPORT, { ownerUserID, friendUserIDs }, admin)).body;
  /** As the database has the list, by friend. */
  const friendsOf = async (ownerUserID: string): Promise<Record<string, any>> =>
    Object.fromEntries((await im.rows('im_friends', { ownerUserID })).map((row) => [row.friendUserID, row]));

  describe('Importing', () => {
    it('makes friends in both directions, opens their chats and tells each', async () => {
      expect(await importFriends(ann, bob, cid)).toEqual(SUCCESS);
      expect(Object.keys(await friendsOf(ann)).sort()).toEqual([bob, cid]);
      const entry = (await friendsOf(bob))[ann];
      expect([Number(entry.addSource), entry.operatorUserID, entry.remark]).toEqual([1, 'openIM123456', '']);
      expect(
        heard.map(({ contentType, sendID, recvID, conversationID, seq }) => [
          contentType,
          sendID,
          recvID,
          conversationID,
          seq,
        ]),
      ).toEqual([
        [1201, bob, ann, `n_${ann}_${bob}`, 0],
        [1201, bob, ann, `si_${ann}_${bob}`, 1],
        [1201, cid, ann, `n_${ann}_${cid}`, 0],
        [1201, cid, ann, `si_${ann}_${cid}`, 1],
      ]);
      expect(heard[0].detail).toEqual({
        fromToUserID: { fromUserID: ann, toUserID: bob },
        handleMsg: '',
        friendVersion: 0,
        friendVersionID: '',
        request: null,
      });
      expect(await logOf(im, 'friends', ann)).toEqual({ version: 1, changes: { [bob]: 1, [cid]: 1 } });
      expect(await logOf(im, 'friends', cid)).toEqual({ version: 1, changes: { [ann]: 1 } });
      expect(await im.rows('im_conversations', { ownerUserID: ann })).toHaveLength(2);
    });

    it('again tells nobody, and adds only what is missing', async () => {
      await importFriends(ann, bob);
      await as(bob, DELETE, { ownerUserID: bob, friendUserID: ann });
      heard.length = 0;
      expect(await importFriends(ann, bob)).toEqual(SUCCESS);
      expect(heard.map(({ contentType }) => contentType)).toEqual([1201, 1201]);
      expect(await logOf(im, 'friends', ann)).toEqual({ version: 1, changes: { [bob]: 1 } });
      expect(await logOf(im, 'friends', bob)).toEqual({ version: 3, changes: { [ann]: 1 } });
      heard.length = 0;
      expect(await importFriends(ann, bob)).toEqual(SUCCESS);
      expect(heard).toEqual([]);
      expect((await logOf(im, 'friends', ann)).version).toBe(1);
    });

    it.each<[string, () => string[]]>([
      ['one is unknown', () => [bob, 'ghost', cid]],
      ['one is the owner', () => [bob, ann]],
      ['one is named twice', () => [bob, cid, bob]],
      ['one has no name', () => [bob, '']],
    ])('makes nobody a friend when %s', async (_, list) => {
      expect(await importFriends(ann, ...list())).toEqual(notFound('user not found'));
      for (const userID of [ann, bob, cid]) {
        expect(await friendsOf(userID)).toEqual({});
        expect(await logOf(im, 'friends', userID)).toEqual({ version: 0, changes: {} });
        expect(await im.rows('im_conversations', { ownerUserID: userID })).toEqual([]);
      }
      expect(heard).toEqual([]);
    });

    it.each<[object, string]>([
      [{ friendUserIDs: ['stranger'] }, 'ownerUserID is empty'],
      [{ ownerUserID: 'stranger' }, 'friendUserIDS is empty'],
      [{ ownerUserID: 'stranger', friendUserIDs: [] }, 'friendUserIDS is empty'],
      [
        { ownerUserID: 'stranger', friendUserIDs: Array.from({ length: 1001 }, (_, i) => `u${i}`) },
        'too many FriendUserIDs, need to be less than 1000',
      ],
    ])('refuses a bad request (%#)', async (body, errDlt) => {
      expect((await im.v3(IMPORT, body, admin)).body).toEqual(argsError(errDlt));
    });

    it('for an unknown owner is refused', async () => {
      expect(await importFriends('ghost', bob)).toEqual(notFound('user not found'));
      expect(await friendsOf(bob)).toEqual({});
    });

    it('is for administrators', async () => {
      expect(await as(ann, IMPORT, { ownerUserID: ann, friendUserIDs: [bob] })).toEqual({
        errCode: 1002,
        errMsg: 'NoPermissionError',
        errDlt: `user ${ann} is not admin userID`,
      });
      expect(await friendsOf(ann)).toEqual({});
    });

    it('lets the host replace the list or refuse it', async () => {
      const owner = ann;
      const instead = [cid];
      im.get(ImEvents).on(FriendsImporting, 'before', (intent) => {
        if (intent.ownerUserID !== owner) return;
        if (intent.friendUserIDs.includes('stranger')) throw new OperationVetoed('no strangers', 5001);
        intent.friendUserIDs = instead;
      });
      expect(await importFriends(ann, bob)).toEqual(SUCCESS);
      expect(Object.keys(await friendsOf(ann))).toEqual([cid]);
      expect(await importFriends(ann, 'stranger')).toMatchObject({ errCode: 5001 });
    });
  });

  describe('Deleting', () => {
    it('strikes a friend off one list, and tells both', async () => {
      await importFriends(ann, bob, cid);
      heard.length = 0;
      expect(await as(ann, DELETE, { ownerUserID: ann, friendUserID: bob })).toEqual(SUCCESS);
      expect(Object.keys(await friendsOf(ann))).toEqual([cid]);
      expect(Object.keys(await friendsOf(bob))).toEqual([ann]);
      expect(heard).toEqual([
        {
          contentType: 1205,
          sendID: ann,
          recvID: bob,
          conversationID: `n_${ann}_${bob}`,
          seq: 0,
          detail: { fromToUserID: { fromUserID: ann, toUserID: bob }, friendVersion: 0, friendVersionID: '' },
        },
      ]);
      expect(await logOf(im, 'friends', ann)).toEqual({ version: 2, changes: { [bob]: 2, [cid]: 1 } });
      expect((await logOf(im, 'friends', bob)).version).toBe(1);
    });

    it('who is no friend succeeds and changes nothing', async () => {
      for (const friendUserID of [bob, 'ghost', 'x'.repeat(255)]) {
        expect(await as(ann, DELETE, { ownerUserID: ann, friendUserID })).toEqual(SUCCESS);
      }
      expect(heard).toEqual([]);
      expect((await logOf(im, 'friends', ann)).version).toBe(0);
    });

    it('needs both users, and the owner', async () => {
      await importFriends(ann, bob);
      expect(await as(ann, DELETE, { friendUserID: bob })).toEqual(argsError('userID1 is empty'));
      expect(await as(ann, DELETE, { ownerUserID: ann })).toEqual(argsError('userID2 is empty'));
      expect(await as(bob, DELETE, { ownerUserID: ann, friendUserID: bob })).toEqual(notSelf(ann));
      expect(Object.keys(await friendsOf(ann))).toEqual([bob]);
      expect((await im.v3(DELETE, { ownerUserID: ann, friendUserID: bob }, admin)).body).toEqual(SUCCESS);
      expect(await friendsOf(ann)).toEqual({});
    });
  });

  describe('A remark', () => {
    it('is set for the owner alone, told, and removed by an empty one', async () => {
      await importFriends(ann, bob);
      heard.length = 0;
      expect(await as(ann, REMARK, { ownerUserID: ann, friendUserID: bob, remark: 'Bobby' })).toEqual(SUCCESS);
      expect((await friendsOf(ann))[bob].remark).toBe('Bobby');
      expect((await friendsOf(bob))[ann].remark).toBe('');
      expect(heard).toMatchObject([
        {
          contentType: 1206,
          sendID: ann,
          recvID: bob,
          detail: {
            fromToUserID: { fromUserID: ann, toUserID: bob },
            friendVersion: 0,
            friendVersionID: '',
            friendSortVersion: 0,
          },
        },
      ]);
      expect(await logOf(im, 'friends', ann)).toEqual({ version: 2, changes: { [bob]: 3 } });
      expect(await as(ann, REMARK, { ownerUserID: ann, friendUserID: bob })).toEqual(SUCCESS);
      expect((await friendsOf(ann))[bob].remark).toBe('');
    });

    it('needs a friend, both users, and the owner', async () => {
      await importFriends(ann, bob);
      const remark = 'x';
      expect(await as(ann, REMARK, { friendUserID: bob, remark })).toEqual(argsError('ownerUserID is empty'));
      expect(await as(ann, REMARK, { ownerUserID: ann, remark })).toEqual(argsError('fromUserID is empty'));
      const long = { ownerUserID: ann, friendUserID: bob, remark: 'x'.repeat(256) };
      expect(await as(ann, REMARK, long)).toEqual(argsError(expect.stringContaining('remark')));
      expect(await as(ann, REMARK, { ownerUserID: ann, friendUserID: cid, remark })).toEqual(
        notFound(expect.any(String)),
      );
      expect(await as(bob, REMARK, { ownerUserID: ann, friendUserID: bob, remark })).toEqual(notSelf(ann));
      expect((await friendsOf(ann))[bob].remark).toBe('');
    });

    it('may be replaced by the host', async () => {
      const owner = ann;
      im.get(ImEvents).on(FriendRemarkSetting, 'before', (intent) => {
        if (intent.ownerUserID === owner) intent.remark = intent.remark.replace('damn', '****');
      });
      await importFriends(ann, bob);
      await as(ann, REMARK, { ownerUserID: ann, friendUserID: bob, remark: 'damn Bob' });
      expect((await friendsOf(ann))[bob].remark).toBe('**** Bob');
    });
  });

  describe('Updating several friends', () => {
    const update = (friendUserIDs: unknown, changes: object) =>
      as(ann, UPDATE, { ownerUserID: ann, friendUserIDs, ...changes });

    it('sets what is given, of those who are friends, and tells the owner', async () => {
      await importFriends(ann, bob, cid);
      heard.length = 0;
      expect(await update([cid, 'stranger', bob], { isPinned: true, remark: 'pal', ex: 'e' })).toEqual(SUCCESS);
      for (const entry of Object.values(await friendsOf(ann))) {
        expect([Number(entry.isPinned), entry.remark, entry.ex]).toEqual([1, 'pal', 'e']);
      }
      expect(Number((await friendsOf(bob))[ann].isPinned)).toBe(0);
      expect(heard).toEqual([
        {
          contentType: 1210,
          sendID: ann,
          recvID: ann,
          conversationID: `n_${ann}_${ann}`,
          seq: 0,
          detail: {
            fromToUserID: { fromUserID: '', toUserID: ann },
            friendIDs: [cid, bob],
            friendVersion: 0,
            friendVersionID: '',
          },
        },
      ]);
      expect(await logOf(im, 'friends', ann)).toEqual({
        version: 2,
        changes: { [bob]: 3, [cid]: 3, [SORT_MARKER]: 3 },
      });
    });

    it('sets also to nothing, and leaves alone what is null or left out', async () => {
      await importFriends(ann, bob);
      await update([bob], { isPinned: true, remark: 'pal', ex: 'e' });
      await update([bob], { isPinned: null, remark: '' });
      const entry = (await friendsOf(ann))[bob];
      expect([Number(entry.isPinned), entry.remark, entry.ex]).toEqual([1, '', 'e']);
      await update([bob], { isPinned: false });
      expect(Number((await friendsOf(ann))[bob].isPinned)).toBe(0);
    });

    it('with nothing to set tells the owner and logs nothing', async () => {
      await importFriends(ann, bob);
      heard.length = 0;
      expect(await update([bob], {})).toEqual(SUCCESS);
      expect(heard).toMatchObject([{ contentType: 1210 }]);
      expect((await logOf(im, 'friends', ann)).version).toBe(1);
    });

    it.each<[unknown, unknown]>([
      [undefined, 'friendUserIDs is empty'],
      [[], 'friendUserIDs is empty'],
      [['a', 'b', 'a'], 'friendIDList repeated'],
      [Array.from({ length: 1001 }, (_, i) => `u${i}`), 'too many FriendUserIDs, need to be less than 1000'],
      ['a', expect.stringContaining('friendUserIDs')],
      [[1], expect.stringContaining('friendUserIDs')],
    ])('refuses a bad list (%#)', async (friendUserIDs, errDlt) => {
      expect(await update(friendUserIDs, { remark: 'x' })).toEqual(argsError(errDlt));
    });

    it('takes true and false for a pin, and texts for texts', async () => {
      for (const wrong of [{ isPinned: 'yes' }, { remark: 1 }, { ex: {} }, { ex: 'x'.repeat(4097) }]) {
        expect(await update([bob], wrong)).toEqual(argsError(expect.stringContaining(Object.keys(wrong)[0])));
      }
    });

    it('is for the owner', async () => {
      await importFriends(ann, bob);
      const body = { ownerUserID: ann, friendUserIDs: [bob], remark: 'x' };
      expect(await as(bob, UPDATE, body)).toEqual(notSelf(ann));
      expect((await friendsOf(ann))[bob].remark).toBe('');
      expect(await as(ann, UPDATE, { ...body, ownerUserID: '' })).toEqual(argsError('ownerUserID is empty'));
    });
  });
});
