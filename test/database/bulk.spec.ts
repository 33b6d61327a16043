import 'reflect-metadata';
import type { DataSource, Logger } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { chunks, inChunks, insertRows } from '../../src/database/bulk.js';
import { createDataSource } from '../../src/database/data-source.js';
import { isDuplicateKey } from '../../src/database/failures.js';
import { IM_MIGRATIONS } from '../../src/database/migrations/all.js';
import { Transactions } from '../../src/database/transactions.js';
import { IM_ENTITIES } from '../../src/entities.js';
import { Conversation } from '../../src/messaging/conversation.entity.js';
import { Message } from '../../src/messaging/message.entity.js';
import { Sequence } from '../../src/messaging/sequence.entity.js';
import { User } from '../../src/users/user.entity.js';
import { describeOnEachDatabase, type FreshDatabase, freshDatabase } from '../support/databases.js';

const COUNT = 5_000;

/** The failure of what must not succeed. */
async function failureOf(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
  } catch (error) {
    return error;
  }
  throw new Error('did not fail');
}

const user = (userID: string, more: Partial<User> = {}): User => ({
  userID,
  nickname: '',
  faceURL: '',
  gender: 0,
  phoneNumber: '',
  birthText: '',
  birthSeconds: 0,
  email: '',
  ex: '',
  createTime: 1_700_000_000_000,
  appMangerLevel: 1,
  globalRecvMsgOpt: 0,
  ...more,
});

const message = (seq: number, clientMsgID: string) => ({
  conversationID: 'si_ann_bob',
  seq,
  sendID: 'ann',
  recvID: 'bob',
  groupID: '',
  clientMsgID,
  content: '{}',
  offlinePushInfo: '',
  atUserIDList: '',
  attachedInfo: '',
  ex: '',
});

describeOnEachDatabase('Inserting rows', (database) => {
  let fresh: FreshDatabase;
  let dataSource: DataSource;
  let statements: string[] = [];

  beforeAll(async () => {
    fresh = await freshDatabase(database);
    dataSource = await createDataSource(fresh.url, { entities: IM_ENTITIES, migrations: IM_MIGRATIONS });
    await dataSource.initialize();
    await dataSource.runMigrations({ transaction: 'each' });
    const nothing = () => undefined;
    const recorder: Logger = {
      // Without those that begin and end transactions.
      logQuery: (sql) => void (/^(BEGIN|COMMIT)/.test(sql) || statements.push(sql)),
      logQueryError: nothing,
      logQuerySlow: nothing,
      logSchemaBuild: nothing,
      logMigration: nothing,
      log: nothing,
    };
    dataSource.logger = recorder;
  });
  afterAll(async () => {
    await dataSource?.destroy();
    await fresh?.drop();
  });
  beforeEach(async () => {
    for (const entity of [User, Message, Sequence, Conversation]) await dataSource.manager.clear(entity);
    statements = [];
  });

  const insert = (...users: User[]) => insertRows(dataSource.manager, User, users);
  const nicknames = async () => {
    const users = await dataSource.manager.find(User, { order: { userID: 'ASC' } });
    return Object.fromEntries(users.map(({ userID, nickname }) => [userID, nickname]));
  };

  it('takes five thousand with a handful of statements, all of them with all they hold', async () => {
    const users = Array.from({ length: COUNT }, (_, index) => user(`user ${index}`, { nickname: `n${index}` }));
    await insertRows(dataSource.manager, User, users);
    expect(statements.length).toBeGreaterThan(0);
    expect(statements.length).toBeLessThanOrEqual(5);
    for (const statement of statements) expect(statement).toMatch(/^INSERT /);
    expect(await dataSource.manager.count(User)).toBe(COUNT);
    for (const index of [0, 1_332, 1_333, COUNT - 1]) {
      expect(await dataSource.manager.findOneByOrFail(User, { userID: `user ${index}` })).toEqual(users[index]);
    }
  });

  it('takes them as one inside a transaction: a failing one undoes them all', async () => {
    const transactions = new Transactions(dataSource);
    const users = Array.from({ length: COUNT }, (_, index) => user(`user ${index}`));
    await insert(user(`user ${COUNT - 1}`));
    const work = transactions.run(() => insertRows(transactions.manager, User, users));
    expect(isDuplicateKey(await failureOf(work))).toBe(true);
    expect(await dataSource.manager.count(User)).toBe(1);
  });

  it('asks nothing for an empty list', async () => {
    await insertRows(dataSource.manager, User, []);
    await insertRows(dataSource.manager, User, [], 'ignore');
    await insertRows(dataSource.manager, User, [], { update: ['nickname'] });
    expect(statements).toEqual([]);
  });

  it('takes true and false, big numbers and texts that look like SQL', async () => {
    const row = {
      ownerUserID: "o'); --",
      conversationID: 'si_?_:a',
      userID: '',
      groupID: '',
      isPinned: true,
      maxSeq: 2 ** 53 - 1,
    };
    await insertRows(dataSource.manager, Conversation, [row]);
    const found = await dataSource.manager.findOneByOrFail(Conversation, { ownerUserID: row.ownerUserID });
    expect(found).toMatchObject({ ...row, isPrivateChat: false });
  });

  describe('that are there already', () => {
    it('fails, and is recognised as a duplicate, alone and among others', async () => {
      await insert(user('ann', { nickname: 'first' }));
      for (const users of [[user('ann')], [user('bob'), user('ann'), user('cid')], [user('dan'), user('dan')]]) {
        expect(isDuplicateKey(await failureOf(insert(...users)))).toBe(true);
      }
      expect(await nicknames()).toEqual({ ann: 'first' });
    });

    it('fails so too for another unique key than the primary one', async () => {
      await insertRows(dataSource.manager, Message, [message(1, 'c')]);
      const again = insertRows(dataSource.manager, Message, [message(2, 'c')]);
      expect(isDuplicateKey(await failureOf(again))).toBe(true);
    });

    it('is not mistaken for a row that is wrong in itself', async () => {
      const nameless = insert(user('ann', { nickname: null as never }));
      expect(isDuplicateKey(await failureOf(nameless))).toBe(false);
      const unwritable = dataSource.query('INSERT INTO im_nowhere VALUES (1)');
      expect(isDuplicateKey(await failureOf(unwritable))).toBe(false);
    });

    it('leaves them as they are and adds the others when told to ignore them', async () => {
      await insert(user('ann', { nickname: 'first' }));
      const users = ['ann', 'bob', 'bob'].map((userID, index) => user(userID, { nickname: `new ${index}` }));
      await insertRows(dataSource.manager, User, users, 'ignore');
      expect(await nicknames()).toEqual({ ann: 'first', bob: 'new 1' });
      await insertRows(dataSource.manager, User, users, 'ignore');
      expect(await nicknames()).toEqual({ ann: 'first', bob: 'new 1' });
    });

    it('still fails for a row that is wrong in itself when told to ignore them', async () => {
      const wrong = insertRows(
        dataSource.manager,
        User,
        [user('ann'), user('bob', { nickname: null as never })],
        'ignore',
      );
      expect(await failureOf(wrong)).toBeInstanceOf(Error);
      expect(await nicknames()).toEqual({});
      if (database.name === 'SQLite') return; // which does not count
      const tooLong = insertRows(dataSource.manager, User, [user('x'.repeat(65))], 'ignore');
      expect(await failureOf(tooLong)).toBeInstanceOf(Error);
    });

    it('changes what it is told to, and nothing else', async () => {
      const before = [
        { conversationID: 'a', maxSeq: 1, minSeq: 1, maxSeqTime: 1 },
        { conversationID: 'b', maxSeq: 1, minSeq: 1, maxSeqTime: 1 },
      ];
      await insertRows(dataSource.manager, Sequence, before);
      const rows = ['b', 'c'].map((conversationID) => ({ conversationID, maxSeq: 9, minSeq: 9, maxSeqTime: 9 }));
      await insertRows(dataSource.manager, Sequence, rows, { update: ['maxSeq', 'maxSeqTime'] });
      expect(await dataSource.manager.find(Sequence, { order: { conversationID: 'ASC' } })).toEqual([
        before[0],
        { conversationID: 'b', maxSeq: 9, minSeq: 1, maxSeqTime: 9 },
        rows[1],
      ]);
    });

    it('changes five thousand with a handful of statements', async () => {
      const rows = (maxSeq: number) =>
        Array.from({ length: COUNT }, (_, index) => ({
          conversationID: `c${index}`,
          maxSeq,
          minSeq: 0,
          maxSeqTime: 0,
        }));
      await insertRows(dataSource.manager, Sequence, rows(1));
      statements = [];
      await insertRows(dataSource.manager, Sequence, rows(2), { update: ['maxSeq'] });
      expect(statements.length).toBeLessThanOrEqual(2);
      expect(await dataSource.manager.countBy(Sequence, { maxSeq: 2 })).toBe(COUNT);
    });
  });

  it('can be asked back in one list longer than a statement holds', async () => {
    await insert(user('user 0'), user('user 39999'));
    const asked = Array.from({ length: 40_000 }, (_, index) => `user ${index}`);
    const found = await inChunks(asked, (some) => {
      const marks = some.map(() => '?').join(', ');
      return dataSource.query<User[]>(`SELECT userID FROM im_users WHERE userID IN (${marks})`, [...some]);
    });
    expect(found.map(({ userID }) => userID)).toEqual(['user 0', 'user 39999']);
  });
});

describe('Slices of a list', () => {
  it('are in order, none longer than asked, none empty', () => {
    expect([...chunks([1, 2, 3, 4, 5], 2)]).toEqual([[1, 2], [3, 4], [5]]);
    expect([...chunks([1, 2], 2)]).toEqual([[1, 2]]);
    expect([...chunks([], 2)]).toEqual([]);
  });

  it('are loaded one after the other and joined in order', async () => {
    const load = vi.fn<(some: readonly number[]) => Promise<number[]>>(async (some) => some.map((one) => one * 2));
    const list = Array.from({ length: 40_000 }, (_, index) => index);
    expect(await inChunks(list, load)).toEqual(list.map((one) => one * 2));
    expect(load).toHaveBeenCalledTimes(20);
    for (const [some] of load.mock.calls) expect(some).toHaveLength(2_000);
    expect(await inChunks([], load)).toEqual([]);
    expect(load).toHaveBeenCalledTimes(20);
  });
});
