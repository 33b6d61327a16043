import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { OperationVetoed } from '../../../src/core/errors.js';
import { Transactions } from '../../../src/database/transactions.js';
import { ImEvents } from '../../../src/events/events.js';
import {
  GroupJoining,
  GroupJoinRequested,
  GroupRequestAnswered,
  MemberEntered,
} from '../../../src/groups/group-requests.events.js';
import type { Im } from '../../support/im.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';

describeOnEachDatabase('A host that takes part in joining', (database) => {
  let im: Im;
  let ann: string;
  let olga: string;
  let groupID: string;
  /** What fails inside the transaction. */
  let failing: unknown;
  let veto = false;
  let facts: object[] = [];

  beforeAll(async () => {
    im = await startIm({ database });
    await im.register('ann', 'olga');
    ann = await im.tokenOf('ann');
    olga = await im.tokenOf('olga');
    const events = im.get(ImEvents);
    events.on(GroupJoining, 'before', (intent) => {
      facts.push(intent);
      if (veto) throw new OperationVetoed('not today', 5001);
    });
    for (const type of [GroupJoinRequested, GroupRequestAnswered, MemberEntered]) {
      events.on(type, 'in-transaction', () => {
        if (failing === type) throw new Error('the host fails');
      });
      events.on(type, 'after-commit', (fact: object) => facts.push(fact));
    }
  });
  afterAll(() => im.close());
  beforeEach(async () => {
    groupID = await im.group('olga');
    failing = undefined;
    veto = false;
    facts = [];
  });

  const openToAll = () =>
    im.get(Transactions).manager.query('UPDATE im_groups SET needVerification = 2 WHERE groupID = ?', [groupID]);
  const join = () =>
    im.v3('/group/join_group', { groupID, joinSource: 3, inviterUserID: 'ann', reqMessage: 'hi', ex: 'e' }, ann);
  const accept = () =>
    im.v3('/group/group_application_response', { groupID, fromUserID: 'ann', handleResult: 1 }, olga);
  const requests = () => im.rows('im_group_requests', { groupID });
  const members = () => im.rows('im_group_members', { groupID });

  it('is asked first, and may refuse', async () => {
    veto = true;
    expect((await join()).body).toMatchObject({ errCode: 5001, errDlt: 'not today' });
    expect(await requests()).toEqual([]);
    expect(facts).toEqual([expect.objectContaining({ groupID, userID: 'ann', joinSource: 3, reqMsg: 'hi', ex: 'e' })]);
  });

  it('hears of a request, of the answer and of the new member', async () => {
    await join();
    await accept();
    expect(facts.map((fact) => fact.constructor)).toEqual([
      GroupJoining,
      GroupJoinRequested,
      GroupRequestAnswered,
      MemberEntered,
    ]);
    expect(facts[3]).toMatchObject({ member: { userID: 'ann', operatorUserID: 'olga' }, inviterUserID: '' });
  });

  it('that fails with a request leaves none', async () => {
    failing = GroupJoinRequested;
    expect((await join()).body).toMatchObject({ errCode: 500, errDlt: 'internal error' });
    expect(await requests()).toEqual([]);
  });

  it('that fails with a new member leaves the request open and nobody new', async () => {
    await join();
    failing = MemberEntered;
    expect((await accept()).body).toMatchObject({ errCode: 500 });
    expect(await requests()).toMatchObject([{ handleResult: 0, handleUserID: '' }]);
    expect(await members()).toHaveLength(1);
    expect(await im.rows('im_conversations', { ownerUserID: 'ann', conversationID: `sg_${groupID}` })).toEqual([]);
    expect(await im.rows('im_version_changes', { ownerID: 'ann', elementID: groupID })).toEqual([]);
    failing = undefined;
    expect((await accept()).body.errCode).toBe(0);
    expect(await members()).toHaveLength(2);
  });

  it('that fails where nobody approves leaves nobody new', async () => {
    await openToAll();
    failing = MemberEntered;
    expect((await join()).body).toMatchObject({ errCode: 500 });
    expect(await members()).toHaveLength(1);
    expect(facts).toHaveLength(1);
  });

  it('who joins while his account is deleted is in the group or not, and never half', async () => {
    await openToAll();
    const admin = await im.adminToken();
    for (let round = 0; round < 5; round += 1) {
      const userID = `fleeting${round}`;
      await im.register(userID);
      const token = await im.tokenOf(userID);
      const [joined, deleted] = await Promise.all([
        im.v3('/group/join_group', { groupID, joinSource: 3, inviterUserID: userID }, token),
        im.v1('/manager/delete_user', { deleteUidList: [userID] }, admin),
      ]);
      expect(deleted.body.errCode).toBe(0);
      expect([0, 1004, 1507]).toContain(joined.body.errCode);
      expect(await im.rows('im_group_members', { userID })).toEqual([]);
    }
  });
});
