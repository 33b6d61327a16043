import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { GroupsService } from '../../../src/groups/groups.service.js';
import { argsError, dismissed, GroupStory, noPermission, notFound, SUCCESS } from '../../support/groups.js';
import type { Im } from '../../support/im.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';

const EVERYBODY = ['ann', 'gus', 'mia', 'olga'];

describeOnEachDatabase('v3 dismissing groups', (database) => {
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

  const dismiss = (who = 'olga', more: object = {}) => story.as(who, 'dismiss_group', { groupID, ...more });

  describe.each([false, true])('with deleteMember %s', (deleteMember) => {
    it('keeps the group, and nobody in it', async () => {
      expect(await dismiss('olga', { deleteMember })).toEqual(SUCCESS);
      const { data } = await story.as('zoe', 'get_groups_info', { groupIDs: [groupID] });
      expect(data.groupInfos).toMatchObject([{ groupID, status: 2, memberCount: 0, ownerUserID: '' }]);
      expect(await story.roles(groupID)).toEqual({});
      expect(await im.get(GroupsService).find(groupID)).toMatchObject({ status: 2 });
      for (const userID of EVERYBODY) {
        expect(await im.get(GroupsService).findMember(groupID, userID)).toBeUndefined();
        const { version, changes } = await story.log('joined-groups', userID);
        expect(changes[groupID]).toEqual([version, 2]);
      }
      expect(await story.log('group-members', groupID)).toEqual({ version: 0, changes: {} });
    });

    it('ends the conversations of everybody, who are told', async () => {
      await dismiss('olga', { deleteMember });
      const last = (await im.rows('im_messages', { conversationID: `sg_${groupID}` })).length;
      for (const userID of EVERYBODY) {
        expect(await story.conversation(userID, groupID)).toMatchObject({ maxSeq: last });
        const { version, changes } = await story.log('conversations', userID);
        expect(changes[`sg_${groupID}`]).toEqual([version, 3]);
      }
      expect(Object.keys(story.changedConversations()).sort()).toEqual(EVERYBODY);
    });
  });

  it('is told to those who were in the group, in its chat', async () => {
    await dismiss();
    expect(story.types()).toEqual([1511, 1300, 1300, 1300, 1300]);
    const told = story.theOne(1511);
    expect(told.tips).toEqual({
      group: expect.objectContaining({ groupID, status: 2 }),
      opUser: expect.objectContaining({ userID: 'olga', roleLevel: 100, nickname: 'olga' }),
      operationTime: 0,
    });
    for (const { alsoTo } of story.ofType(1511)) expect(alsoTo.toSorted()).toEqual(EVERYBODY);
  });

  it('stays out of the chat when asked to, and unsaid when the members are to be deleted', async () => {
    await dismiss('olga', { sendMessage: false });
    story.theOne(1511, { chatCopy: false });
    groupID = await story.group();
    await dismiss('olga', { deleteMember: true, sendMessage: true });
    expect(story.ofType(1511)).toEqual([]);
    expect(story.ofType(1300)).toHaveLength(4);
  });

  it('leaves no conversation where nothing was ever said', async () => {
    groupID = await story.group({ sendMessage: false });
    await story.as('olga', 'invite_user_to_group', { groupID, invitedUserIDs: ['zoe'], sendMessage: false });
    expect(await story.conversation('zoe', groupID)).toBeDefined();
    await dismiss('olga', { deleteMember: true });
    expect(await story.conversation('zoe', groupID)).toBeUndefined();
  });

  it('is for the owner and administrators of the application', async () => {
    const before = await story.everything(groupID);
    for (const who of ['gus', 'mia', 'zoe']) {
      expect(await dismiss(who)).toEqual(noPermission('not group owner'));
      expect(await dismiss(who, { deleteMember: true })).toEqual(noPermission('not group owner'));
    }
    expect(await story.everything(groupID)).toEqual(before);
    expect(story.heard).toEqual([]);
    expect(await dismiss('admin')).toEqual(SUCCESS);
  });

  it('ends a group whose owner is gone', async () => {
    await im.register('tom');
    groupID = await im.group('tom', 'mia');
    await im.v1('/manager/delete_user', { deleteUidList: ['tom'] }, await im.adminToken());
    expect(await dismiss('mia')).toEqual(noPermission('not group owner'));
    expect(await dismiss('admin')).toEqual(SUCCESS);
    expect(await story.roles(groupID)).toEqual({});
  });

  it('is done once', async () => {
    await dismiss();
    story.listen();
    for (const who of ['olga', 'admin']) {
      expect(await dismiss(who)).toEqual(dismissed('group status is dismissed'));
      expect(await dismiss(who, { deleteMember: true })).toEqual(dismissed('group status is dismissed'));
    }
    expect(story.heard).toEqual([]);
  });

  it('is refused without a group', async () => {
    expect(await story.as('olga', 'dismiss_group', {})).toEqual(argsError('groupID is empty'));
    expect(await dismiss('olga', { groupID: 'nowhere' })).toEqual(notFound());
    expect(await dismiss('admin', { groupID: 'nowhere' })).toEqual(notFound());
  });

  it('closes the group to everything', async () => {
    await dismiss();
    const calls: [string, object, object][] = [
      [
        'invite_user_to_group',
        { invitedUserIDs: ['zoe'] },
        dismissed('group dismissed checking group status found it dismissed'),
      ],
      ['transfer_group', { oldOwnerUserID: 'olga', newOwnerUserID: 'mia' }, dismissed()],
      ['set_group_info_ex', { ex: 'x' }, dismissed()],
      ['mute_group', {}, dismissed()],
      ['cancel_mute_group', {}, dismissed()],
      ['mute_group_member', { userID: 'mia', mutedSeconds: 5 }, notFound()],
      ['cancel_mute_group_member', { userID: 'mia' }, notFound()],
      ['quit_group', { userID: 'mia' }, notFound()],
      ['kick_group', { kickedUserIDs: ['mia'] }, { errCode: 1101, errMsg: 'UserIDNotFoundError', errDlt: 'mia' }],
    ];
    for (const [path, body, refused] of calls) {
      expect(await story.as('admin', path, { groupID, ...body }), path).toEqual(refused);
    }
    expect(await story.row(groupID)).toMatchObject({ status: 2 });
  });
});
