import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Transactions } from '../../../src/database/transactions.js';
import { idHashOf } from '../../../src/sync/id-hash.js';
import { type CollectionChange, VersionLog } from '../../../src/sync/version-log.js';
import type { Im } from '../../support/im.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';

const SUCCESS = { errCode: 0, errMsg: '', errDlt: '' };
const argsError = (errDlt: unknown) => ({ errCode: 1001, errMsg: 'ArgsError', errDlt });
const noPermission = (errDlt: unknown) => ({ errCode: 1002, errMsg: 'NoPermissionError', errDlt });
const SOME_TEXT = expect.stringMatching(/./);
const NOTHING = { full: false, delete: null, insert: null, update: null };
const EVERYTHING = { ...NOTHING, full: true };
const UNKNOWN_VERSION = 'a'.repeat(24);

describeOnEachDatabase('v3 synchronising groups', (database) => {
  let im: Im;
  const tokens = new Map<string, string>();
  /** Of olga and mia. */
  let groupID: string;

  const sql = (text: string, ...values: unknown[]) => im.get(Transactions).manager.query(text, values);
  const as = async (who: string, path: string, body: object) =>
    (await im.v3(`/group/${path}`, body, tokens.get(who))).body;
  const invite = (...uidList: string[]) =>
    im.v1('/group/invite_user_to_group', { groupID, uidList, reason: '' }, tokens.get('admin'));
  const kick = (...userIDs: string[]) =>
    im.v1(
      '/group/kick_group',
      { groupID, uidListInfo: userIDs.map((userId) => ({ userId, userName: '' })), reason: '' },
      tokens.get('admin'),
    );
  const note = (changes: CollectionChange[]) =>
    im.get(Transactions).run(() => im.get(VersionLog).record('group-members', changes));
  const stampOf = (collection: 'group-members' | 'joined-groups', ownerID: string) =>
    im.get(VersionLog).stamp(collection, ownerID);

  beforeAll(async () => {
    im = await startIm({ database });
    for (const user of ['olga', 'mia', 'ann', 'bob', 'eve']) {
      await im.register(user);
      tokens.set(user, await im.tokenOf(user));
    }
    tokens.set('admin', await im.adminToken());
  });
  afterAll(() => im.close());
  beforeEach(async () => {
    groupID = await im.group('olga', 'mia');
  });

  describe('the groups a user is in', () => {
    const changes = (who: string, body: object = {}) =>
      as(who, 'get_incremental_join_groups', { userID: who, ...body });

    it('are to be fetched by who has no copy, or that of another time', async () => {
      const stamp = await stampOf('joined-groups', 'ann');
      const answer = { ...SUCCESS, data: { ...stamp, ...EVERYTHING, sortVersion: 0 } };
      expect(await changes('ann')).toEqual(answer);
      expect(await changes('ann', { versionID: stamp.versionID, version: 0 })).toEqual(answer);
      expect(await changes('ann', { versionID: UNKNOWN_VERSION, version: 1 })).toEqual(answer);
      expect(await changes('ann', { versionID: stamp.versionID, version: stamp.version + 1 })).toEqual(answer);
    });

    it('that came and went are told to who has a copy', async () => {
      const before = await stampOf('joined-groups', 'ann');
      await invite('ann');
      const known = { versionID: before.versionID, version: before.version };
      const joined = await changes('ann', known);
      expect(joined).toEqual({
        ...SUCCESS,
        data: {
          versionID: before.versionID,
          version: before.version + 1,
          ...NOTHING,
          insert: [expect.objectContaining({ groupID, memberCount: 3, ownerUserID: 'olga' })],
          sortVersion: 0,
        },
      });
      expect(Object.keys(joined.data)).toEqual([
        'version',
        'versionID',
        'full',
        'delete',
        'insert',
        'update',
        'sortVersion',
      ]);
      await kick('ann');
      expect((await changes('ann', known)).data).toMatchObject({ ...NOTHING, delete: [groupID] });
      const now = await stampOf('joined-groups', 'ann');
      expect((await changes('ann', now)).data).toEqual({ ...now, ...NOTHING, sortVersion: 0 });
    });

    it('are one’s own, of users there are', async () => {
      expect(await changes('ann', { userID: 'bob' })).toEqual(noPermission(SOME_TEXT));
      expect(await changes('ann', { userID: '' })).toEqual(noPermission(SOME_TEXT));
      expect(await changes('admin', { userID: 'bob' })).toMatchObject(SUCCESS);
      for (const userID of ['ghost', 'x'.repeat(200), '']) {
        expect(await changes('admin', { userID })).toMatchObject({ errCode: 1004 });
        expect(await im.rows('im_versions', { ownerID: userID })).toEqual([]);
      }
      expect(await changes('ann', { version: -1 })).toEqual(argsError(SOME_TEXT));
      expect(await changes('ann', { version: '1' })).toEqual(argsError(SOME_TEXT));
    });
  });

  describe('the members of a group', () => {
    const changes = (who: string, body: object = {}) => as(who, 'get_incremental_group_members', { groupID, ...body });

    it('are to be fetched by who has no copy; the group is there', async () => {
      const stamp = await stampOf('group-members', groupID);
      const answer = await changes('mia');
      expect(answer).toEqual({
        ...SUCCESS,
        data: { ...stamp, ...EVERYTHING, group: expect.objectContaining({ groupID, memberCount: 2 }), sortVersion: 0 },
      });
      expect(Object.keys(answer.data)).toEqual([
        'version',
        'versionID',
        'full',
        'delete',
        'insert',
        'update',
        'group',
        'sortVersion',
      ]);
    });

    it('that came, went and changed are told, with the group', async () => {
      const known = await stampOf('group-members', groupID);
      expect((await changes('mia', known)).data).toEqual({ ...known, ...NOTHING, group: null, sortVersion: 0 });
      await invite('ann', 'bob');
      await kick('bob');
      await note([{ ownerID: groupID, elementIDs: ['mia'], state: 3, sorted: true }]);
      const { data } = await changes('mia', known);
      expect(data).toEqual({
        version: known.version + 3,
        versionID: known.versionID,
        full: false,
        delete: ['bob'],
        insert: [expect.objectContaining({ groupID, userID: 'ann', nickname: 'ann', roleLevel: 20, joinSource: 2 })],
        update: [expect.objectContaining({ userID: 'mia' })],
        group: expect.objectContaining({ groupID, memberCount: 3 }),
        sortVersion: known.version + 3,
      });
    });

    it('the group alone is told when it changed', async () => {
      const known = await stampOf('group-members', groupID);
      await note([{ ownerID: groupID, elementIDs: [''], state: 3 }]);
      expect((await changes('mia', known)).data).toMatchObject({ ...NOTHING, group: { groupID }, sortVersion: 0 });
    });

    it('are for members of groups that are there', async () => {
      expect(await changes('eve')).toEqual(noPermission('op user not in group'));
      expect(await changes('eve', { groupID: '' })).toEqual(noPermission('op user not in group'));
      expect(await changes('admin', { groupID: 'x'.repeat(200) })).toMatchObject({ errCode: 1004 });
      await sql('UPDATE im_groups SET status = 2 WHERE groupID = ?', groupID);
      expect(await changes('mia')).toMatchObject({ errCode: 1204 });
    });
  });

  describe('the members of several groups', () => {
    const batch = (who: string, reqList: unknown) =>
      as(who, 'get_incremental_group_members_batch', { userID: who, reqList });

    it('are told of all groups by one request, each once', async () => {
      const other = await im.group('mia', 'bob');
      const known = await stampOf('group-members', groupID);
      await invite('ann');
      const fresh = await stampOf('group-members', other);
      const body = await batch('mia', [
        { groupID, ...known },
        { groupID: other, ...fresh },
        { groupID, versionID: '', version: 0 },
      ]);
      expect(body).toMatchObject(SUCCESS);
      expect(Object.keys(body.data.respList).sort()).toEqual([groupID, other].sort());
      expect(body.data.respList[groupID]).toMatchObject({
        full: false,
        insert: [{ userID: 'ann' }],
        group: { groupID, memberCount: 3 },
      });
      expect(body.data.respList[other]).toEqual({ ...fresh, ...NOTHING, group: null, sortVersion: 0 });
    });

    it('dismissed groups are left out', async () => {
      await sql('UPDATE im_groups SET status = 2 WHERE groupID = ?', groupID);
      expect(await batch('mia', [{ groupID }])).toEqual({ ...SUCCESS, data: { respList: {} } });
    });

    it('asking for none answers none', async () => {
      for (const reqList of [[], null, undefined]) {
        expect(await batch('mia', reqList)).toEqual({ ...SUCCESS, data: { respList: {} } });
      }
    });

    it('one group that must not be seen, or is not there, refuses all', async () => {
      const other = await im.group('bob');
      expect(await batch('mia', [{ groupID }, { groupID: other }])).toEqual(noPermission('op user not in group'));
      expect(await batch('mia', [{ groupID }, { groupID: 'nowhere' }])).toEqual(noPermission('op user not in group'));
      expect(await batch('admin', [{ groupID }, { groupID: 'nowhere' }])).toMatchObject({ errCode: 1004 });
      expect(await batch('mia', 'all')).toEqual(argsError(SOME_TEXT));
    });

    it('ends when there is enough', async () => {
      const groups = await Promise.all(['1', '2', '3', '4'].map(() => im.group('mia')));
      const known = [];
      for (const ownerID of groups) {
        known.push({ groupID: ownerID, ...(await stampOf('group-members', ownerID)) });
        const elementIDs = Array.from({ length: 180 }, (_, index) => `gone${index}`);
        await note([{ ownerID, elementIDs, state: 2 }]);
      }
      const { data } = await batch('mia', known);
      expect(Object.keys(data.respList).sort()).toEqual(groups.slice(0, 3).sort());
      expect(data.respList[groups[0]].delete).toHaveLength(180);
    });
  });

  describe('all IDs', () => {
    it('of members, by role, unless the client has them', async () => {
      await sql('UPDATE im_group_members SET joinTime = 1 WHERE groupID = ?', groupID);
      await invite('ann', 'bob');
      const stamp = await stampOf('group-members', groupID);
      const full = (who: string, body: object = {}) =>
        as(who, 'get_full_group_member_user_ids', { idHash: 0, groupID, ...body });
      const userIDs = ['olga', 'mia', 'ann', 'bob'];
      const answer = { ...SUCCESS, data: { ...stamp, equal: false, userIDs } };
      expect(await full('bob')).toEqual(answer);
      expect(await full('admin')).toEqual(answer);
      const idHash = `{"groupID":"${groupID}","idHash":${idHashOf(userIDs)}}`;
      const { body } = await im.post('/group/get_full_group_member_user_ids', idHash, {
        operationID: 'x',
        token: tokens.get('mia')!,
        'content-type': 'application/json',
      });
      expect(body).toEqual({ ...SUCCESS, data: { ...stamp, equal: true, userIDs: null } });
      expect(await full('eve')).toEqual(noPermission('opUser in ownerUserIDs'));
      expect(await full('mia', { groupID: '' })).toEqual(argsError('groupID is empty'));
      expect(await full('admin', { groupID: 'x'.repeat(200) })).toMatchObject({ errCode: 1004 });
      expect(await full('mia', { idHash: '0' })).toEqual(argsError(SOME_TEXT));
    });

    it('of the groups a user is in: his own first, then by the time he joined', async () => {
      await im.register('zoe');
      tokens.set('zoe', await im.tokenOf('zoe'));
      const full = (who: string, body: object = {}) =>
        as(who, 'get_full_join_group_ids', { idHash: 0, userID: 'zoe', ...body });
      expect((await full('zoe')).data).toMatchObject({ equal: true, groupIDs: null });
      await invite('zoe');
      const own = await im.group('zoe');
      expect((await full('zoe')).data).toEqual({
        ...(await stampOf('joined-groups', 'zoe')),
        equal: false,
        groupIDs: [own, groupID],
      });
      expect(await full('mia')).toEqual(noPermission(SOME_TEXT));
      expect(await full('admin')).toMatchObject(SUCCESS);
      expect(await full('admin', { userID: 'ghost' })).toMatchObject({ errCode: 1004 });
      expect(await full('zoe', { userID: '' })).toEqual(argsError('userID is empty'));
    });
  });
});
