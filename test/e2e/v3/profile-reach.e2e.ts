import { afterAll, beforeAll, expect, it } from 'vitest';
import { insertRows } from '../../../src/database/bulk.js';
import { Transactions } from '../../../src/database/transactions.js';
import { ImEvents } from '../../../src/events/events.js';
import { Friend } from '../../../src/friends/friend.entity.js';
import { Group } from '../../../src/groups/group.entity.js';
import { GroupMember } from '../../../src/groups/group-member.entity.js';
import { MessagesAccepted } from '../../../src/messaging/message.events.js';
import type { Im } from '../../support/im.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';

const FRIENDS = 5_000;
const GROUPS = 300;

describeOnEachDatabase('A new name of somebody whom very many know', (database) => {
  let im: Im;
  beforeAll(async () => {
    im = await startIm({ database });
    await im.register('star');
    const { manager } = im.get(Transactions);
    const owners = Array.from({ length: FRIENDS }, (_, i) => `fan${i}`);
    await insertRows(
      manager,
      Friend,
      owners.map((ownerUserID) => ({ ownerUserID, friendUserID: 'star', operatorUserID: '' })),
    );
    const groupIDs = Array.from({ length: GROUPS }, (_, i) => `group${i}`);
    const creator = { creatorUserID: 'star', notificationUserID: '' };
    await insertRows(
      manager,
      Group,
      groupIDs.map((groupID) => ({ ...creator, groupID })),
    );
    const member = { userID: 'star', roleLevel: 100, inviterUserID: '', operatorUserID: '' };
    await insertRows(
      manager,
      GroupMember,
      groupIDs.map((groupID) => ({ ...member, groupID })),
    );
  });
  afterAll(() => im.close());

  /** Statements of all transactions that begin while `work` goes on. */
  async function statementsOf(work: () => Promise<unknown>): Promise<number> {
    const { dataSource } = im.get(Transactions);
    const create = dataSource.createQueryRunner.bind(dataSource);
    let count = 0;
    dataSource.createQueryRunner = (...args) => {
      const runner = create(...args);
      const query = runner.query.bind(runner) as (...given: unknown[]) => Promise<unknown>;
      runner.query = ((...given: unknown[]) => {
        count += 1;
        return query(...given);
      }) as never;
      return runner;
    };
    try {
      await work();
    } finally {
      dataSource.createQueryRunner = create;
    }
    return count;
  }

  it('costs a handful of statements', async () => {
    const heard = new Map<number, number>();
    im.get(ImEvents).on(MessagesAccepted, 'after-commit', ({ messages }) => {
      for (const { contentType } of messages) heard.set(contentType, (heard.get(contentType) ?? 0) + 1);
    });
    const token = await im.tokenOf('star');
    const rename = (nickname: string) =>
      im.v3('/user/update_user_info', { userInfo: { userID: 'star', nickname } }, token);
    for (const nickname of ['new', 'newer']) {
      heard.clear();
      const count = await statementsOf(async () => {
        expect((await rename(nickname)).body.errCode).toBe(0);
      });
      expect(count).toBeLessThan(40);
      expect(Object.fromEntries(heard)).toEqual({ 1303: 1, 1209: FRIENDS, 1516: GROUPS });
    }
    expect(await im.rows('im_version_changes', { collection: 'friends', elementID: 'star' })).toHaveLength(FRIENDS);
    expect(await im.rows('im_version_changes', { collection: 'group-members', elementID: 'star' })).toHaveLength(
      GROUPS,
    );
  });
});
