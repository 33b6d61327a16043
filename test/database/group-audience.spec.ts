import { afterAll, beforeAll, expect, it } from 'vitest';
import { Transactions } from '../../src/database/transactions.js';
import { GroupsService } from '../../src/groups/groups.service.js';
import { GroupStory } from '../support/groups.js';
import type { Im } from '../support/im.js';
import { describeOnEachDatabase, startIm } from '../support/server.js';
import { statementsOf } from '../support/statements.js';

const EVERYBODY = ['ann', 'gus', 'mia', 'olga'];

describeOnEachDatabase('Who is told of what is said in a group', (database) => {
  let im: Im;
  let story: GroupStory;
  beforeAll(async () => {
    im = await startIm({ database });
    story = await GroupStory.begin(im, 'olga', 'gus', 'mia', 'ann', 'zoe');
  });
  afterAll(() => im?.close());

  const audience = async (groupID: string) => (await im.get(GroupsService).memberIDs(groupID)).toSorted();
  const statementsFor = (...groupIDs: string[]) =>
    statementsOf(im, () => im.get(GroupsService).memberIDsOf(groupIDs)).then(({ length }) => length);
  const succeeds = async (...call: Parameters<GroupStory['as']>) =>
    expect(await story.as(...call)).toMatchObject({ errCode: 0 });
  /** A group whose audience is remembered. */
  async function knownGroup(): Promise<string> {
    const groupID = await story.group();
    expect(await audience(groupID)).toEqual(EVERYBODY);
    return groupID;
  }

  it('is asked of the database once, for many groups in one statement', async () => {
    const [one, two, three] = [await story.group(), await story.group(), await story.group()];
    expect(await statementsFor(one)).toBe(1);
    expect(await statementsFor(one)).toBe(0);
    expect(await statementsFor(one, two, three, two)).toBe(1);
    expect(await statementsFor(three, two, one)).toBe(0);
    const all = await im.get(GroupsService).memberIDsOf([one, two, 'nowhere']);
    expect([...all].map(([groupID, userIDs]) => [groupID, userIDs.toSorted()])).toEqual([
      [one, EVERYBODY],
      [two, EVERYBODY],
      ['nowhere', []],
    ]);
  });

  it('is nobody where there is no group yet, and its members once there is', async () => {
    expect(await audience('climbers')).toEqual([]);
    await story.group({ groupInfo: { groupID: 'climbers' } });
    expect(await audience('climbers')).toEqual(EVERYBODY);
  });

  it.each<[string, string, object, string[]]>([
    ['gus', 'invite_user_to_group', { invitedUserIDs: ['zoe'] }, [...EVERYBODY, 'zoe']],
    ['gus', 'kick_group', { kickedUserIDs: ['ann'] }, ['gus', 'mia', 'olga']],
    ['mia', 'quit_group', {}, ['ann', 'gus', 'olga']],
    ['zoe', 'join_group', { inviterUserID: 'zoe', joinSource: 3 }, [...EVERYBODY, 'zoe']],
    ['olga', 'dismiss_group', {}, []],
    ['olga', 'transfer_group', { oldOwnerUserID: 'olga', newOwnerUserID: 'ann' }, EVERYBODY],
  ])('is right as soon as %s called %s', async (who, path, body, expected) => {
    const groupID = await knownGroup();
    await succeeds('olga', 'set_group_info', { groupInfoForSet: { groupID, needVerification: 2 } });
    await succeeds(who, path, { groupID, ...body });
    expect(await audience(groupID)).toEqual(expected);
  });

  it('is right in every group of a user who was deleted', async () => {
    await im.register('yan');
    const groups = [await story.group({ memberUserIDs: ['yan'] }), await story.group({ memberUserIDs: ['yan'] })];
    for (const groupID of groups) expect(await audience(groupID)).toEqual(['gus', 'olga', 'yan']);
    const { body } = await im.v1('/manager/delete_user', { deleteUidList: ['yan'] }, await im.adminToken());
    expect(body).toMatchObject({ errCode: 0 });
    for (const groupID of groups) expect(await audience(groupID)).toEqual(['gus', 'olga']);
  });

  it('is not remembered inside a transaction, which may yet be undone', async () => {
    const groupID = await story.group();
    const work = im.get(Transactions).run(async () => {
      await im.get(Transactions).manager.query('DELETE FROM im_group_members WHERE userID = ?', ['ann']);
      expect(await audience(groupID)).toEqual(['gus', 'mia', 'olga']);
      expect(await statementsFor(groupID)).toBe(1);
      throw new Error('after all, no');
    });
    await expect(work).rejects.toThrow('after all, no');
    expect(await audience(groupID)).toEqual(EVERYBODY);
  });
});
