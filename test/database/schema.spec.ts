import 'reflect-metadata';
import { In, type DataSource } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { insertRows } from '../../src/database/bulk.js';
import { createDataSource, MIGRATIONS_TABLE } from '../../src/database/data-source.js';
import { IM_MIGRATIONS } from '../../src/database/migrations/all.js';
import { IM_ENTITIES } from '../../src/entities.js';
import { GroupMember } from '../../src/groups/group-member.entity.js';
import { MAX_CONTENT_BYTES } from '../../src/messaging/outgoing.js';
import { Message } from '../../src/messaging/message.entity.js';
import { User } from '../../src/users/user.entity.js';
import { describeOnEachDatabase, type FreshDatabase, freshDatabase } from '../support/databases.js';

describeOnEachDatabase('The schema', (database) => {
  let fresh: FreshDatabase;
  let dataSource: DataSource;

  beforeEach(async () => {
    fresh = await freshDatabase(database);
    dataSource = await createDataSource(fresh.url, { entities: IM_ENTITIES, migrations: IM_MIGRATIONS });
    await dataSource.initialize();
  });
  afterEach(async () => {
    await dataSource?.destroy();
    await fresh?.drop();
  });

  const migrate = () => dataSource.runMigrations({ transaction: 'each' });

  /** What TypeORM would still change to make the tables what the entities say. */
  async function drift(): Promise<string[]> {
    const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
    return upQueries.map(({ query }) => query);
  }

  async function tables(): Promise<string[]> {
    const sql =
      database.name === 'SQLite'
        ? "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        : 'SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()';
    const rows = (await dataSource.query(sql)) as { name: string }[];
    return rows.map(({ name }) => name).toSorted();
  }

  const entityTables = () => dataSource.entityMetadatas.map(({ tableName }) => tableName).toSorted();

  describe('after migrating an empty database', () => {
    it('is what the entities say: TypeORM finds nothing to do', async () => {
      expect(await drift()).not.toEqual([]);
      const ran = await migrate();
      expect(ran.map(({ name }) => name)).toEqual(IM_MIGRATIONS.map((migration) => new migration().name));
      expect(await drift()).toEqual([]);
    });

    it('has a table for every entity, and each is called im_something', async () => {
      await migrate();
      expect(await tables()).toEqual([...entityTables(), MIGRATIONS_TABLE].toSorted());
      for (const name of await tables()) expect(name).toMatch(/^im_/);
    });

    it('stays as it is when migrations run again', async () => {
      await migrate();
      await insertRows(dataSource.manager, User, [{ userID: 'ann' }]);
      expect(await migrate()).toEqual([]);
      expect(await dataSource.manager.countBy(User, { userID: 'ann' })).toBe(1);
    });

    it('can be taken back migration by migration, and built again', async () => {
      await migrate();
      for (let left = IM_MIGRATIONS.length; left > 0; left -= 1) {
        await dataSource.undoLastMigration({ transaction: 'each' });
        expect(await dataSource.query(`SELECT name FROM ${MIGRATIONS_TABLE}`)).toHaveLength(left - 1);
      }
      expect(await tables()).toEqual([MIGRATIONS_TABLE]);
      expect(await migrate()).toHaveLength(IM_MIGRATIONS.length);
      expect(await drift()).toEqual([]);
    });

    it('can be taken back with rows in every table', async () => {
      await migrate();
      await insertRows(dataSource.manager, User, [{ userID: 'ann' }]);
      await insertRows(dataSource.manager, GroupMember, [
        { groupID: 'g', userID: 'ann', inviterUserID: '', operatorUserID: '' },
      ]);
      for (const _ of IM_MIGRATIONS) await dataSource.undoLastMigration({ transaction: 'each' });
      await migrate();
      expect(await dataSource.manager.count(User)).toBe(0);
    });
  });

  describe('tells IDs apart', () => {
    const register = (...userIDs: string[]) =>
      insertRows(
        dataSource.manager,
        User,
        userIDs.map((userID) => ({ userID, nickname: `is ${userID}` })),
      );

    beforeEach(migrate);

    it('by case, by accents and to the last blank: four different Bobs', async () => {
      await register('bob', 'Bob', 'bob ', 'böb');
      expect(await dataSource.manager.count(User)).toBe(4);
      for (const userID of ['bob', 'Bob', 'bob ', 'böb']) {
        const rows = await dataSource.query('SELECT userID, nickname FROM im_users WHERE userID = ?', [userID]);
        expect(rows).toEqual([expect.objectContaining({ userID, nickname: `is ${userID}` })]);
        expect(await dataSource.manager.findBy(User, { userID: In([userID]) })).toHaveLength(1);
      }
      expect(await dataSource.query("SELECT userID FROM im_users WHERE userID = 'bob'")).toHaveLength(1);
    });

    it.each([
      ['leading blanks', ' ann', 'ann'],
      ['a tab at the end', 'ann\t', 'ann'],
      ['a line feed at the end', 'ann\n', 'ann'],
      ['two ways to write one letter', 'b\u00f6b', 'bo\u0308b'],
      ['letters other languages take for the same', 'straße', 'strasse'],
      ['wide letters', 'ａｎｎ', 'ann'],
      ['signs without a width', 'an\u200bn', 'ann'],
      ['two emojis', '😀', '😁'],
      ['an unprintable sign', 'ann\u0001', 'ann'],
    ])('by %s', async (_what, one, other) => {
      await register(one, other);
      for (const userID of [one, other]) {
        const found = await dataSource.manager.findBy(User, { userID });
        expect(found.map((user) => user.nickname)).toEqual([`is ${userID}`]);
      }
    });

    it('also as a part of a key, and where it is only indexed', async () => {
      const row = { inviterUserID: '', operatorUserID: '' };
      await insertRows(
        dataSource.manager,
        GroupMember,
        ['g', 'G', 'g '].flatMap((groupID) => ['bob', 'Bob', 'bob '].map((userID) => ({ groupID, userID, ...row }))),
      );
      expect(await dataSource.manager.countBy(GroupMember, { groupID: 'g', userID: 'bob' })).toBe(1);
      expect(await dataSource.manager.countBy(GroupMember, { groupID: 'G' })).toBe(3);
      expect(await dataSource.manager.countBy(GroupMember, { userID: 'bob ' })).toBe(3);
    });

    it('from numbers: none matches a text', async () => {
      await register('ann', '0', '7', '7up', '07');
      for (const number of [0, 7]) {
        const found = await dataSource.manager.findBy(User, { userID: number as never });
        expect(found.map(({ userID }) => userID).filter((userID) => userID !== String(number))).toEqual([]);
        const listed = await dataSource.manager.findBy(User, { userID: In([number]) as never });
        expect(listed.map(({ userID }) => userID).filter((userID) => userID !== String(number))).toEqual([]);
      }
    });

    it('and sorts them by code point', async () => {
      const sorted = [
        '!',
        '10',
        '9',
        'A',
        'B',
        'Z',
        '_',
        'a',
        'a ',
        'a!',
        'aB',
        'ab',
        'b',
        'z',
        'ß',
        'ä',
        'é',
        'Ω',
        'я',
      ];
      sorted.push('漢', '\ue000', '～', '\ufffd', '\u{10000}', '😀', '😁', '\u{10ffff}');
      await register(...sorted.toReversed());
      const users = await dataSource.manager.find(User, { order: { userID: 'ASC' } });
      expect(users.map(({ userID }) => userID)).toEqual(sorted);
      const after = await dataSource.query("SELECT userID FROM im_users WHERE userID > '～' ORDER BY userID LIMIT 2");
      expect(after.map(({ userID }: User) => userID)).toEqual(['\ufffd', '\u{10000}']);
    });
  });

  describe('gives back what it was given', () => {
    beforeEach(migrate);

    const message = {
      conversationID: 'si_ann_bob',
      seq: 1,
      sendID: 'ann',
      recvID: 'bob',
      groupID: '',
      clientMsgID: 'c',
      sendTime: 1_700_000_000_123,
      offlinePushInfo: '',
      atUserIDList: '',
      attachedInfo: '',
      ex: '',
    };

    it.each([
      ['emoji', '😀'.repeat(MAX_CONTENT_BYTES / 4)],
      ['letters', 'x'.repeat(MAX_CONTENT_BYTES)],
      ['quotes, backslashes and signs of SQL', '\'"\\%_`;--?:a\n\r\t\u001a\u2028'.repeat(5_000)],
    ])('a content of 131072 bytes: %s', async (_what, text) => {
      const content = text.slice(0, MAX_CONTENT_BYTES);
      await insertRows(dataSource.manager, Message, [{ ...message, content }]);
      const found = await dataSource.manager.findOneByOrFail(Message, { seq: 1 });
      expect(found.content === content).toBe(true);
    });

    it('moments and seqs as numbers, up to 2^53 - 1', async () => {
      const seq = Number.MAX_SAFE_INTEGER;
      await insertRows(dataSource.manager, Message, [{ ...message, content: '{}', seq }]);
      const found = await dataSource.manager.findOneByOrFail(Message, { conversationID: 'si_ann_bob' });
      expect(found).toMatchObject({ seq, sendTime: 1_700_000_000_123, createTime: 0 });
    });

    it('what was left out as its default', async () => {
      await insertRows(dataSource.manager, User, [{ userID: 'ann' }]);
      expect(await dataSource.manager.findOneByOrFail(User, { userID: 'ann' })).toEqual({
        userID: 'ann',
        nickname: '',
        faceURL: '',
        gender: 0,
        phoneNumber: '',
        birthText: '',
        birthSeconds: 0,
        email: '',
        ex: '',
        createTime: 0,
        appMangerLevel: 1,
        globalRecvMsgOpt: 0,
      });
    });
  });
});
