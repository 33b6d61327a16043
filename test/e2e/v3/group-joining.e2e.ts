import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Transactions } from '../../../src/database/transactions.js';
import { ImEvents } from '../../../src/events/events.js';
import type { Message } from '../../../src/messaging/message.entity.js';
import { MessagesAccepted } from '../../../src/messaging/message.events.js';
import type { Im } from '../../support/im.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';

const SUCCESS = { errCode: 0, errMsg: '', errDlt: '' };
const SOME_TEXT = expect.stringMatching(/./);
const argsError = (errDlt: unknown) => ({ errCode: 1001, errMsg: 'ArgsError', errDlt });
const noPermission = (errDlt: unknown) => ({ errCode: 1002, errMsg: 'NoPermissionError', errDlt });
const notFound = (errDlt: unknown) => ({ errCode: 1004, errMsg: 'RecordNotFoundError', errDlt });

/** Values of `needVerification`. */
const APPLICANTS = 0;
const EVERYBODY = 1;
const NOBODY = 2;

describeOnEachDatabase('v3 joining groups', (database) => {
  let im: Im;
  let heard: Message[] = [];
  const tokens = new Map<string, string>();
  let groupID: string;

  beforeAll(async () => {
    im = await startIm({ database });
    await im.register('olga', 'gus', 'mia', 'ann', 'bob', 'eve');
    for (const user of ['olga', 'gus', 'mia', 'ann', 'bob', 'eve']) tokens.set(user, await im.tokenOf(user));
    tokens.set('admin', await im.adminToken());
    im.get(ImEvents).on(MessagesAccepted, 'after-commit', ({ messages }) => heard.push(...messages));
  });
  afterAll(() => im.close());

  /** A group of olga (owner), gus (administrator) and mia. */
  beforeEach(async () => {
    groupID = await im.group('olga', 'gus', 'mia');
    await sql('UPDATE im_group_members SET roleLevel = 60 WHERE groupID = ? AND userID = ?', groupID, 'gus');
    heard = [];
  });

  const sql = (text: string, ...values: unknown[]) => im.get(Transactions).manager.query(text, values);
  const verify = (need: number) => sql('UPDATE im_groups SET needVerification = ? WHERE groupID = ?', need, groupID);
  const as = (who: string, path: string, body: object) => im.v3(`/group/${path}`, body, tokens.get(who));
  const join = (who: string, body: object = {}) =>
    as(who, 'join_group', { groupID, joinSource: 3, inviterUserID: who, reqMessage: 'hello', ex: 'x', ...body });
  const answer = (who: string, fromUserID: string, handleResult: unknown, more: object = {}) =>
    as(who, 'group_application_response', { groupID, fromUserID, handleResult, handledMsg: 'well', ...more });
  const requests = () => im.rows('im_group_requests', { groupID });
  const isMember = async (userID: string) => (await im.rows('im_group_members', { groupID, userID })).length === 1;
  const ofType = (contentType: number) => heard.filter((message) => message.contentType === contentType);
  const tipsOf = (message: Message) => JSON.parse(JSON.parse(message.content).detail);

  describe('where nobody approves', () => {
    beforeEach(() => verify(NOBODY));

    it('makes the caller a member at once, and tells the group', async () => {
      expect((await join('ann')).body).toEqual(SUCCESS);
      const [member] = await im.rows('im_group_members', { groupID, userID: 'ann' });
      expect(member).toMatchObject({ roleLevel: 20, joinSource: 3, inviterUserID: 'ann', operatorUserID: 'ann' });
      expect(await requests()).toEqual([]);
      const entered = ofType(1510);
      expect(entered.map(({ conversationID }) => conversationID)).toEqual([`n_${groupID}`, `sg_${groupID}`]);
      expect(entered[1]).toMatchObject({ sendID: 'ann', groupID, seq: expect.any(Number) });
      const versions = await im.rows('im_versions', { collection: 'group-members', ownerID: groupID });
      expect(tipsOf(entered[1])).toEqual({
        group: expect.objectContaining({ groupID, memberCount: 4, ownerUserID: 'olga' }),
        entrantUser: {
          groupID,
          userID: 'ann',
          roleLevel: 20,
          joinTime: Number(member.joinTime),
          nickname: 'ann',
          faceURL: '',
          appMangerLevel: 0,
          joinSource: 3,
          operatorUserID: 'ann',
          ex: '',
          muteEndTime: 0,
          inviterUserID: 'ann',
        },
        operationTime: expect.any(Number),
        groupMemberVersion: Number(versions[0].version),
        groupMemberVersionID: versions[0].versionID,
      });
    });

    it('opens the conversation, and writes the logs clients synchronise by', async () => {
      expect((await join('ann')).body).toEqual(SUCCESS);
      expect(await im.rows('im_conversations', { ownerUserID: 'ann', conversationID: `sg_${groupID}` })).toHaveLength(
        1,
      );
      const change = { ownerID: 'ann', elementID: groupID };
      expect(await im.rows('im_version_changes', { collection: 'joined-groups', ...change })).toMatchObject([
        { state: 1 },
      ]);
      expect(
        await im.rows('im_version_changes', { collection: 'group-members', ownerID: groupID, elementID: 'ann' }),
      ).toMatchObject([{ state: 1 }]);
    });

    it('an administrator of the application brings in somebody else', async () => {
      expect((await join('admin', { inviterUserID: 'bob' })).body).toEqual(SUCCESS);
      expect(await im.rows('im_group_members', { groupID, userID: 'bob' })).toMatchObject([
        { inviterUserID: 'bob', operatorUserID: 'openIM123456' },
      ]);
      expect(ofType(1510)[0].sendID).toBe('openIM123456');
    });

    it('two at once make one member', async () => {
      const answers = await Promise.all([join('ann'), join('ann'), join('ann')]);
      expect(answers.map(({ body }) => body.errCode).sort()).toEqual([0, 1001, 1001]);
      expect(await im.rows('im_group_members', { groupID, userID: 'ann' })).toHaveLength(1);
    });
  });

  describe('where somebody approves', () => {
    it.each([APPLICANTS, EVERYBODY])('stores a request and lets nobody in: needVerification %i', async (need) => {
      await verify(need);
      const before = Date.now();
      expect((await join('ann')).body).toEqual(SUCCESS);
      const [request] = await requests();
      expect({ ...request, reqTime: Number(request.reqTime), handleTime: Number(request.handleTime) }).toEqual({
        groupID,
        userID: 'ann',
        handleResult: 0,
        reqMsg: 'hello',
        handleMsg: '',
        reqTime: expect.any(Number),
        handleUserID: '',
        handleTime: 0,
        joinSource: 3,
        inviterUserID: '',
        ex: 'x',
      });
      expect(Number(request.reqTime)).toBeGreaterThanOrEqual(before);
      expect(await isMember('ann')).toBe(false);
    });

    it('tells the owner, the administrators and the applicant, each once', async () => {
      await join('ann');
      const told = ofType(1503);
      expect(told.map(({ recvID }) => recvID).sort()).toEqual(['ann', 'gus', 'olga']);
      expect(told.every(({ sendID, sessionType, seq }) => sendID === 'ann' && sessionType === 1 && seq === 0)).toBe(
        true,
      );
      expect(told.map(({ conversationID }) => conversationID)).toContain('n_ann_olga');
      const tips = told.map(tipsOf);
      expect(new Set(tips.map(({ uuid }) => uuid)).size).toBe(1);
      expect(tips[0]).toEqual({
        group: expect.objectContaining({ groupID, memberCount: 3 }),
        applicant: { userID: 'ann', nickname: 'ann', faceURL: '', ex: '' },
        reqMsg: 'hello',
        uuid: SOME_TEXT,
        request: {
          userInfo: { userID: 'ann', nickname: 'ann', faceURL: '', ex: '' },
          groupInfo: null,
          handleResult: 0,
          reqMsg: 'hello',
          handleMsg: '',
          reqTime: expect.any(Number),
          handleUserID: '',
          handleTime: 0,
          ex: 'x',
          joinSource: 3,
          inviterUserID: '',
        },
      });
      expect(JSON.parse(told[0].offlinePushInfo)).toMatchObject({ title: 'joinGroupApplication title' });
    });

    it('a new request takes the place of the earlier one, also of one that was answered', async () => {
      await join('ann');
      await join('ann', { reqMessage: 'again', joinSource: 4, ex: '' });
      expect(await requests()).toMatchObject([{ reqMsg: 'again', joinSource: 4, ex: '', handleResult: 0 }]);
      await answer('olga', 'ann', -1);
      await join('ann', { reqMessage: 'please' });
      expect(await requests()).toMatchObject([{ reqMsg: 'please', handleResult: 0, handleMsg: '', handleUserID: '' }]);
    });

    it('goes with the account', async () => {
      await im.register('passing');
      tokens.set('passing', await im.tokenOf('passing'));
      await join('passing');
      expect(await requests()).toHaveLength(1);
      await im.v1('/manager/delete_user', { deleteUidList: ['passing'] }, tokens.get('admin'));
      expect(await requests()).toEqual([]);
    });
  });

  describe('is refused', () => {
    it.each<[string, object, object]>([
      ['no group', { groupID: '' }, argsError('groupID is empty')],
      ['no source', { joinSource: undefined }, argsError('joinSource is invalid')],
      ['a source of 0', { joinSource: 0 }, argsError('joinSource is invalid')],
      ['a source of 5', { joinSource: 5 }, argsError('joinSource is invalid')],
      ['a source in text', { joinSource: '3' }, argsError(SOME_TEXT)],
      ['no user by invitation', { inviterUserID: '', joinSource: 2 }, argsError('inviterUserID is empty')],
      ['no user', { inviterUserID: '' }, notFound('record not found')],
      ['too long a message', { reqMessage: 'x'.repeat(1025) }, argsError(SOME_TEXT)],
      ['an unknown group', { groupID: 'nowhere' }, notFound(SOME_TEXT)],
      ['somebody else', { inviterUserID: 'bob' }, noPermission('ownerUserID, bob=MISSING')],
      ['an unknown user', { inviterUserID: 'ghost' }, noPermission(SOME_TEXT)],
    ])('%s', async (_what, body, refusal) => {
      expect((await join('ann', body)).body).toEqual(refusal);
      expect(await requests()).toEqual([]);
      expect(heard).toEqual([]);
    });

    it('an unknown user, named by an administrator', async () => {
      expect((await join('admin', { inviterUserID: 'ghost' })).body).toEqual(notFound('record not found'));
    });

    it.each([APPLICANTS, NOBODY])('who is in the group: needVerification %i', async (need) => {
      await verify(need);
      expect((await join('mia')).body).toEqual(argsError(SOME_TEXT));
      expect(await requests()).toEqual([]);
    });

    it('a dismissed group', async () => {
      await sql('UPDATE im_groups SET status = 2 WHERE groupID = ?', groupID);
      expect((await join('ann')).body).toMatchObject({ errCode: 1204, errMsg: 'DismissedAlreadyError' });
    });
  });

  describe('accepting a request', () => {
    beforeEach(async () => {
      await join('ann');
      heard = [];
    });

    it('lets the user in, keeps who answered what and when, and says so', async () => {
      expect((await answer('gus', 'ann', 1)).body).toEqual(SUCCESS);
      expect(await im.rows('im_group_members', { groupID, userID: 'ann' })).toMatchObject([
        { roleLevel: 20, joinSource: 3, inviterUserID: '', operatorUserID: 'gus' },
      ]);
      const [request] = await requests();
      expect(request).toMatchObject({ handleResult: 1, handleMsg: 'well', handleUserID: 'gus', reqMsg: 'hello' });
      expect(Number(request.handleTime)).toBeGreaterThanOrEqual(Number(request.reqTime));

      const told = ofType(1505);
      expect(told.map((message) => [message.recvID, tipsOf(message).receiverAs])).toEqual(
        expect.arrayContaining([
          ['olga', 1],
          ['gus', 1],
          ['ann', 0],
        ]),
      );
      expect(told).toHaveLength(3);
      expect(tipsOf(told[0])).toEqual({
        group: expect.objectContaining({ groupID }),
        opUser: expect.objectContaining({ userID: 'gus', roleLevel: 60 }),
        handleMsg: 'well',
        receiverAs: expect.any(Number),
        uuid: SOME_TEXT,
        request: expect.objectContaining({
          userInfo: { userID: 'ann', nickname: 'ann', faceURL: '', ex: '' },
          groupInfo: null,
          handleResult: 1,
          handleMsg: 'well',
          handleUserID: 'gus',
        }),
      });
      // First the answer, then the group hears of its new member.
      const types = heard.map(({ contentType }) => contentType).filter((type) => type > 1500);
      expect(types).toEqual([1505, 1505, 1505, 1510, 1510]);
      expect(await im.rows('im_messages', { conversationID: `sg_${groupID}`, contentType: 1510 })).toHaveLength(1);
      expect(await im.rows('im_conversations', { ownerUserID: 'ann', conversationID: `sg_${groupID}` })).toHaveLength(
        1,
      );
    });

    it('that a member made for somebody is an invitation by that member', async () => {
      await sql(
        "UPDATE im_group_requests SET inviterUserID = 'mia', joinSource = 2 WHERE groupID = ? AND userID = 'ann'",
        groupID,
      );
      expect((await answer('olga', 'ann', 1)).body).toEqual(SUCCESS);
      expect(await im.rows('im_group_members', { groupID, userID: 'ann' })).toMatchObject([
        { joinSource: 2, inviterUserID: 'mia', operatorUserID: 'olga' },
      ]);
      expect(ofType(1510)).toEqual([]);
      expect(tipsOf(ofType(1509)[0])).toEqual({
        group: expect.objectContaining({ groupID, memberCount: 4 }),
        opUser: expect.objectContaining({ userID: 'olga', roleLevel: 100 }),
        invitedUserList: [expect.objectContaining({ userID: 'ann', nickname: 'ann' })],
        operationTime: 0,
        groupMemberVersion: expect.any(Number),
        groupMemberVersionID: SOME_TEXT,
        inviterUser: expect.objectContaining({ userID: 'mia', roleLevel: 20, nickname: 'mia' }),
      });
    });

    it('of who came in meanwhile changes nothing but the request', async () => {
      await im.v1('/group/invite_user_to_group', { groupID, uidList: ['ann'], reason: 'x' }, tokens.get('admin'));
      heard = [];
      expect((await answer('olga', 'ann', 1)).body).toEqual(SUCCESS);
      expect(await requests()).toMatchObject([{ handleResult: 1 }]);
      expect(ofType(1505)).toHaveLength(3);
      expect(ofType(1510)).toEqual([]);
    });

    it('works for an administrator of the application who is not in the group', async () => {
      expect((await answer('admin', 'ann', 1)).body).toEqual(SUCCESS);
      expect(tipsOf(ofType(1505)[0]).opUser).toMatchObject({ userID: 'openIM123456', appMangerLevel: 2 });
    });

    it('happens once, however many try at once', async () => {
      const answers = await Promise.all([answer('olga', 'ann', 1), answer('gus', 'ann', 1), answer('olga', 'ann', -1)]);
      expect(answers.map(({ body }) => body.errCode).sort()).toEqual([0, 1206, 1206]);
      expect(ofType(1505).length + ofType(1506).length).toBe(3);
    });

    it('is refused in a dismissed group; refusing is not', async () => {
      await sql('UPDATE im_groups SET status = 2 WHERE groupID = ?', groupID);
      expect((await answer('olga', 'ann', 1)).body).toMatchObject({ errCode: 1204 });
      expect(await requests()).toMatchObject([{ handleResult: 0 }]);
      expect((await answer('olga', 'ann', -1)).body).toEqual(SUCCESS);
    });
  });

  it('refusing a request keeps the user out, and says so', async () => {
    await join('ann');
    heard = [];
    expect((await answer('olga', 'ann', -1, { handledMsg: 'sorry' })).body).toEqual(SUCCESS);
    expect(await isMember('ann')).toBe(false);
    expect(await requests()).toMatchObject([{ handleResult: -1, handleMsg: 'sorry', handleUserID: 'olga' }]);
    expect(
      ofType(1506)
        .map(({ recvID }) => recvID)
        .sort(),
    ).toEqual(['ann', 'gus', 'olga']);
    expect(tipsOf(ofType(1506)[0])).toMatchObject({ handleMsg: 'sorry', request: { handleResult: -1 } });
    expect(heard.filter(({ contentType }) => contentType !== 1506)).toEqual([]);
  });

  describe('an answer is refused', () => {
    beforeEach(() => join('ann'));

    it.each<[string, string, object, object]>([
      ['without a group', 'olga', { groupID: '' }, argsError('groupID is empty')],
      ['without a user', 'olga', { fromUserID: '' }, argsError('fromUserID is empty')],
      ['without a result', 'olga', { handleResult: undefined }, argsError('HandleResult unknown')],
      ['that is 0', 'olga', { handleResult: 0 }, argsError('HandleResult unknown')],
      ['that is 2', 'olga', { handleResult: 2 }, argsError('handleResult is invalid')],
      ['to somebody who asked nothing', 'olga', { fromUserID: 'bob' }, notFound(SOME_TEXT)],
      ['to somebody unknown', 'olga', { fromUserID: 'ghost' }, notFound(SOME_TEXT)],
      ['in an unknown group, by an administrator', 'admin', { groupID: 'nowhere' }, notFound(SOME_TEXT)],
      ['in an unknown group', 'olga', { groupID: 'nowhere' }, notFound(SOME_TEXT)],
      ['of an ordinary member', 'mia', {}, noPermission('no group owner or admin')],
      ['of the applicant', 'ann', {}, notFound(SOME_TEXT)],
      ['of a stranger', 'eve', {}, notFound(SOME_TEXT)],
    ])('%s', async (_what, who, body, refusal) => {
      expect((await answer(who, 'ann', 1, body)).body).toEqual(refusal);
      expect(await requests()).toMatchObject([{ handleResult: 0, handleUserID: '' }]);
      expect(await isMember('ann')).toBe(false);
    });

    it('when the request was answered before', async () => {
      expect((await answer('olga', 'ann', -1)).body).toEqual(SUCCESS);
      expect((await answer('gus', 'ann', 1)).body).toEqual({
        errCode: 1206,
        errMsg: 'GroupRequestHandled',
        errDlt: 'group request already processed',
      });
      expect(await isMember('ann')).toBe(false);
    });
  });
});
