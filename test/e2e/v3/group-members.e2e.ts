import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  argsError,
  dismissed,
  GroupStory,
  noPermission,
  notFound,
  SOME_TEXT,
  SUCCESS,
  userNotFound,
} from '../../support/groups.js';
import type { Im } from '../../support/im.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';

describeOnEachDatabase('v3 who is in a group', (database) => {
  let im: Im;
  let story: GroupStory;
  let groupID: string;
  beforeAll(async () => {
    im = await startIm({ database });
    story = await GroupStory.begin(im, 'olga', 'gus', 'gil', 'mia', 'ann', 'bob', 'cid', 'zoe');
  });
  beforeEach(async () => {
    groupID = await story.group({ adminUserIDs: ['gus', 'gil'] });
  });
  afterAll(() => im.close());

  const said = async () => (await im.rows('im_messages', { conversationID: `sg_${groupID}` })).length;
  const ourChat = () => [`sg_${groupID}`];

  describe('inviting', () => {
    const invite = (invitedUserIDs: unknown, who = 'mia', more: object = {}) =>
      story.as(who, 'invite_user_to_group', { groupID, invitedUserIDs, reason: 'come', ...more });

    it.each(['mia', 'gus', 'admin'])('makes members of whom %s brings', async (who) => {
      const caller = who === 'admin' ? 'openIM123456' : who;
      expect(await invite(['bob', 'cid'], who)).toEqual(SUCCESS);
      expect(await story.roles(groupID)).toMatchObject({ bob: 20, cid: 20 });
      const invited = { nickname: '', joinSource: 2, operatorUserID: caller, inviterUserID: caller, muteEndTime: 0 };
      expect(await story.member(groupID, 'bob')).toMatchObject(invited);
      expect(await story.log('group-members', groupID)).toMatchObject({
        version: 2,
        changes: { bob: [2, 1], cid: [2, 1] },
      });
      const { version, changes } = await story.log('joined-groups', 'bob');
      expect(changes[groupID]).toEqual([version, 1]);
    });

    it('gives them the conversation, tells the group, then tells them of the conversation', async () => {
      await invite(['bob', 'cid']);
      // The other way round the Go core takes the group for one it was in, and does not say that it came into it.
      expect(story.types()).toEqual([1509, 1300, 1300]);
      expect(story.changedConversations()).toEqual({ bob: ourChat(), cid: ourChat() });
      expect(await story.conversation('bob', groupID)).toMatchObject({ conversationType: 3, maxSeq: 0 });
      const { tips, sendID } = story.theOne(1509);
      expect(sendID).toBe('mia');
      const { groupMemberVersionID, ...rest } = tips;
      expect(groupMemberVersionID).toMatch(/^[0-9a-f]{24}$/);
      expect(rest).toEqual({
        group: expect.objectContaining({ groupID, memberCount: 7 }),
        opUser: expect.objectContaining({ userID: 'mia', nickname: 'mia' }),
        invitedUserList: ['bob', 'cid'].map((userID) => expect.objectContaining({ userID, nickname: userID })),
        operationTime: 0,
        groupMemberVersion: 2,
        inviterUser: expect.objectContaining({ userID: 'mia' }),
      });
    });

    it('names at most fifty in one notification', async () => {
      const crowd = Array.from({ length: 120 }, (_, i) => `crowd${i}`);
      await im.register(...crowd);
      expect(await invite(crowd)).toEqual(SUCCESS);
      const copies = story.ofType(1509).filter(({ seq }) => seq > 0);
      expect(copies.map(({ tips }) => tips.invitedUserList.length)).toEqual([50, 50, 20]);
      expect(copies.flatMap(({ tips }) => tips.invitedUserList.map((one: any) => one.userID))).toEqual(crowd);
    });

    it('stays out of the chat when asked to', async () => {
      await invite(['bob'], 'mia', { sendMessage: false });
      story.theOne(1509, { chatCopy: false });
    });

    it('lets who comes back read on', async () => {
      await story.as('ann', 'quit_group', { groupID });
      expect((await story.conversation('ann', groupID)).maxSeq).toBeGreaterThan(0);
      story.listen();
      await invite(['ann']);
      expect(await story.conversation('ann', groupID)).toMatchObject({ maxSeq: 0 });
      expect(story.changedConversations()).toEqual({ ann: ourChat() });
      const { version, changes } = await story.log('conversations', 'ann');
      expect(changes[`sg_${groupID}`]).toEqual([version, 3]);
    });

    it('asks first, where everybody is approved, for whom an ordinary member brings', async () => {
      await story.as('olga', 'set_group_info_ex', { groupID, needVerification: 1 });
      story.listen();
      expect(await invite(['bob', 'cid'])).toEqual(SUCCESS);
      expect(await story.roles(groupID)).not.toHaveProperty('bob');
      const requests = await im.rows('im_group_requests', { groupID });
      const pending = { handleResult: 0, joinSource: 2, inviterUserID: 'mia', reqMsg: '' };
      expect(requests).toMatchObject(['bob', 'cid'].map((userID) => ({ userID, ...pending })));
      expect(new Set(story.types())).toEqual(new Set([1503]));
      expect(story.ofType(1503)[0].tips).toMatchObject({
        applicant: { userID: 'mia' },
        request: { userInfo: { userID: 'bob' } },
      });
      expect(await invite(['bob'], 'gus')).toEqual(SUCCESS);
      expect(await invite(['cid'], 'admin')).toEqual(SUCCESS);
      expect(await story.roles(groupID)).toMatchObject({ bob: 20, cid: 20 });
    });

    it.each([
      ['no group', { groupID: '' }, argsError('groupID is empty')],
      ['nobody', { invitedUserIDs: [] }, argsError('invitedUserIDs is empty')],
      ['a missing list', { invitedUserIDs: null }, argsError('invitedUserIDs is empty')],
      [
        'too many',
        { invitedUserIDs: Array.from({ length: 1001 }, (_, i) => `u${i}`) },
        argsError('too many InvitedUserIDs, need to be less than 1000'),
      ],
      ['somebody twice', { invitedUserIDs: ['bob', 'bob'] }, argsError('userID duplicate')],
      ['somebody unknown', { invitedUserIDs: ['bob', 'ghost'] }, notFound('user not found')],
      ['a member', { invitedUserIDs: ['bob', 'ann'] }, argsError(SOME_TEXT)],
      ['an unknown group', { groupID: 'nowhere' }, notFound()],
      ['a number', { invitedUserIDs: [5] }, argsError(SOME_TEXT)],
    ])('refuses %s, and brings nobody', async (_, wrong, refused) => {
      const before = await story.everything(groupID);
      expect(await invite(['bob'], 'mia', wrong)).toEqual(refused);
      expect(await story.everything(groupID)).toEqual(before);
      expect(story.heard).toEqual([]);
    });

    it('is for members', async () => {
      expect(await invite(['bob'], 'zoe')).toEqual(noPermission('op user not in group'));
      expect(await invite(['zoe'], 'zoe')).toEqual(noPermission('op user not in group'));
      await story.as('olga', 'dismiss_group', { groupID });
      const gone = dismissed('group dismissed checking group status found it dismissed');
      expect(await invite(['bob'], 'zoe')).toEqual(gone);
    });

    it('of one user by two at once succeeds once', async () => {
      const answers = await Promise.all(['mia', 'gus', 'olga', 'ann'].map((who) => invite(['bob', 'cid'], who)));
      expect(answers.map(({ errCode }) => errCode).sort()).toEqual([0, 1001, 1001, 1001]);
      expect(story.ofType(1509).filter(({ seq }) => seq > 0)).toHaveLength(1);
    });
  });

  describe('kicking', () => {
    const kick = (kickedUserIDs: unknown, who = 'olga', more: object = {}) =>
      story.as(who, 'kick_group', { groupID, kickedUserIDs, reason: 'out', ...more });

    it.each(['olga', 'gus', 'admin'])('takes out whom %s names', async (who) => {
      expect(await kick(['mia', 'ann'], who)).toEqual(SUCCESS);
      expect(await story.roles(groupID)).toEqual({ olga: 100, gus: 60, gil: 60 });
      expect(await story.log('group-members', groupID)).toMatchObject({
        version: 2,
        changes: { mia: [2, 2], ann: [2, 2] },
      });
      const { version, changes } = await story.log('joined-groups', 'mia');
      expect(changes[groupID]).toEqual([version, 2]);
    });

    it('is told to the group and to the kicked, whose conversation ends with it', async () => {
      await kick(['mia', 'ann']);
      expect(story.types()).toEqual([1508, 1300, 1300]);
      const told = story.theOne(1508);
      expect(told.tips).toEqual({
        group: expect.objectContaining({ groupID, memberCount: 3 }),
        opUser: expect.objectContaining({ userID: 'olga', roleLevel: 100 }),
        kickedUserList: ['mia', 'ann'].map((userID) => expect.objectContaining({ userID, nickname: userID })),
        operationTime: 0,
        groupMemberVersion: 2,
        groupMemberVersionID: expect.any(String),
      });
      for (const { alsoTo } of story.ofType(1508)) expect(alsoTo).toEqual(['mia', 'ann']);
      expect(await story.conversation('mia', groupID)).toMatchObject({ maxSeq: await said() });
      expect(story.changedConversations()).toEqual({ mia: ourChat(), ann: ourChat() });
      const { version, changes } = await story.log('conversations', 'mia');
      expect(changes[`sg_${groupID}`]).toEqual([version, 3]);
    });

    it('stays out of the chat when asked to', async () => {
      const before = await said();
      await kick(['mia'], 'olga', { sendMessage: false });
      story.theOne(1508, { chatCopy: false });
      expect(await story.conversation('mia', groupID)).toMatchObject({ maxSeq: before });
    });

    it.each([
      ['no group', { groupID: '' }, argsError('groupID is empty')],
      ['nobody', { kickedUserIDs: [] }, argsError('kickUserIDs is empty')],
      [
        'too many',
        { kickedUserIDs: Array.from({ length: 1001 }, (_, i) => `u${i}`) },
        argsError('too many KickedUserIDs, need to be less than 1000'),
      ],
      ['somebody twice', { kickedUserIDs: ['mia', 'mia'] }, argsError('KickedUserIDs duplicate')],
      ['an unknown group', { groupID: 'nowhere' }, notFound()],
      ['himself', { kickedUserIDs: ['mia', 'gus'] }, argsError('opUserID in KickedUserIDs')],
      ['the owner', { kickedUserIDs: ['mia', 'olga'] }, argsError('ownerUID can not Kick')],
      ['who is no member', { kickedUserIDs: ['mia', 'zoe'] }, userNotFound('zoe')],
      [
        'another administrator',
        { kickedUserIDs: ['mia', 'gil'] },
        noPermission('group admins cannot remove the group owner and other admins'),
      ],
    ])('by an administrator of %s is refused, and nobody goes', async (_, wrong, refused) => {
      const before = await story.everything(groupID);
      expect(await kick(['mia'], 'gus', wrong)).toEqual(refused);
      expect(await story.everything(groupID)).toEqual(before);
      expect(story.heard).toEqual([]);
    });

    it('is not for members and strangers', async () => {
      const before = await story.everything(groupID);
      expect(await kick(['ann'], 'mia')).toEqual(noPermission('opUserID no permission'));
      expect(await kick(['mia'], 'mia')).toEqual(argsError('opUserID in KickedUserIDs'));
      expect(await kick(['mia'], 'zoe')).toEqual(noPermission('opUserID no in group'));
      expect(await kick(['bob'], 'zoe')).toEqual(noPermission('opUserID no in group'));
      expect(await kick(['olga'], 'admin')).toEqual(argsError('ownerUID can not Kick'));
      expect(await story.everything(groupID)).toEqual(before);
    });
  });

  describe('leaving', () => {
    const quit = (who: string, more: object = {}) => story.as(who, 'quit_group', { groupID, ...more });

    it('takes the caller out, and tells him and the group', async () => {
      expect(await quit('mia')).toEqual(SUCCESS);
      expect(await story.roles(groupID)).not.toHaveProperty('mia');
      expect(story.types()).toEqual([1504, 1300]);
      const told = story.theOne(1504);
      expect(told.sendID).toBe('mia');
      expect(told.tips).toEqual({
        group: expect.objectContaining({ groupID, memberCount: 4 }),
        quitUser: expect.objectContaining({ userID: 'mia', nickname: 'mia', roleLevel: 20 }),
        operationTime: 0,
        groupMemberVersion: 2,
        groupMemberVersionID: expect.any(String),
      });
      for (const { alsoTo } of story.ofType(1504)) expect(alsoTo).toEqual(['mia']);
      expect(await story.conversation('mia', groupID)).toMatchObject({ maxSeq: await said() });
      expect(story.changedConversations()).toEqual({ mia: ourChat() });
      expect(await story.log('group-members', groupID)).toMatchObject({ version: 2, changes: { mia: [2, 2] } });
      const { version, changes } = await story.log('joined-groups', 'mia');
      expect(changes[groupID]).toEqual([version, 2]);
    });

    it('is open to administrators of the group, and done for others by those of the application', async () => {
      expect(await quit('gus', { userID: 'gus' })).toEqual(SUCCESS);
      expect(await quit('admin', { userID: 'mia' })).toEqual(SUCCESS);
      expect(story.ofType(1504).at(-1)).toMatchObject({
        sendID: 'openIM123456',
        tips: { quitUser: { userID: 'mia' } },
      });
      expect(await story.roles(groupID)).toEqual({ olga: 100, gil: 60, ann: 20 });
    });

    it.each([
      ['the owner', 'olga', {}, noPermission("group owner can't quit")],
      ['the owner, by an administrator', 'admin', { userID: 'olga' }, noPermission("group owner can't quit")],
      ['somebody else', 'mia', { userID: 'ann' }, noPermission(SOME_TEXT)],
      ['a stranger', 'zoe', {}, notFound()],
      ['an unknown group', 'mia', { groupID: 'nowhere' }, notFound()],
      ['no group', 'mia', { groupID: '' }, argsError('groupID is empty')],
    ])('is refused to %s', async (_, who, more, refused) => {
      const before = await story.everything(groupID);
      expect(await quit(who, more)).toEqual(refused);
      expect(await story.everything(groupID)).toEqual(before);
      expect(story.heard).toEqual([]);
    });
  });
});
