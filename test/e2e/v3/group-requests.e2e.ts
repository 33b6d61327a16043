import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemActor } from '../../../src/core/actor.js';
import { Transactions } from '../../../src/database/transactions.js';
import { ImEvents } from '../../../src/events/events.js';
import { GroupRequests } from '../../../src/groups/group-requests.service.js';
import { GroupsService } from '../../../src/groups/groups.service.js';
import type { Message } from '../../../src/messaging/message.entity.js';
import { MessagesAccepted } from '../../../src/messaging/message.events.js';
import type { Im } from '../../support/im.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';

const SUCCESS = { errCode: 0, errMsg: '', errDlt: '' };
const SOME_TEXT = expect.stringMatching(/./);
const argsError = (errDlt: unknown) => ({ errCode: 1001, errMsg: 'ArgsError', errDlt });
const noPermission = (errDlt: unknown) => ({ errCode: 1002, errMsg: 'NoPermissionError', errDlt });
const notFound = (errDlt: unknown) => ({ errCode: 1004, errMsg: 'RecordNotFoundError', errDlt });
const noGroup = (errDlt: unknown) => ({ errCode: 1201, errMsg: 'GroupIDNotFoundError', errDlt });
const NONE = { ...SUCCESS, data: { total: 0, groupRequests: null } };

const USERS = ['olga', 'gus', 'mia', 'ann', 'bob', 'cleo', 'eve'];
const PAGE = { pageNumber: 1, showNumber: 100 };

describeOnEachDatabase('v3 requests to join groups', (database) => {
  let im: Im;
  const tokens = new Map<string, string>();
  /** Of olga (owner), gus (administrator) and mia. */
  let first: string;
  /** Of gus (owner) and mia. */
  let second: string;

  const as = (who: string, path: string, body: object) => im.v3(`/group/${path}`, body, tokens.get(who));
  const sql = (text: string, ...values: unknown[]) => im.get(Transactions).manager.query(text, values);
  const received = (who: string, body: object = {}) =>
    as(who, 'get_recv_group_applicationList', { fromUserID: who, pagination: PAGE, ...body });
  const sent = (who: string, body: object = {}) =>
    as(who, 'get_user_req_group_applicationList', { userID: who, pagination: PAGE, ...body });
  /** Who asked which group, in the order answered. */
  const pairs = (body: any) =>
    (body.data.groupRequests ?? []).map((one: any) => [one.userInfo.userID, one.groupInfo.groupID]);

  beforeAll(async () => {
    im = await startIm({ database });
    await im.register(...USERS);
    for (const user of USERS) tokens.set(user, await im.tokenOf(user));
    tokens.set('admin', await im.adminToken());
    first = await im.group('olga', 'gus', 'mia');
    second = await im.group('gus', 'mia');
    await sql('UPDATE im_group_members SET roleLevel = 60 WHERE groupID = ? AND userID = ?', first, 'gus');
    const asked = [
      ['ann', first],
      ['bob', first],
      ['ann', second],
      ['cleo', second],
    ];
    for (const [index, [userID, groupID]] of asked.entries()) {
      const body = { groupID, joinSource: 3, inviterUserID: userID, reqMessage: `by ${userID}`, ex: 'x' };
      expect((await as(userID, 'join_group', body)).body).toEqual(SUCCESS);
      await sql(
        'UPDATE im_group_requests SET reqTime = ? WHERE userID = ? AND groupID = ?',
        index + 1,
        userID,
        groupID,
      );
    }
    const refusal = { groupID: first, fromUserID: 'bob', handleResult: -1, handledMsg: 'no' };
    expect((await as('olga', 'group_application_response', refusal)).body).toEqual(SUCCESS);
  });
  afterAll(() => im.close());

  describe('to those who decide', () => {
    it('are listed newest first, with user, group and answer', async () => {
      const { body } = await received('gus');
      expect(body).toMatchObject(SUCCESS);
      expect(body.data.total).toBe(4);
      expect(pairs(body)).toEqual([
        ['cleo', second],
        ['ann', second],
        ['bob', first],
        ['ann', first],
      ]);
      expect(Object.keys(body.data)).toEqual(['total', 'groupRequests']);
      expect(body.data.groupRequests[2]).toEqual({
        userInfo: { userID: 'bob', nickname: 'bob', faceURL: '', ex: '' },
        groupInfo: {
          groupID: first,
          groupName: 'group',
          notification: '',
          introduction: '',
          faceURL: '',
          ownerUserID: 'olga',
          createTime: expect.any(Number),
          memberCount: 3,
          ex: '',
          status: 0,
          creatorUserID: 'openIM123456',
          groupType: 2,
          needVerification: 0,
          lookMemberInfo: 0,
          applyMemberFriend: 0,
          notificationUpdateTime: 0,
          notificationUserID: '',
        },
        handleResult: -1,
        reqMsg: 'by bob',
        handleMsg: 'no',
        reqTime: 2,
        handleUserID: 'olga',
        handleTime: expect.any(Number),
        ex: 'x',
        joinSource: 3,
        inviterUserID: '',
      });
    });

    it('are those of the groups one owns or administers', async () => {
      expect(pairs((await received('olga')).body)).toEqual([
        ['bob', first],
        ['ann', first],
      ]);
      expect((await received('mia')).body).toEqual(NONE);
      expect(pairs((await received('gus', { groupIDs: [second] })).body)).toEqual([
        ['cleo', second],
        ['ann', second],
      ]);
      expect(
        pairs((await as('admin', 'get_recv_group_applicationList', { fromUserID: 'olga', pagination: PAGE })).body),
      ).toHaveLength(2);
    });

    it('are narrowed down by what was answered', async () => {
      expect(pairs((await received('gus', { handleResults: [-1] })).body)).toEqual([['bob', first]]);
      expect(pairs((await received('gus', { handleResults: [0, 1], groupIDs: [first] })).body)).toEqual([
        ['ann', first],
      ]);
      expect((await received('gus', { handleResults: [1] })).body).toEqual(NONE);
    });

    it('come in pages', async () => {
      const page = async (pageNumber: number, showNumber: number) =>
        (await received('gus', { pagination: { pageNumber, showNumber } })).body;
      expect(pairs(await page(2, 3))).toEqual([['ann', first]]);
      expect(await page(3, 3)).toEqual({ ...SUCCESS, data: { total: 4, groupRequests: null } });
      expect(await page(1, 0)).toEqual({ ...SUCCESS, data: { total: 4, groupRequests: null } });
    });

    it.each<[string, string, object, object]>([
      ['no page', 'gus', { pagination: null }, argsError('pagination is empty')],
      ['page 0', 'gus', { pagination: { pageNumber: 0, showNumber: 1 } }, argsError('pageNumber is invalid')],
      ['nobody', 'gus', { fromUserID: '' }, argsError(SOME_TEXT)],
      ['texts for results', 'gus', { handleResults: ['0'] }, argsError(SOME_TEXT)],
      ['too many groups', 'gus', { groupIDs: Array.from({ length: 1001 }, String) }, argsError(SOME_TEXT)],
      ['somebody else', 'gus', { fromUserID: 'olga' }, noPermission(SOME_TEXT)],
      ['an unknown group', 'olga', { groupIDs: ['nowhere'] }, noPermission('op user not in group')],
    ])('are refused for %s', async (_what, who, body, refusal) => {
      expect((await received(who, body)).body).toEqual(refusal);
    });

    it('are refused for groups one does not decide about', async () => {
      expect((await received('mia', { groupIDs: [first] })).body).toEqual(noPermission('no group owner or admin'));
      const both = { groupIDs: [first, second] };
      expect((await received('olga', both)).body).toEqual(noPermission('op user not in group'));
      const all = { fromUserID: 'olga', pagination: PAGE, ...both };
      expect(pairs((await as('admin', 'get_recv_group_applicationList', all)).body)).toHaveLength(4);
    });
  });

  describe('of a user', () => {
    it('are listed newest first', async () => {
      const { body } = await sent('ann');
      expect(body).toMatchObject({ ...SUCCESS, data: { total: 2 } });
      expect(pairs(body)).toEqual([
        ['ann', second],
        ['ann', first],
      ]);
      expect(pairs((await sent('ann', { groupIDs: [first] })).body)).toEqual([['ann', first]]);
      expect((await sent('ann', { handleResults: [-1] })).body).toEqual(NONE);
      expect((await sent('eve')).body).toEqual(NONE);
      expect(
        pairs((await as('admin', 'get_user_req_group_applicationList', { userID: 'bob', pagination: PAGE })).body),
      ).toEqual([['bob', first]]);
    });

    it.each<[string, string, object, object]>([
      ['no page', 'ann', { pagination: undefined }, argsError('pagination is empty')],
      ['nobody', 'ann', { userID: '' }, argsError('UserID is empty')],
      ['somebody else', 'ann', { userID: 'bob' }, noPermission(SOME_TEXT)],
      ['somebody unknown', 'admin', { userID: 'ghost' }, notFound('record not found')],
    ])('are refused for %s', async (_what, who, body, refusal) => {
      expect((await sent(who, body)).body).toEqual(refusal);
    });
  });

  describe('of some users to one group', () => {
    const ofUsers = (who: string, body: object = {}) =>
      as(who, 'get_group_users_req_application_list', { groupID: first, userIDs: ['ann', 'bob', 'eve'], ...body });

    it('are shown to the owner and administrators, with who made them', async () => {
      const { body } = await ofUsers('gus');
      expect(body.data.total).toBe(2);
      expect(pairs(body)).toEqual([
        ['bob', first],
        ['ann', first],
      ]);
      expect((await ofUsers('olga', { userIDs: ['eve', 'eve'] })).body).toEqual(NONE);
      expect(pairs((await ofUsers('admin', { userIDs: ['ann', 'ann'] })).body)).toEqual([['ann', first]]);
    });

    it.each<[string, string, object, object]>([
      ['no group', 'olga', { groupID: '' }, argsError('GroupID is empty')],
      ['no users', 'olga', { userIDs: [] }, argsError('UserID is empty')],
      ['users left out', 'olga', { userIDs: null }, argsError('UserID is empty')],
      [
        'too many',
        'olga',
        { userIDs: Array.from({ length: 1001 }, String) },
        argsError('too many UserIDs, need to be less than 1000'),
      ],
      ['a member', 'mia', {}, noPermission('no group owner or admin')],
      ['a stranger', 'eve', {}, noPermission('op user not in group')],
      ['an unknown group', 'olga', { groupID: 'nowhere' }, noPermission('op user not in group')],
      ['an unknown group, by an administrator', 'admin', { groupID: 'nowhere' }, noGroup(SOME_TEXT)],
    ])('are refused for %s', async (_what, who, body, refusal) => {
      expect((await ofUsers(who, body)).body).toEqual(refusal);
    });
  });

  describe('of one user to one group', () => {
    const ofUser = (who: string, body: object = {}) =>
      as(who, 'get_specified_user_group_request_info', { groupID: first, userID: 'ann', ...body });

    it.each(['ann', 'olga', 'gus', 'admin'])('are shown to %s', async (who) => {
      const { body } = await ofUser(who);
      expect(body).toMatchObject({ ...SUCCESS, data: { total: 1 } });
      expect(pairs(body)).toEqual([['ann', first]]);
    });

    it.each(['mia', 'bob', 'eve'])('are not shown to %s', async (who) => {
      expect((await ofUser(who)).body).toEqual(noPermission('opUser no permission'));
    });

    it('are none where nobody asked, or in an unknown group', async () => {
      expect((await ofUser('eve', { userID: 'eve' })).body).toEqual(NONE);
      expect((await ofUser('admin', { groupID: 'nowhere' })).body).toEqual(NONE);
      expect((await ofUser('olga', { groupID: 'nowhere' })).body).toEqual(noPermission('opUser no permission'));
      expect((await ofUser('ann', { groupID: '' })).body).toEqual(NONE);
    });
  });

  describe('that wait for an answer', () => {
    const count = async (who: string, body: object = {}) =>
      (await as(who, 'get_group_application_unhandled_count', { userID: who, ...body })).body;

    it('are counted over the groups one decides about', async () => {
      expect(await count('gus')).toEqual({ ...SUCCESS, data: { count: 3 } });
      expect(await count('gus', { time: 1 })).toEqual({ ...SUCCESS, data: { count: 2 } });
      expect(await count('gus', { time: Date.now() })).toEqual({ ...SUCCESS, data: { count: 0 } });
      expect(await count('olga')).toEqual({ ...SUCCESS, data: { count: 1 } });
      expect(await count('mia')).toEqual({ ...SUCCESS, data: { count: 0 } });
      expect(await count('admin', { userID: 'olga' })).toEqual({ ...SUCCESS, data: { count: 1 } });
    });

    it('are not counted for somebody else', async () => {
      expect(await count('olga', { userID: 'gus' })).toEqual(noPermission(SOME_TEXT));
      expect(await count('olga', { userID: '' })).toEqual(noPermission(SOME_TEXT));
      expect(await count('olga', { time: 'now' })).toEqual(argsError(SOME_TEXT));
    });
  });

  it('made for others by a member: one notification each, by the member, and no word to the invited', async () => {
    const told: Message[] = [];
    im.get(ImEvents).on(MessagesAccepted, 'after-commit', ({ messages }) => told.push(...messages));
    const group = (await im.get(GroupsService).find(first))!;
    const proposal = { inviterUserID: 'mia', joinSource: 2, reqMsg: '', ex: '' };
    const mia = { ...systemActor('mia'), isAdmin: false };
    await im.get(Transactions).run(() =>
      im.get(GroupRequests).propose(mia, group, [
        { ...proposal, userID: 'cleo' },
        { ...proposal, userID: 'eve' },
      ]),
    );
    expect(told.map(({ contentType }) => contentType)).toEqual(Array.from({ length: 6 }, () => 1503));
    expect(new Set(told.map(({ recvID }) => recvID))).toEqual(new Set(['olga', 'gus', 'mia']));
    const tips = told.map(({ content }) => JSON.parse(JSON.parse(content).detail));
    expect(tips.map((tip) => [tip.applicant.userID, tip.request.userInfo.userID])).toEqual([
      ...Array.from({ length: 3 }, () => ['mia', 'cleo']),
      ...Array.from({ length: 3 }, () => ['mia', 'eve']),
    ]);
    expect(new Set(tips.map(({ uuid }) => uuid)).size).toBe(2);
    expect(await im.rows('im_group_requests', { groupID: first, userID: 'cleo' })).toMatchObject([
      { inviterUserID: 'mia', joinSource: 2, handleResult: 0 },
    ]);
  });
});
