import { afterAll, beforeAll, expect, it } from 'vitest';
import { insertRows } from '../../src/database/bulk.js';
import { Transactions } from '../../src/database/transactions.js';
import { GroupMember } from '../../src/groups/group-member.entity.js';
import { GroupRequest } from '../../src/groups/group-request.entity.js';
import { User } from '../../src/users/user.entity.js';
import type { Im } from '../support/im.js';
import { describeOnEachDatabase, startIm } from '../support/server.js';
import { statementsOf } from '../support/statements.js';

const CROWD = 200;

/** Statements an answer may take, however much is in it. */
const HANDFUL = 10;

const ALL = { pageNumber: 1, showNumber: 1000 };

describeOnEachDatabase('Many groups, members and requests', (database) => {
  let im: Im;
  let token: string;
  const groupIDs: string[] = [];

  beforeAll(async () => {
    im = await startIm({ database });
    for (let index = 0; index < 30; index += 1) groupIDs.push(await im.group('olga', 'gus'));
    token = await im.tokenOf('olga');
    const { manager } = im.get(Transactions);
    const crowd = Array.from({ length: CROWD }, (_, index) => `crowd${index}`);
    const [groupID] = groupIDs;
    const nobody = { inviterUserID: '', operatorUserID: '' };
    await insertRows(
      manager,
      User,
      crowd.map((userID) => ({ userID, nickname: userID })),
    );
    await insertRows(
      manager,
      GroupMember,
      crowd.map((userID) => ({ groupID, userID, ...nobody })),
    );
    await insertRows(
      manager,
      GroupRequest,
      groupIDs.flatMap((each) =>
        crowd.map((userID) => ({ groupID: each, userID, inviterUserID: '', handleUserID: '' })),
      ),
    );
  }, 60_000);
  afterAll(() => im.close());

  it.each<[string, () => object]>([
    ['get_group_member_list', () => ({ groupID: groupIDs[0], pagination: ALL })],
    ['get_group_member_list', () => ({ groupID: groupIDs[0], pagination: ALL, keyword: 'CROWD' })],
    [
      'get_group_members_info',
      () => ({ groupID: groupIDs[0], userIDs: Array.from({ length: CROWD }, (_, i) => `crowd${i}`) }),
    ],
    ['get_group_abstract_info', () => ({ groupIDs })],
    ['get_groups_info', () => ({ groupIDs })],
    ['get_groups', () => ({ pagination: ALL, groupName: 'GROUP' })],
    ['get_joined_group_list', () => ({ fromUserID: 'olga', pagination: ALL })],
    ['get_incremental_group_members_batch', () => ({ reqList: groupIDs.map((groupID) => ({ groupID })) })],
    ['get_recv_group_applicationList', () => ({ fromUserID: 'olga', pagination: ALL })],
    ['get_group_application_unhandled_count', () => ({ userID: 'olga' })],
  ])('%s takes a handful of statements', async (path, body) => {
    const statements = await statementsOf(im, async () => {
      const answer = await im.v3(`/group/${path}`, body(), token);
      expect(answer.body).toMatchObject({ errCode: 0 });
      expect(answer.text.length).toBeGreaterThan(50);
    });
    expect(statements.length, statements.map((one) => one.slice(0, 80)).join('\n')).toBeLessThan(HANDFUL);
  });

  it('a client that has everything is answered without a look at the members', async () => {
    const whole = await im.v3(
      '/group/get_incremental_group_members_batch',
      { reqList: groupIDs.map((groupID) => ({ groupID })) },
      token,
    );
    const reqList = groupIDs.map((groupID) => {
      const { versionID, version } = whole.body.data.respList[groupID];
      return { groupID, versionID, version };
    });
    const statements = await statementsOf(im, async () => {
      const { data } = (await im.v3('/group/get_incremental_group_members_batch', { reqList }, token)).body;
      expect(Object.keys(data.respList)).toHaveLength(groupIDs.length);
      expect(data.respList[groupIDs[0]]).toMatchObject({ full: false, group: null });
    });
    expect(statements.length).toBeLessThan(HANDFUL);
  });
});
