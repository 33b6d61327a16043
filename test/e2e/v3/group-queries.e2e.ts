import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { insertRows } from '../../../src/database/bulk.js';
import { Transactions } from '../../../src/database/transactions.js';
import { GroupMember } from '../../../src/groups/group-member.entity.js';
import { goJson, hashOf } from '../../../src/sync/id-hash.js';
import type { Im } from '../../support/im.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';

const SUCCESS = { errCode: 0, errMsg: '', errDlt: '' };
const SOME_TEXT = expect.stringMatching(/./);
const argsError = (errDlt: unknown) => ({ errCode: 1001, errMsg: 'ArgsError', errDlt });
const noPermission = (errDlt: unknown) => ({ errCode: 1002, errMsg: 'NoPermissionError', errDlt });

const USERS = ['olga', 'gus', 'mia', 'ann', 'Änne', 'eve'];
const PAGE = { pageNumber: 1, showNumber: 100 };

describeOnEachDatabase('v3 queries of groups', (database) => {
  let im: Im;
  const tokens = new Map<string, string>();
  /** Of olga (owner), gus (administrator), mia, ann ("Chief" here) and Änne, who joined in this order. */
  let club: string;
  /** Of gus and mia. */
  let duo: string;
  /** Of olga alone, dismissed. */
  let ended: string;

  const sql = (text: string, ...values: unknown[]) => im.get(Transactions).manager.query(text, values);
  const as = async (who: string, path: string, body: object) =>
    (await im.v3(`/group/${path}`, body, tokens.get(who))).body;
  const rename = (groupID: string, groupName: string, createTime: number) =>
    sql('UPDATE im_groups SET groupName = ?, createTime = ? WHERE groupID = ?', groupName, createTime, groupID);

  beforeAll(async () => {
    im = await startIm({ database });
    await im.register(...USERS);
    for (const user of USERS) tokens.set(user, await im.tokenOf(user));
    tokens.set('admin', await im.adminToken());
    club = await im.group('olga', 'gus', 'mia', 'ann', 'Änne');
    duo = await im.group('gus', 'mia');
    ended = await im.group('olga');
    await rename(club, 'Chess 100%', 3);
    await rename(duo, 'Duo_[x]', 2);
    await rename(ended, 'Chess of old', 1);
    // Groups made through v1 copy the names of profiles; v3 members have none of their own.
    await sql("UPDATE im_group_members SET nickname = '', faceURL = ''");
    for (const [index, userID] of ['ann', 'Änne', 'mia', 'gus', 'olga'].entries()) {
      await sql('UPDATE im_group_members SET joinTime = ? WHERE groupID = ? AND userID = ?', index + 1, club, userID);
    }
    await sql("UPDATE im_group_members SET nickname = 'Chief' WHERE userID = 'ann'");
    await sql("UPDATE im_group_members SET roleLevel = 60 WHERE userID = 'gus' AND groupID = ?", club);
    await sql("UPDATE im_users SET faceURL = 'face', ex = '<&>' WHERE userID = 'mia'");
    await sql('UPDATE im_groups SET status = 2 WHERE groupID = ?', ended);
  });
  afterAll(() => im.close());

  const clubInfo = () => ({
    groupID: club,
    groupName: 'Chess 100%',
    notification: '',
    introduction: '',
    faceURL: '',
    ownerUserID: 'olga',
    createTime: 3,
    memberCount: 5,
    ex: '',
    status: 0,
    creatorUserID: 'openIM123456',
    groupType: 2,
    needVerification: 0,
    lookMemberInfo: 0,
    applyMemberFriend: 0,
    notificationUpdateTime: 0,
    notificationUserID: '',
  });
  const memberInfo = (userID: string, roleLevel: number, joinTime: number, nickname = userID, faceURL = '') => ({
    groupID: club,
    userID,
    roleLevel,
    joinTime,
    nickname,
    faceURL,
    appMangerLevel: 0,
    joinSource: 1,
    operatorUserID: 'openIM123456',
    ex: '',
    muteEndTime: 0,
    inviterUserID: 'openIM123456',
  });
  /** In order. */
  const clubMembers = () => [
    memberInfo('olga', 100, 5),
    memberInfo('gus', 60, 4),
    memberInfo('ann', 20, 1, 'Chief'),
    memberInfo('Änne', 20, 2),
    memberInfo('mia', 20, 3, 'mia', 'face'),
  ];
  const IN_ORDER = ['olga', 'gus', 'ann', 'Änne', 'mia'];

  describe('groups by ID', () => {
    it('are answered in the order asked, dismissed ones too, unknown ones not', async () => {
      const body = await as('eve', 'get_groups_info', { groupIDs: [ended, 'nowhere', club, ended] });
      expect(body).toEqual({
        ...SUCCESS,
        data: { groupInfos: [expect.objectContaining({ groupID: ended, status: 2, memberCount: 1 }), clubInfo()] },
      });
      expect(Object.keys(body.data.groupInfos[1])).toEqual(Object.keys(clubInfo()));
    });

    it('are none when none is known, and must be asked for', async () => {
      expect(await as('eve', 'get_groups_info', { groupIDs: ['nowhere'] })).toEqual({
        ...SUCCESS,
        data: { groupInfos: null },
      });
      for (const groupIDs of [[], null, undefined]) {
        expect(await as('eve', 'get_groups_info', { groupIDs })).toEqual(argsError('GroupIDs is empty'));
      }
    });
  });

  describe('searching groups', () => {
    const search = (who: string, body: object = {}) => as(who, 'get_groups', { pagination: PAGE, ...body });
    const found = async (who: string, groupName: string) => {
      const { data } = await search(who, { groupName });
      expect(data.total).toBe(data.groups?.length ?? 0);
      return (data.groups ?? []).map((one: any) => one.groupInfo.groupID);
    };

    it('an administrator finds all but dismissed ones, newest first, with their owners', async () => {
      const body = await search('admin');
      expect(body.data.total).toBe(2);
      expect(body.data.groups).toEqual([
        { groupInfo: clubInfo(), groupOwnerUserName: 'olga', groupOwnerUserID: 'olga' },
        { groupInfo: expect.objectContaining({ groupID: duo }), groupOwnerUserName: 'gus', groupOwnerUserID: 'gus' },
      ]);
      const second = await search('admin', { pagination: { pageNumber: 2, showNumber: 1 } });
      expect(second.data).toMatchObject({ total: 2, groups: [{ groupInfo: { groupID: duo } }] });
      expect((await search('admin', { pagination: { pageNumber: 9, showNumber: 1 } })).data).toEqual({
        total: 2,
        groups: null,
      });
    });

    it('by part of the name, whatever the case, no sign having a meaning of its own', async () => {
      expect(await found('admin', 'cHESS')).toEqual([club]);
      expect(await found('admin', '100%')).toEqual([club]);
      expect(await found('admin', '%')).toEqual([club]);
      expect(await found('admin', '_[X]')).toEqual([duo]);
      expect(await found('admin', '^(a+)+$')).toEqual([]);
      expect(await found('admin', '*')).toEqual([]);
      expect(await found('admin', "'")).toEqual([]);
    });

    it('others find those they are in', async () => {
      expect(await found('gus', '')).toEqual([club, duo]);
      expect(await found('olga', '')).toEqual([club]);
      expect(await found('eve', '')).toEqual([]);
      expect(await found('eve', 'chess')).toEqual([]);
    });

    it('everybody finds a group whose ID he knows, dismissed or not', async () => {
      const one = await search('eve', {
        groupID: ended,
        groupName: 'duo',
        pagination: { pageNumber: 5, showNumber: 1 },
      });
      expect(one.data).toMatchObject({ total: 1, groups: [{ groupInfo: { groupID: ended, status: 2 } }] });
      expect((await search('eve', { groupID: 'nowhere' })).data).toEqual({ total: 0, groups: null });
    });

    it('wants a page', async () => {
      expect(await search('admin', { pagination: null })).toEqual(argsError('pagination is empty'));
      expect(await search('admin', { pagination: {} })).toEqual(argsError('pageNumber is invalid'));
    });
  });

  describe('members by ID', () => {
    const members = (who: string, body: object = {}) =>
      as(who, 'get_group_members_info', { groupID: club, userIDs: ['mia', 'eve', 'ann', 'mia'], ...body });

    it('are answered in the order asked, others than members not', async () => {
      const answer = {
        ...SUCCESS,
        data: { members: [memberInfo('mia', 20, 3, 'mia', 'face'), memberInfo('ann', 20, 1, 'Chief')] },
      };
      expect(await members('olga')).toEqual(answer);
      expect(await members('admin')).toEqual(answer);
      expect(await members('mia', { userIDs: ['eve'] })).toEqual({ ...SUCCESS, data: { members: null } });
    });

    it.each<[string, string, object, object]>([
      ['no group', 'olga', { groupID: '' }, argsError('groupID is empty')],
      ['nobody', 'olga', { userIDs: [] }, argsError('userIDs is empty')],
      ['a stranger', 'eve', {}, noPermission('op user not in group')],
      ['an unknown group', 'olga', { groupID: 'nowhere' }, noPermission('op user not in group')],
    ])('are refused for %s', async (_what, who, body, refusal) => {
      expect(await members(who, body)).toEqual(refusal);
    });
  });

  describe('pages of members', () => {
    const list = (who: string, body: object = {}) =>
      as(who, 'get_group_member_list', { groupID: club, filter: 0, keyword: '', pagination: PAGE, ...body });
    const found = async (keyword: string, pagination: object = PAGE) => {
      const { data } = await list('mia', { keyword, pagination });
      return [data.total, (data.members ?? []).map((member: any) => member.userID)];
    };

    it('begin with the owner, then administrators, then by the time they joined', async () => {
      expect(await list('mia')).toEqual({ ...SUCCESS, data: { total: 5, members: clubMembers() } });
      const slices: string[][] = [];
      for (const pageNumber of [1, 2, 3, 4]) {
        const { data } = await list('admin', { pagination: { pageNumber, showNumber: 2 } });
        expect(data.total).toBe(5);
        slices.push((data.members ?? []).map((member: any) => member.userID));
      }
      expect(slices).toEqual([['olga', 'gus'], ['ann', 'Änne'], ['mia'], []]);
      expect((await list('mia', { pagination: { pageNumber: 1, showNumber: -1 } })).data).toEqual({
        total: 5,
        members: null,
      });
    });

    it('by part of the name: the one in the group, else the profile’s, whatever the case', async () => {
      expect(await found('HIE')).toEqual([1, ['ann']]);
      expect(await found('a')).toEqual([2, ['olga', 'mia']]);
      expect(await found('ÄNN')).toEqual([1, ['Änne']]);
      expect(await found('änn')).toEqual([1, ['Änne']]);
      expect(await found('a', { pageNumber: 2, showNumber: 1 })).toEqual([2, ['mia']]);
      expect(await found('%')).toEqual([0, []]);
      expect(await found('.*')).toEqual([0, []]);
    });

    it.each<[string, string, object, object]>([
      ['no group', 'olga', { groupID: '' }, argsError('groupID is empty')],
      ['no page', 'olga', { pagination: null }, argsError('pagination is empty')],
      ['page 0', 'olga', { pagination: { pageNumber: 0 } }, argsError('pageNumber is invalid')],
      ['filter 6', 'olga', { filter: 6 }, argsError('filter is invalid')],
      ['a stranger', 'eve', {}, noPermission('op user not in group')],
    ])('are refused for %s', async (_what, who, body, refusal) => {
      expect(await list(who, body)).toEqual(refusal);
    });

    it('are cut the same way in a group of thousands who joined at once', async () => {
      const groupID = await im.group('olga', 'gus');
      const rest = {
        nickname: '',
        faceURL: '',
        joinSource: 2,
        inviterUserID: 'olga',
        operatorUserID: 'olga',
        muteEndTime: 0,
        ex: '',
      };
      const crowd = Array.from({ length: 3000 }, (_, i) => ({
        ...rest,
        groupID,
        userID: `c${i}`,
        roleLevel: i < 10 ? 60 : 20,
        joinTime: 7,
      }));
      await insertRows(im.get(Transactions).manager, GroupMember, crowd);
      const seen: string[] = [];
      for (let pageNumber = 1; pageNumber <= 4; pageNumber += 1) {
        const { data } = await list('olga', { groupID, pagination: { pageNumber, showNumber: 1000 } });
        expect(data.total).toBe(3002);
        seen.push(...data.members.map((member: any) => member.userID));
      }
      expect(seen).toHaveLength(3002);
      expect(seen).toEqual((await as('olga', 'get_group_member_user_id', { groupID })).data.userIDs);
      expect(new Set(seen).size).toBe(3002);
      expect(seen[0]).toBe('olga');
      expect(seen.slice(1, 11)).toEqual(Array.from({ length: 10 }, (_, i) => `c${i}`));
      expect(seen.at(-1)).toBe('gus');
      await sql('DELETE FROM im_group_members WHERE groupID = ?', groupID);
    });
  });

  describe('groups a user is in', () => {
    const joined = (who: string, body: object = {}) =>
      as(who, 'get_joined_group_list', { fromUserID: who, pagination: PAGE, ...body });

    it('come by name, without dismissed ones', async () => {
      const { data } = await joined('gus');
      expect(data.total).toBe(2);
      expect(data.groups).toEqual([clubInfo(), expect.objectContaining({ groupID: duo, memberCount: 2 })]);
      expect((await joined('olga')).data).toEqual({ total: 1, groups: [clubInfo()] });
      expect((await joined('eve')).data).toEqual({ total: 0, groups: null });
      expect((await joined('gus', { pagination: { pageNumber: 2, showNumber: 1 } })).data).toMatchObject({
        total: 2,
        groups: [{ groupID: duo }],
      });
      expect((await joined('admin', { fromUserID: 'mia' })).data.total).toBe(2);
    });

    it.each<[string, object, object]>([
      ['no page', { pagination: null }, argsError('pagination is empty')],
      ['nobody', { fromUserID: '' }, argsError(SOME_TEXT)],
      ['somebody else', { fromUserID: 'olga' }, noPermission(SOME_TEXT)],
    ])('are refused for %s', async (_what, body, refusal) => {
      expect(await joined('gus', body)).toEqual(refusal);
    });
  });

  describe('abstracts of groups', () => {
    const abstracts = (who: string, groupIDs: unknown) =>
      im.v3('/group/get_group_abstract_info', { groupIDs }, tokens.get(who));

    it('count the members and hash them as Go writes them, sorted by userID', async () => {
      const { text, headers } = await abstracts('mia', [duo, club]);
      expect(headers.get('content-type')).toMatch('application/json');
      const sorted = clubMembers().sort((a, b) => Buffer.compare(Buffer.from(a.userID), Buffer.from(b.userID)));
      expect(text).toContain(
        `{"groupID":"${club}","groupMemberNumber":5,"groupMemberListHash":${hashOf(goJson(sorted))}}]`,
      );
      expect(text).toMatch(new RegExp(`"groupAbstractInfos":\\[\\{"groupID":"${duo}","groupMemberNumber":2,`));
    });

    it('change when a member does', async () => {
      const before = (await abstracts('mia', [duo])).text;
      await sql("UPDATE im_group_members SET ex = 'x' WHERE groupID = ? AND userID = 'mia'", duo);
      expect((await abstracts('mia', [duo])).text).not.toBe(before);
    });

    it('are refused to who is not in all the groups, and for groups that are not there', async () => {
      expect((await abstracts('olga', [club, duo])).body).toEqual(noPermission('op user not in group'));
      expect((await abstracts('olga', [club, 'nowhere'])).body).toEqual(noPermission('op user not in group'));
      expect((await abstracts('admin', [club, 'nowhere', 'void'])).body).toEqual({
        errCode: 1201,
        errMsg: 'GroupIDNotFoundError',
        errDlt: 'not found group nowhere, void',
      });
      expect((await abstracts('olga', [])).body).toEqual(argsError('GroupID is empty'));
      expect((await abstracts('olga', [club, club])).body).toEqual(argsError('groupIDs duplicate'));
      expect((await abstracts('olga', Array.from({ length: 1001 }, String))).body).toEqual(
        argsError('too many GroupIDs, need to be less than 1000'),
      );
    });
  });

  it('the IDs of all members are for members, in order', async () => {
    const ids = (who: string, groupID: unknown) => as(who, 'get_group_member_user_id', { groupID });
    expect(await ids('mia', club)).toEqual({ ...SUCCESS, data: { userIDs: IN_ORDER } });
    expect(await ids('admin', club)).toEqual({ ...SUCCESS, data: { userIDs: IN_ORDER } });
    expect(await ids('eve', club)).toEqual(noPermission('opUser in ownerUserIDs'));
    expect(await ids('eve', 'nowhere')).toEqual(noPermission('opUser in ownerUserIDs'));
    expect(await ids('admin', 'nowhere')).toEqual({ ...SUCCESS, data: { userIDs: null } });
    expect(await ids('mia', '')).toEqual(argsError('GroupID is empty'));
  });
});
