import { afterAll, beforeAll, expect, it } from 'vitest';
import { GroupStory } from '../../support/groups.js';
import type { Im } from '../../support/im.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';

const GUESTS = Array.from({ length: 12 }, (_, i) => `guest${i}`);

describeOnEachDatabase('v3 groups in which much happens at once', (database) => {
  let im: Im;
  let story: GroupStory;
  beforeAll(async () => {
    im = await startIm({ database });
    story = await GroupStory.begin(im, 'olga', 'gus', 'mia', 'ann', ...GUESTS);
  });
  afterAll(() => im.close());

  /** Calls all at once; none may fail for another reason than what the others did meanwhile. */
  async function together(calls: [who: string, path: string, body: object][]): Promise<number[]> {
    const answers = await Promise.all(calls.map(([who, path, body]) => story.as(who, path, body)));
    for (const { errCode } of answers) expect([0, 1001, 1002, 1004, 1101, 1204]).toContain(errCode);
    return answers.map(({ errCode }) => errCode);
  }

  /** Versions of a log are dense, and every member of the log who was inserted or updated is one. */
  async function consistent(groupID: string): Promise<void> {
    const { version, changes } = await story.log('group-members', groupID);
    const members = await story.roles(groupID);
    for (const [userID, [at, state]] of Object.entries(changes)) {
      expect(at).toBeLessThanOrEqual(version);
      if (GUESTS.includes(userID)) expect(userID in members, userID).toBe(state !== 2);
    }
    expect(Object.values(members).filter((role) => role === 100)).toHaveLength(1);
  }

  it('keep their members, their one owner and their log', async () => {
    const groups = [await story.group(), await story.group()];
    await together(
      groups.flatMap((groupID) => [
        ...GUESTS.map((guest): [string, string, object] => [
          'gus',
          'invite_user_to_group',
          { groupID, invitedUserIDs: [guest, GUESTS[0]] },
        ]),
        ['olga', 'invite_user_to_group', { groupID, invitedUserIDs: GUESTS.toReversed() }],
        ['olga', 'set_group_info_ex', { groupID, notification: 'all' }],
        ['olga', 'transfer_group', { groupID, oldOwnerUserID: 'olga', newOwnerUserID: 'mia' }],
        ['olga', 'transfer_group', { groupID, oldOwnerUserID: 'olga', newOwnerUserID: 'ann' }],
        ['olga', 'set_group_member_info', { members: groups.map((id) => ({ groupID: id, userID: 'gus', ex: 'x' })) }],
      ]),
    );
    for (const groupID of groups) await consistent(groupID);
    await together(
      groups.flatMap((groupID) =>
        GUESTS.flatMap((guest): [string, string, object][] => [
          [guest, 'quit_group', { groupID }],
          ['gus', 'kick_group', { groupID, kickedUserIDs: [guest] }],
          ['admin', 'mute_group_member', { groupID, userID: guest, mutedSeconds: 60 }],
          ['admin', 'set_group_member_info', { members: [{ groupID, userID: guest, nickname: 'n' }] }],
        ]),
      ),
    );
    for (const groupID of groups) {
      await consistent(groupID);
      expect(Object.keys(await story.roles(groupID)).toSorted()).toEqual(['ann', 'gus', 'mia', 'olga']);
    }
  });

  it('do not take back who is deleted meanwhile', async () => {
    const doomed = Array.from({ length: 8 }, (_, i) => `doomed${i}`);
    await im.register(...doomed);
    const groupID = await story.group({ memberUserIDs: doomed });
    const admin = await im.adminToken();
    await Promise.all([
      together(
        doomed.flatMap((userID): [string, string, object][] => [
          ['olga', 'mute_group_member', { groupID, userID, mutedSeconds: 60 }],
          ['olga', 'set_group_member_info', { members: [{ groupID, userID, nickname: 'n' }] }],
        ]),
      ),
      ...doomed.map((userID) => im.v1('/manager/delete_user', { deleteUidList: [userID] }, admin)),
    ]);
    expect(await story.roles(groupID)).toEqual({ olga: 100, gus: 60 });
  });

  it('are dismissed once, and hold nobody after', async () => {
    const groupID = await story.group();
    const codes = await together([
      ...Array.from({ length: 4 }, (): [string, string, object] => ['admin', 'dismiss_group', { groupID }]),
      ...GUESTS.map((guest): [string, string, object] => [
        'admin',
        'invite_user_to_group',
        { groupID, invitedUserIDs: [guest] },
      ]),
      ['mia', 'quit_group', { groupID }],
      ['olga', 'mute_group', { groupID }],
    ]);
    expect(codes.slice(0, 4).filter((code) => code === 0)).toHaveLength(1);
    expect(await story.roles(groupID)).toEqual({});
    expect(await story.row(groupID)).toMatchObject({ status: 2 });
  });
});
