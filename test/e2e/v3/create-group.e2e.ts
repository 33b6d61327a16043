import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { argsError, GroupStory, noPermission, SOME_TEXT, SUCCESS, userNotFound } from '../../support/groups.js';
import type { Im } from '../../support/im.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';

describeOnEachDatabase('v3 creating groups', (database) => {
  let im: Im;
  let story: GroupStory;
  beforeAll(async () => {
    im = await startIm({ database });
    story = await GroupStory.begin(im, 'olga', 'gus', 'mia', 'ann', 'zoe');
  });
  afterAll(() => im.close());

  const order = (more: Record<string, unknown> = {}) => ({
    groupInfo: { groupName: 'team', groupType: 2 },
    ownerUserID: 'olga',
    memberUserIDs: ['mia', 'ann'],
    adminUserIDs: ['gus'],
    ...more,
  });
  const create = (more: Record<string, unknown> = {}, who = 'olga') => story.as(who, 'create_group', order(more));

  it('answers the group, member by member', async () => {
    const before = Date.now();
    const given = {
      groupName: 'climbers',
      introduction: 'we climb',
      faceURL: 'http://face',
      ex: '{}',
      groupType: 2,
      needVerification: 1,
      lookMemberInfo: 1,
      applyMemberFriend: 1,
      creatorUserID: 'zoe',
    };
    const { data, ...rest } = await create({ groupInfo: given });
    expect(rest).toEqual(SUCCESS);
    expect(data).toEqual({
      groupInfo: {
        ...given,
        groupID: expect.stringMatching(/^\d{10}$/),
        notification: '',
        ownerUserID: 'olga',
        createTime: expect.any(Number),
        memberCount: 4,
        status: 0,
        creatorUserID: 'olga',
        notificationUpdateTime: 0,
        notificationUserID: '',
      },
    });
    expect(data.groupInfo.createTime).toBeGreaterThanOrEqual(before);
  });

  it('stores the members with their roles, who follow their profiles', async () => {
    const { groupID } = (await create()).data.groupInfo;
    expect(await story.roles(groupID)).toEqual({ olga: 100, gus: 60, mia: 20, ann: 20 });
    expect(await story.member(groupID, 'mia')).toMatchObject({
      nickname: '',
      faceURL: '',
      joinSource: 2,
      operatorUserID: 'olga',
      inviterUserID: 'olga',
      muteEndTime: 0,
    });
  });

  it('notes it in the logs of the group and of everybody', async () => {
    const { groupID } = (await create()).data.groupInfo;
    const inserted = [1, 1];
    expect(await story.log('group-members', groupID)).toEqual({
      version: 1,
      changes: { olga: inserted, gus: inserted, mia: inserted, ann: inserted },
    });
    for (const userID of ['olga', 'ann']) {
      const { version, changes } = await story.log('joined-groups', userID);
      expect(changes[groupID]).toEqual([version, 1]);
    }
  });

  it('tells the group in its chat, which is then there for everybody', async () => {
    story.listen();
    const { groupInfo } = (await create()).data;
    expect(story.types()).toEqual([1501]);
    const { tips, sendID, recvID } = story.theOne(1501);
    expect([sendID, recvID]).toEqual(['olga', groupInfo.groupID]);
    expect(tips).toEqual({
      group: groupInfo,
      opUser: expect.objectContaining({ userID: 'olga', nickname: 'olga', roleLevel: 100 }),
      memberList: ['olga', 'gus', 'mia', 'ann'].map((userID) => expect.objectContaining({ userID, nickname: userID })),
      operationTime: groupInfo.createTime,
      groupOwnerUser: expect.objectContaining({ userID: 'olga' }),
      groupMemberVersion: 1,
      groupMemberVersionID: expect.stringMatching(/^[0-9a-f]{24}$/),
    });
    expect(await story.conversation('ann', groupInfo.groupID)).toMatchObject({ conversationType: 3, maxSeq: 0 });
  });

  it('tells the announcement of the new group after it, from whom it is', async () => {
    story.listen();
    const { data } = await create({ groupInfo: { groupName: 'team', groupType: 2, notification: 'welcome' } });
    const { createTime, notificationUpdateTime, notificationUserID } = data.groupInfo;
    expect([notificationUpdateTime, notificationUserID]).toEqual([createTime, 'olga']);
    expect(story.types()).toEqual([1501, 1519]);
    const { tips, senderNickname } = story.theOne(1519);
    expect(senderNickname).toBe('olga');
    expect(Object.keys(tips)).toEqual(['opUser', 'group', 'groupMemberVersion', 'groupMemberVersionID']);
    expect(tips.group.notification).toBe('welcome');
  });

  it('stays out of the chat when asked to', async () => {
    story.listen();
    const { groupID } = (await create({ sendMessage: false })).data.groupInfo;
    story.theOne(1501, { chatCopy: false });
    expect(await im.rows('im_messages', { groupID })).toEqual([]);
    story.listen();
    await create({ sendMessage: true });
    story.theOne(1501);
  });

  it('takes a chosen ID once, also after the group is gone', async () => {
    const chosen = { groupInfo: { groupName: 'mine', groupType: 2, groupID: 'climbers' } };
    expect((await create(chosen)).data.groupInfo.groupID).toBe('climbers');
    const taken = { errCode: 1202, errMsg: 'GroupIDExisted', errDlt: 'group id existed climbers' };
    expect(await create({ ...chosen, ownerUserID: 'zoe' }, 'zoe')).toEqual(taken);
    await story.as('olga', 'dismiss_group', { groupID: 'climbers' });
    expect(await create(chosen)).toEqual(taken);
    expect(await im.rows('im_group_members', { userID: 'zoe' })).toEqual([]);
  });

  it('gives a chosen ID to one of those who want it at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => create({ groupInfo: { groupName: 'race', groupType: 2, groupID: 'prize' } })),
    );
    expect(answers.map(({ errCode }) => errCode).sort()).toEqual([0, 1202, 1202, 1202, 1202, 1202]);
    expect(await story.roles('prize')).toEqual({ olga: 100, gus: 60, mia: 20, ann: 20 });
  });

  it('begins muted where asked', async () => {
    const { data } = await create({ groupInfo: { groupName: 'quiet', groupType: 2, status: 3 } });
    expect(data.groupInfo.status).toBe(3);
  });

  it('is done by administrators for others, whom they do not join', async () => {
    const { data } = await create({}, 'admin');
    expect(data.groupInfo).toMatchObject({ ownerUserID: 'olga', memberCount: 4, creatorUserID: 'openIM123456' });
    expect(await story.roles(data.groupInfo.groupID)).not.toHaveProperty('openIM123456');
  });

  it('is not done by others, not even by a member of it', async () => {
    expect(await create({}, 'gus')).toEqual(noPermission(SOME_TEXT));
  });

  describe('a refused group leaves nothing behind', () => {
    const named = { groupName: 'Refused', groupType: 2 };

    it.each([
      ['no groupInfo', { groupInfo: undefined }, argsError('groupInfo is empty')],
      ['a null groupInfo', { groupInfo: null }, argsError('groupInfo is empty')],
      ['an unknown groupType', { groupInfo: { ...named, groupType: 3 } }, argsError('GroupType is invalid')],
      ['a negative groupType', { groupInfo: { ...named, groupType: -1 } }, argsError('GroupType is invalid')],
      ['groupType 0', { groupInfo: { ...named, groupType: 0 } }, argsError('group type only supports 2')],
      ['groupType 1', { groupInfo: { ...named, groupType: 1 } }, argsError('group type only supports 2')],
      ['no groupType', { groupInfo: { groupName: 'Refused' } }, argsError('group type only supports 2')],
      ['no owner', { ownerUserID: undefined }, argsError('ownerUserID is empty')],
      ['an empty owner', { ownerUserID: '' }, argsError('ownerUserID is empty')],
      [
        'too many members',
        { memberUserIDs: Array.from({ length: 1001 }, (_, i) => `u${i}`) },
        argsError('too many MemberUserIDs, need to be less than 1000'),
      ],
      ['a member twice', { memberUserIDs: ['zoe', 'zoe'] }, argsError('group member repeated')],
      ['the owner among the members', { memberUserIDs: ['olga', 'zoe'] }, argsError('group member repeated')],
      ['a member among the admins', { memberUserIDs: ['zoe', 'gus'] }, argsError('group member repeated')],
      ['a stranger among the members', { memberUserIDs: ['zoe', 'ghost'] }, userNotFound('user not found')],
      ['a stranger among the admins', { adminUserIDs: ['ghost'] }, userNotFound('user not found')],
      ['a member without a name', { memberUserIDs: ['zoe', ''] }, userNotFound('user not found')],
      ['a dismissed one', { groupInfo: { ...named, status: 2 } }, argsError(expect.stringContaining('status'))],
      ['a name too long', { groupInfo: { ...named, groupName: 'n'.repeat(256) } }, argsError(SOME_TEXT)],
      ['an ID too long', { groupInfo: { ...named, groupID: 'g'.repeat(65) } }, argsError(SOME_TEXT)],
      ['members in text', { memberUserIDs: 'mia' }, argsError(SOME_TEXT)],
      ['sendMessage in text', { sendMessage: 'true' }, argsError(SOME_TEXT)],
    ])('%s', async (_, more, refused) => {
      story.listen();
      expect(await create({ groupInfo: named, ...more })).toEqual(refused);
      expect(await im.rows('im_groups', { groupName: 'Refused' })).toEqual([]);
      expect(await im.rows('im_group_members', { userID: 'zoe' })).toEqual([]);
      expect(story.heard).toEqual([]);
    });

    it('a stranger as the owner', async () => {
      const refused = await create({ ownerUserID: 'ghost', groupInfo: named }, 'admin');
      expect(refused).toEqual(userNotFound('user not found'));
      expect(await im.rows('im_groups', { groupName: 'Refused' })).toEqual([]);
    });
  });
});
