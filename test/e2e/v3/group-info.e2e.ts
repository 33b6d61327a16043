import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { argsError, dismissed, GroupStory, noPermission, notFound, SOME_TEXT, SUCCESS } from '../../support/groups.js';
import type { Im } from '../../support/im.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';

describeOnEachDatabase('v3 what groups say of themselves', (database) => {
  let im: Im;
  let story: GroupStory;
  let groupID: string;
  beforeAll(async () => {
    im = await startIm({ database });
    story = await GroupStory.begin(im, 'olga', 'gus', 'mia', 'ann', 'zoe');
  });
  beforeEach(async () => {
    groupID = await story.group();
  });
  afterAll(() => im.close());

  const set = (changes: object, who = 'olga') =>
    story.as(who, 'set_group_info', { groupInfoForSet: { groupID, ...changes } });
  const setEx = (changes: object, who = 'olga') => story.as(who, 'set_group_info_ex', { groupID, ...changes });
  const info = { introduction: 'we climb', faceURL: 'http://face', ex: '{}' };
  const rules = { needVerification: 1, lookMemberInfo: 1, applyMemberFriend: 1 };

  describe.each([
    ['set_group_info', set],
    ['set_group_info_ex', setEx],
  ])('%s', (_path, change) => {
    it('sets what is given and leaves the rest', async () => {
      expect(await change({ ...info, ...rules, groupName: 'climbers' })).toEqual(SUCCESS);
      expect(await story.row(groupID)).toMatchObject({ ...info, ...rules, groupName: 'climbers', notification: '' });
      expect(await change({ lookMemberInfo: 0, ex: '' })).toEqual(SUCCESS);
      expect(await story.row(groupID)).toMatchObject({ ...info, ...rules, lookMemberInfo: 0, ex: '' });
    });

    it('is noted in the log as the group itself', async () => {
      await change(info);
      expect(await story.log('group-members', groupID)).toMatchObject({ version: 2, changes: { '': [2, 3] } });
    });

    it('tells the group what was set', async () => {
      await change({ introduction: 'we climb' }, 'gus');
      expect(story.types()).toEqual([1502]);
      const { tips, sendID, senderNickname } = story.theOne(1502, { chatCopy: false });
      expect([sendID, senderNickname]).toEqual(['gus', 'gus']);
      expect(tips).toEqual({
        opUser: expect.objectContaining({ userID: 'gus', roleLevel: 60 }),
        muteTime: 0,
        group: expect.objectContaining({ introduction: 'we climb', memberCount: 4, ownerUserID: 'olga' }),
        groupMemberVersion: 2,
        groupMemberVersionID: expect.stringMatching(/^[0-9a-f]{24}$/),
      });
    });

    it('shows a new name in the chat', async () => {
      await change({ groupName: 'climbers' });
      expect(story.types()).toEqual([1520]);
      const { tips } = story.theOne(1520);
      expect(Object.keys(tips)).toEqual(['opUser', 'group', 'groupMemberVersion', 'groupMemberVersionID']);
      expect(tips.group.groupName).toBe('climbers');
    });

    it.each(['olga', 'gus', 'admin'])('calls everybody to the announcement of %s', async (who) => {
      const before = Date.now();
      const stands = await story.log('conversations', 'mia');
      expect(await change({ notification: 'read this' }, who)).toEqual(SUCCESS);
      const group = await story.row(groupID);
      const notificationUserID = who === 'admin' ? 'openIM123456' : who;
      expect(group).toMatchObject({ notification: 'read this', notificationUserID });
      expect(group.notificationUpdateTime).toBeGreaterThanOrEqual(before);
      for (const userID of ['olga', 'gus', 'mia', 'ann']) {
        expect(await story.conversation(userID, groupID)).toMatchObject({ groupAtType: 4 });
      }
      expect(await story.log('conversations', 'mia')).toMatchObject({
        version: stands.version + 1,
        changes: { [`sg_${groupID}`]: [stands.version + 1, 3] },
      });
      const called = [`sg_${groupID}`];
      expect(story.changedConversations()).toEqual({ olga: called, gus: called, mia: called, ann: called });
      expect(story.types().filter((type) => type !== 1300)).toEqual([1519]);
      expect(story.theOne(1519).tips.group.notification).toBe('read this');
    });

    it('tells of an announcement, a name and the rest in this order, all by one version', async () => {
      await change({ notification: 'read this', groupName: 'climbers', ex: 'x' });
      expect(story.types().filter((type) => type !== 1300)).toEqual([1519, 1520, 1502]);
      for (const type of [1519, 1520, 1502]) expect(story.ofType(type)[0].tips.groupMemberVersion).toBe(2);
    });

    it('is seen by the next who asks', async () => {
      await change({ groupName: 'first' });
      await change({ needVerification: 2 });
      const { data } = await story.as('zoe', 'get_groups_info', { groupIDs: [groupID] });
      expect(data.groupInfos[0]).toMatchObject({ groupName: 'first', needVerification: 2 });
    });

    it('does nothing where nothing is given', async () => {
      const before = await story.everything(groupID);
      expect(await change({ groupName: null })).toEqual(SUCCESS);
      expect(await story.everything(groupID)).toEqual(before);
      expect(story.heard).toEqual([]);
    });

    it.each([
      ['a member', { ex: 'x' }, 'mia', noPermission('no group owner or admin')],
      ['a stranger', { ex: 'x' }, 'zoe', notFound()],
      ['a name of blanks', { groupName: ' \t ' }, 'olga', argsError('group name is empty')],
      ['a name too long', { groupName: 'n'.repeat(256) }, 'olga', argsError(SOME_TEXT)],
      ['an announcement too long', { notification: 'n'.repeat(4097) }, 'olga', argsError(SOME_TEXT)],
      ['a rule in text', { needVerification: '1' }, 'olga', argsError(SOME_TEXT)],
      ['an unknown group', { groupID: 'nowhere' }, 'olga', notFound()],
      ['an unknown group, of an administrator', { groupID: 'nowhere' }, 'admin', notFound()],
    ])('refuses %s, and nothing changes', async (_, changes, who, refused) => {
      const before = await story.everything(groupID);
      expect(await change(changes, who)).toEqual(refused);
      expect(await story.everything(groupID)).toEqual(before);
      expect(story.heard).toEqual([]);
    });

    it('refuses a group that is gone', async () => {
      await story.as('olga', 'dismiss_group', { groupID });
      expect(await change({ ex: 'x' }, 'admin')).toEqual(dismissed());
      expect(await change({ ex: 'x' }, 'olga')).toEqual(notFound());
    });
  });

  it('set_group_info wants to know of what', async () => {
    expect(await story.as('olga', 'set_group_info', {})).toEqual(argsError('GroupInfoForSets is empty'));
    expect(await story.as('olga', 'set_group_info', { groupInfoForSet: {} })).toEqual(argsError('GroupID is empty'));
  });

  it('set_group_info leaves as it was what is empty', async () => {
    await set({ ...info, notification: 'read this' });
    story.listen();
    await set({ groupName: '', notification: '', introduction: '', faceURL: '' });
    expect(await story.row(groupID)).toMatchObject({ ...info, groupName: 'team', notification: 'read this' });
    expect(story.heard).toEqual([]);
  });

  it('set_group_info_ex empties what is empty, except the name', async () => {
    await setEx(info);
    expect(await setEx({ introduction: '', faceURL: '', ex: '' })).toEqual(SUCCESS);
    expect(await story.row(groupID)).toMatchObject({ introduction: '', faceURL: '', ex: '' });
    expect(await setEx({ groupName: '', ex: 'x' })).toEqual(argsError('group name is empty'));
    expect(await story.row(groupID)).toMatchObject({ groupName: 'team', ex: '' });
    expect(await story.as('olga', 'set_group_info_ex', {})).toEqual(notFound());
  });

  it('set_group_info_ex takes an announcement back without a word in the chat', async () => {
    await setEx({ notification: '  read this \n' });
    expect(await story.row(groupID)).toMatchObject({ notification: 'read this' });
    story.listen();
    expect(await setEx({ notification: '  ' })).toEqual(SUCCESS);
    expect(await story.row(groupID)).toMatchObject({ notification: '' });
    expect(story.types()).toEqual([1519]);
    story.theOne(1519, { chatCopy: false });
  });

  it('an announcement reaches members who have no conversation yet', async () => {
    groupID = await story.group({ sendMessage: false });
    expect(await story.conversation('mia', groupID)).toBeUndefined();
    await set({ notification: 'read this' });
    expect(await story.conversation('mia', groupID)).toMatchObject({ groupAtType: 4 });
    expect(Object.keys(story.changedConversations()).sort()).toEqual(['ann', 'gus', 'mia', 'olga']);
  });

  it('an announcement is not for those who left', async () => {
    await story.as('ann', 'quit_group', { groupID });
    story.listen();
    await set({ notification: 'read this' });
    expect(await story.conversation('ann', groupID)).toMatchObject({ groupAtType: 0 });
    expect(Object.keys(story.changedConversations()).sort()).toEqual(['gus', 'mia', 'olga']);
  });

  describe('muting the group', () => {
    const mute = (who = 'olga', more: object = {}) => story.as(who, 'mute_group', { groupID, ...more });
    const unmute = (who = 'olga', more: object = {}) => story.as(who, 'cancel_mute_group', { groupID, ...more });

    it.each(['olga', 'gus', 'admin'])('is done and undone by %s', async (who) => {
      expect(await mute(who)).toEqual(SUCCESS);
      expect(await story.row(groupID)).toMatchObject({ status: 3 });
      expect(story.types()).toEqual([1514]);
      expect(story.theOne(1514).tips).toEqual({
        group: expect.objectContaining({ status: 3 }),
        opUser: expect.objectContaining({ roleLevel: who === 'olga' ? 100 : 60 }),
        operationTime: 0,
        groupMemberVersion: 2,
        groupMemberVersionID: expect.any(String),
      });
      story.listen();
      expect(await unmute(who)).toEqual(SUCCESS);
      expect(await story.row(groupID)).toMatchObject({ status: 0 });
      expect(story.types()).toEqual([1515]);
      expect(story.theOne(1515).tips).toMatchObject({ group: { status: 0 }, groupMemberVersion: 3 });
      expect(await story.log('group-members', groupID)).toMatchObject({ version: 3, changes: { '': [3, 3] } });
    });

    it.each([
      ['mute_group', mute],
      ['cancel_mute_group', unmute],
    ])('%s is refused to others, and for groups that are not there', async (_, call) => {
      const before = await story.everything(groupID);
      expect(await call('mia')).toEqual(noPermission('no group owner or admin'));
      expect(await call('zoe')).toEqual(noPermission('op user not in group'));
      expect(await call('zoe', { groupID: 'nowhere' })).toEqual(noPermission('op user not in group'));
      expect(await call('admin', { groupID: 'nowhere' })).toEqual(notFound());
      expect(await call('olga', { groupID: '' })).toEqual(argsError('groupID is empty'));
      expect(await story.everything(groupID)).toEqual(before);
    });

    it.each([
      ['mute_group', mute],
      ['cancel_mute_group', unmute],
    ])('%s does not bring a dismissed group back', async (_, call) => {
      await story.as('olga', 'dismiss_group', { groupID });
      expect(await call('admin')).toEqual(dismissed());
      expect(await story.row(groupID)).toMatchObject({ status: 2 });
    });
  });
});
