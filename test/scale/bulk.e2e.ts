import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Im } from '../support/im.js';
import { describeOnEachDatabase, startIm } from '../support/server.js';
import { statementsOf } from '../support/statements.js';

/** Statements a change of many may take, however many. */
const HANDFUL = 40;

describeOnEachDatabase('A thousand at once', (database) => {
  let im: Im;
  let admin: string;
  const crowd = Array.from({ length: 1000 }, (_, index) => `crowd${index}`);

  beforeAll(async () => {
    im = await startIm({ database });
    admin = await im.adminToken();
    await im.register('olga', 'ann');
  });
  afterAll(() => im.close());

  const handful = async (path: string, body: object): Promise<void> => {
    const statements = await statementsOf(im, async () => {
      const answer = await im.v3(path, body, admin);
      expect(answer.body).toMatchObject({ errCode: 0 });
    });
    expect(statements.length, statements.map((one) => one.slice(0, 80)).join('\n')).toBeLessThan(HANDFUL);
  };

  it('registering 1,000 users takes a handful of statements', async () => {
    await handful('/user/user_register', {
      users: crowd.map((userID) => ({ userID, nickname: userID })),
    });
  });

  it('importing 1,000 friends takes a handful of statements', async () => {
    await handful('/friend/import_friend', { ownerUserID: 'ann', friendUserIDs: crowd });
    expect(await im.rows('im_friends', { ownerUserID: 'ann' })).toHaveLength(1000);
  });

  it('creating a group of 1,000 takes a handful of statements', async () => {
    await handful('/group/create_group', {
      groupInfo: { groupName: 'crowd', groupType: 2 },
      ownerUserID: 'olga',
      memberUserIDs: crowd,
    });
  });
});
