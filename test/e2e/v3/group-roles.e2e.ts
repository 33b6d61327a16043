import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { argsError, dismissed, GroupStory, noPermission, notFound, SOME_TEXT, SUCCESS } from '../../support/groups.js';
import type { Im } from '../../support/im.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';

const SORT = '____S_O_R_T_I_D____';

describeOnEachDatabase('v3 what members are', (database) => {
  let im: Im;
  let story: GroupStory;
  let groupID: string;
  beforeAll(async () => {
    im = await startIm({ database });
    story = await GroupStory.begin(im, 'olga', 'gus', 'gil', 'mia', 'ann', 'zoe');
  });
  beforeEach(async () => {
    groupID = await story.group({ adminUserIDs: ['gus', 'gil'] });
  });
  afterAll(() => im.close());

  /** Calls that must be refused and change nothing. */
  async function refuses(call: () => Promise<unknown>, refused: unknown): Promise<void> {
    const before = await story.everything(groupID);
    expect(await call()).toEqual(refused);
    expect(await story.everything(groupID)).toEqual(before);
    expect(story.heard).toEqual([]);
  }

  describe('another owner', () => {
    const transfer = (who: string, oldOwnerUserID = 'olga', newOwnerUserID = 'mia', more: object = {}) =>
      story.as(who, 'transfer_group', { groupID, oldOwnerUserID, newOwnerUserID, ...more });

    it.each([
      ['mia', 20],
      ['gus', 60],
    ])('is made of %s, whose role the old one gets', async (newOwner, role) => {
      expect(await transfer('olga', 'olga', newOwner)).toEqual(SUCCESS);
      expect(await story.roles(groupID)).toMatchObject({ [newOwner]: 100, olga: role });
      expect(story.types()).toEqual([1507]);
      expect(story.theOne(1507).tips).toEqual({
        group: expect.objectContaining({ ownerUserID: newOwner }),
        opUser: expect.objectContaining({ userID: 'olga', roleLevel: role }),
        newGroupOwner: expect.objectContaining({ userID: newOwner, roleLevel: 100, nickname: newOwner }),
        oldGroupOwner: '',
        operationTime: 0,
        oldGroupOwnerInfo: expect.objectContaining({ userID: 'olga', roleLevel: role }),
        groupMemberVersion: 2,
        groupMemberVersionID: expect.any(String),
      });
      expect(await story.log('group-members', groupID)).toMatchObject({
        version: 2,
        changes: { [SORT]: [2, 3], [newOwner]: [2, 3], olga: [2, 3] },
      });
    });

    it('may write again before he owns the group', async () => {
      await story.as('olga', 'mute_group_member', { groupID, userID: 'mia', mutedSeconds: 600 });
      story.listen();
      expect(await transfer('admin')).toEqual(SUCCESS);
      expect(story.types()).toEqual([1513, 1507]);
      expect(await story.member(groupID, 'mia')).toMatchObject({ roleLevel: 100, muteEndTime: 0 });
    });

    it('is named by an administrator of the application where the owner is gone', async () => {
      await im.register('tom');
      groupID = await im.group('tom', 'mia', 'ann');
      await im.v1('/manager/delete_user', { deleteUidList: ['tom'] }, await im.adminToken());
      expect(await transfer('ann', 'ann', 'mia')).toEqual(noPermission('no permission transfer group owner'));
      expect(await transfer('admin', 'ann', 'mia')).toEqual(SUCCESS);
      expect(await story.roles(groupID)).toEqual({ ann: 20, mia: 100 });
    });

    it.each<[string, string, [string?, string?, object?], unknown]>([
      ['no group', 'olga', ['olga', 'mia', { groupID: '' }], argsError('groupID is empty')],
      ['no old owner', 'olga', ['', 'mia'], argsError('oldOwnerUserID is empty')],
      ['no new owner', 'olga', ['olga', ''], argsError('newOwnerUserID is empty')],
      ['an unknown group', 'olga', ['olga', 'mia', { groupID: 'nowhere' }], notFound()],
      ['himself', 'olga', ['olga', 'olga'], argsError('OldOwnerUserID == NewOwnerUserID')],
      ['a stranger', 'olga', ['olga', 'zoe'], argsError('user not in group zoe')],
      ['strangers', 'admin', ['zoe', 'ghost'], argsError('user not in group zoe, ghost')],
      ['an old owner who is none', 'admin', ['gus', 'mia'], argsError('OldOwnerUserID is not the group owner')],
      ['the caller, who is not the owner', 'gus', ['gus', 'mia'], noPermission('no permission transfer group owner')],
      ['the owner, who is not the caller', 'gus', ['olga', 'gus'], noPermission('no permission transfer group owner')],
      ['others', 'zoe', ['olga', 'mia'], noPermission('no permission transfer group owner')],
    ])('is refused with %s', async (_, who, order, refused) => {
      await refuses(() => transfer(who, ...order), refused);
    });

    it('is refused where the group is gone', async () => {
      await story.as('olga', 'dismiss_group', { groupID });
      expect(await transfer('admin')).toEqual(dismissed());
    });
  });

  describe('silence', () => {
    const mute = (who: string, userID: string, mutedSeconds: unknown = 600) =>
      story.as(who, 'mute_group_member', { groupID, userID, mutedSeconds });
    const unmute = (who: string, userID: string) => story.as(who, 'cancel_mute_group_member', { groupID, userID });

    it.each([
      ['olga', 'gus'],
      ['olga', 'mia'],
      ['gus', 'mia'],
      ['admin', 'olga'],
    ])('is put by %s on %s, and taken away', async (who, userID) => {
      const before = Date.now();
      expect(await mute(who, userID)).toEqual(SUCCESS);
      const { muteEndTime } = await story.member(groupID, userID);
      expect(muteEndTime).toBeGreaterThanOrEqual(before + 600_000);
      expect(muteEndTime).toBeLessThanOrEqual(Date.now() + 600_000);
      expect(story.types()).toEqual([1512]);
      expect(story.theOne(1512).tips).toEqual({
        group: expect.objectContaining({ groupID }),
        opUser: expect.objectContaining({ userID: who === 'admin' ? 'openIM123456' : who }),
        operationTime: 0,
        mutedUser: expect.objectContaining({ userID, muteEndTime, nickname: userID }),
        mutedSeconds: 600,
        groupMemberVersion: 2,
        groupMemberVersionID: expect.any(String),
      });
      story.listen();
      expect(await unmute(who, userID)).toEqual(SUCCESS);
      expect(await story.member(groupID, userID)).toMatchObject({ muteEndTime: 0 });
      expect(story.types()).toEqual([1513]);
      const { tips } = story.theOne(1513);
      expect(tips).toMatchObject({ mutedUser: { userID, muteEndTime: 0 }, groupMemberVersion: 3 });
      expect(tips).not.toHaveProperty('mutedSeconds');
      expect((await story.log('group-members', groupID)).changes[userID]).toEqual([3, 3]);
    });

    it.each([
      ['gus', 'olga', 'set group owner mute', 'Can not set group owner unmute'],
      ['olga', 'olga', 'set group owner mute', 'Can not set group owner unmute'],
      ['gus', 'gil', 'set group admin mute', 'Can not set group admin unmute'],
      ['mia', 'ann', 'set group ordinary users mute', 'Can not set group ordinary users unmute'],
      ['mia', 'mia', 'set group ordinary users mute', 'Can not set group ordinary users unmute'],
    ])('is not put by %s on %s, nor taken away', async (who, userID, muting, unmuting) => {
      await refuses(() => mute(who, userID), noPermission(muting));
      await refuses(() => unmute(who, userID), noPermission(unmuting));
    });

    it('is between members', async () => {
      await refuses(() => mute('zoe', 'mia'), notFound());
      await refuses(() => mute('olga', 'zoe'), notFound());
      await refuses(() => mute('admin', 'zoe'), notFound());
      await refuses(() => unmute('zoe', 'mia'), notFound());
      await refuses(() => unmute('olga', 'zoe'), notFound());
    });

    it.each([0, -1, 1.5, 4294967296, '5', null])('does not last %s seconds', async (seconds) => {
      const words = seconds === 0 || seconds === null ? 'mutedSeconds is empty' : SOME_TEXT;
      await refuses(() => mute('olga', 'mia', seconds), argsError(words));
    });

    it('lasts as long as can be said', async () => {
      expect(await mute('olga', 'mia', 4294967295)).toEqual(SUCCESS);
    });

    it('needs a group and a member', async () => {
      for (const path of ['mute_group_member', 'cancel_mute_group_member']) {
        const call = (body: object) => story.as('olga', path, { mutedSeconds: 5, ...body });
        await refuses(() => call({ userID: 'mia' }), argsError('groupID is empty'));
        await refuses(() => call({ groupID }), argsError('userID is empty'));
        await refuses(() => call({ groupID: 'nowhere', userID: 'mia' }), notFound());
      }
    });
  });

  describe('names and roles', () => {
    const set = (who: string, ...members: object[]) =>
      story.as(who, 'set_group_member_info', { members: members.map((one) => ({ groupID, ...one })) });

    it('sets a name, an avatar and the like, and shows the profile again when emptied', async () => {
      const looks = { nickname: 'captain', faceURL: 'http://hat', ex: '{}' };
      expect(await set('mia', { userID: 'mia', ...looks })).toEqual(SUCCESS);
      expect(await story.member(groupID, 'mia')).toMatchObject({ ...looks, roleLevel: 20 });
      expect(story.types()).toEqual([1516]);
      expect(story.theOne(1516, { chatCopy: false }).tips).toEqual({
        group: expect.objectContaining({ groupID }),
        opUser: expect.objectContaining({ userID: 'mia', nickname: 'captain' }),
        operationTime: 0,
        changedUser: expect.objectContaining({ userID: 'mia', ...looks }),
        groupMemberVersion: 2,
        groupMemberVersionID: expect.any(String),
        groupSortVersion: 0,
      });
      expect(await set('olga', { userID: 'mia', nickname: '' })).toEqual(SUCCESS);
      expect(await story.member(groupID, 'mia')).toMatchObject({ ...looks, nickname: '' });
      expect(story.ofType(1516).at(-1)?.tips.changedUser.nickname).toBe('mia');
    });

    it('makes administrators and ordinary members, which changes the order', async () => {
      expect(await set('olga', { userID: 'mia', roleLevel: 60 })).toEqual(SUCCESS);
      expect(await story.roles(groupID)).toMatchObject({ mia: 60 });
      expect(story.types()).toEqual([1517]);
      const { tips } = story.theOne(1517, { chatCopy: false });
      expect(tips).toMatchObject({ changedUser: { userID: 'mia', roleLevel: 60 }, groupSortVersion: 2 });
      story.listen();
      await set('olga', { userID: 'mia', roleLevel: 20 });
      expect(story.types()).toEqual([1518]);
      expect(await story.log('group-members', groupID)).toMatchObject({ changes: { [SORT]: [3, 3], mia: [3, 3] } });
    });

    it('sets many at once, in several groups, each told by itself', async () => {
      const other = await story.group();
      const members = [
        { userID: 'mia', nickname: 'm', roleLevel: 60 },
        { userID: 'ann', nickname: 'a' },
        { userID: 'gus', roleLevel: 20 },
        { userID: 'mia', groupID: other, ex: 'x' },
      ];
      expect(await set('olga', ...members)).toEqual(SUCCESS);
      expect(await story.roles(groupID)).toEqual({ olga: 100, gus: 20, gil: 60, mia: 60, ann: 20 });
      expect(await story.member(groupID, 'ann')).toMatchObject({ nickname: 'a' });
      expect(await story.member(other, 'mia')).toMatchObject({ nickname: '', ex: 'x' });
      const told = (ofGroup: string) =>
        story.heard
          .filter((one) => one.recvID === ofGroup)
          .map((one) => [one.contentType, one.tips.changedUser.userID]);
      expect(told(groupID)).toEqual([
        [1517, 'mia'],
        [1516, 'mia'],
        [1516, 'ann'],
        [1518, 'gus'],
      ]);
      expect(told(other)).toEqual([[1516, 'mia']]);
    });

    it('says and writes nothing where nothing is given', async () => {
      await refuses(() => set('mia', { userID: 'mia' }), SUCCESS);
    });

    it.each<[string, string, object[], unknown]>([
      ['nobody', 'olga', [], argsError('members is empty')],
      [
        'too many',
        'olga',
        Array.from({ length: 1001 }, (_, i) => ({ userID: `u${i}` })),
        argsError('too many Members, need to be less than 1000'),
      ],
      ['another owner', 'olga', [{ userID: 'mia', roleLevel: 100 }], noPermission('cannot set ungroup owner')],
      ['an unknown role', 'olga', [{ userID: 'mia', roleLevel: 0 }], argsError('invalid role level')],
      ['a role between', 'olga', [{ userID: 'mia', roleLevel: 40 }], argsError('invalid role level')],
      [
        'a stranger',
        'olga',
        [
          { userID: 'mia', ex: 'x' },
          { userID: 'zoe', ex: 'x' },
        ],
        argsError('user not in group'),
      ],
      ['an unknown group', 'admin', [{ groupID: 'nowhere', userID: 'mia', ex: 'x' }], argsError('user not in group')],
      ['a name too long', 'mia', [{ userID: 'mia', nickname: 'n'.repeat(256) }], argsError(SOME_TEXT)],
      [
        "the owner's own role",
        'olga',
        [{ userID: 'olga', roleLevel: 60 }],
        argsError('group owner can not change own role level'),
      ],
      [
        "the owner's role, by an administrator of the application",
        'admin',
        [{ userID: 'olga', roleLevel: 20 }],
        argsError('group owner can not change own role level'),
      ],
      [
        'the owner, by an administrator',
        'gus',
        [
          { userID: 'mia', ex: 'x' },
          { userID: 'olga', ex: 'x' },
        ],
        noPermission('admin can not change group owner'),
      ],
      [
        'another administrator',
        'gus',
        [{ userID: 'gil', ex: 'x' }],
        noPermission('admin can not change other group admin'),
      ],
      ['his own rise', 'mia', [{ userID: 'mia', roleLevel: 60 }], noPermission('can not improve role level by self')],
      [
        'others, by a member',
        'mia',
        [
          { userID: 'mia', ex: 'x' },
          { userID: 'ann', ex: 'x' },
        ],
        noPermission('ordinary users can not change other role level'),
      ],
      ['a member, by a stranger', 'zoe', [{ userID: 'mia', ex: 'x' }], noPermission('user not in group')],
    ])('refuses %s, and nothing changes', async (_, who, members, refused) => {
      await refuses(() => set(who, ...members), refused);
    });

    it('refuses somebody twice', async () => {
      const twice = [
        { userID: 'mia', ex: 'x' },
        { userID: 'mia', nickname: 'm' },
      ];
      await refuses(() => set('olga', ...twice), argsError(`repeat group ${groupID} user mia`));
    });
  });
});
