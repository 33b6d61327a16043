import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { OperationVetoed } from '../../../src/core/errors.js';
import { ImEvents } from '../../../src/events/events.js';
import {
  GroupCreating,
  GroupEnded,
  GroupInfoSetting,
  MemberInfoSetting,
  MembersInviting,
  MembersKicked,
} from '../../../src/groups/group.events.js';
import { GroupStory, noPermission, notFound } from '../../support/groups.js';
import type { Im } from '../../support/im.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';

describeOnEachDatabase('v3 groups and the hooks of a host', (database) => {
  let im: Im;
  let story: GroupStory;
  let groupID: string;
  let asked: object[] = [];
  let facts: object[] = [];
  let veto: string | undefined;

  beforeAll(async () => {
    im = await startIm({ database });
    story = await GroupStory.begin(im, 'olga', 'gus', 'mia', 'ann', 'zoe');
    const events = im.get(ImEvents);
    for (const intent of [GroupCreating, GroupInfoSetting, MembersInviting, MemberInfoSetting]) {
      events.on<object>(intent, 'before', (event) => {
        asked.push(event);
        if (veto) throw new OperationVetoed(veto);
      });
    }
    for (const fact of [MembersKicked, GroupEnded]) {
      events.on<object>(fact, 'after-commit', (event) => void facts.push(event));
    }
  });
  beforeEach(async () => {
    veto = undefined;
    groupID = await story.group();
    [asked, facts] = [[], []];
  });
  afterAll(() => im.close());

  it.each<[string, (groupID: string) => object, object]>([
    [
      'create_group',
      () => ({ groupInfo: { groupName: 'new', groupType: 2 }, ownerUserID: 'olga', memberUserIDs: ['zoe'] }),
      { group: { groupName: 'new' }, memberUserIDs: ['olga', 'zoe'] },
    ],
    ['set_group_info', (id) => ({ groupInfoForSet: { groupID: id, ex: 'x' } }), { changes: { ex: 'x' } }],
    ['set_group_info_ex', (id) => ({ groupID: id, groupName: 'n' }), { changes: { groupName: 'n' } }],
    [
      'invite_user_to_group',
      (id) => ({ groupID: id, invitedUserIDs: ['zoe'], reason: 'come' }),
      { userIDs: ['zoe'], reason: 'come' },
    ],
    [
      'set_group_member_info',
      (id) => ({ members: [{ groupID: id, userID: 'mia', roleLevel: 60 }] }),
      { userID: 'mia', changes: { roleLevel: 60 } },
    ],
  ])('%s asks first, and a refusal is final', async (path, body, intent) => {
    veto = 'not today';
    const before = await story.everything(groupID);
    expect(await story.as('olga', path, body(groupID))).toEqual(noPermission('not today'));
    expect(asked).toMatchObject([{ actor: { userID: 'olga' }, ...intent }]);
    expect(await story.everything(groupID)).toEqual(before);
    expect(await im.rows('im_groups', { groupName: 'new' })).toEqual([]);
    expect(story.heard).toEqual([]);
  });

  it('are not bothered by who may not set what the group says', async () => {
    const body = { groupID, ex: 'x' };
    expect(await story.as('mia', 'set_group_info_ex', body)).toEqual(noPermission('no group owner or admin'));
    expect(await story.as('zoe', 'set_group_info_ex', body)).toEqual(notFound());
    expect(asked).toEqual([]);
  });

  it('hear why somebody was removed, and who was in a group that ended', async () => {
    await story.as('olga', 'kick_group', { groupID, kickedUserIDs: ['mia'], reason: 'noise' });
    await story.as('olga', 'dismiss_group', { groupID, deleteMember: true });
    expect(facts).toMatchObject([{ members: [{ userID: 'mia' }], reason: 'noise' }, { group: { status: 2 } }]);
    const { members } = facts[1] as GroupEnded;
    expect(members.map(({ userID }) => userID).toSorted()).toEqual(['ann', 'gus', 'olga']);
  });
});
