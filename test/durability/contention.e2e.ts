import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { DataSource, type QueryRunner } from 'typeorm';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Transactions } from '../../src/database/transactions.js';
import { describeOnMysql } from '../support/databases.js';
import type { Answer, Im } from '../support/im.js';
import { startIm } from '../support/server.js';
import { UNAVAILABLE } from '../support/traffic.js';

const STORY_MS = 180_000;

/** Transactions on this database that wait for a row. */
const WAITING = `
  SELECT COUNT(*) AS waits FROM information_schema.innodb_trx
  JOIN information_schema.processlist AS session ON session.id = trx_mysql_thread_id
  WHERE trx_state = 'LOCK WAIT' AND session.db = DATABASE()`;

describeOnMysql('A transaction of somebody else', (database) => {
  let im: Im;
  let admin: string;
  /** Its data source, apart from the server's, which bounds what it does. */
  let elsewhere: DataSource;
  let other: QueryRunner;
  beforeEach(async () => {
    im = await startIm({ database });
    await im.register('ann', 'bob', 'cid');
    admin = await im.adminToken();
    elsewhere = await new DataSource({ ...im.get(Transactions).dataSource.options, migrations: [] }).initialize();
    other = elsewhere.createQueryRunner();
    // Of two transactions in a deadlock the database gives up the one that has written less.
    await other.query('CREATE TABLE ballast (n INT PRIMARY KEY AUTO_INCREMENT, x INT)');
  });
  afterEach(async () => {
    if (other.isTransactionActive) await other.rollbackTransaction().catch(() => undefined);
    await other.release();
    await elsewhere.destroy();
    await im.close();
  });

  const say = (recvID: string, clientMsgID: string = randomUUID()): Promise<Answer> =>
    im.v3(
      '/msg/send_msg',
      { sendID: 'ann', recvID, clientMsgID, contentType: 101, sessionType: 1, content: { content: 'hi' } },
      admin,
    );
  const beginHeavy = async (): Promise<void> => {
    await other.startTransaction();
    await other.query(`INSERT INTO ballast (x) VALUES ${Array(1_000).fill('(0)').join()}`);
  };
  const lock = (table: string, where: string): Promise<unknown> =>
    other.query(`SELECT * FROM ${table} WHERE ${where} FOR UPDATE`);
  /** Waits until a transaction of the server waits for a row. */
  const untilWaiting = async (): Promise<void> => {
    for (;;) {
      const [row] = (await other.query(WAITING)) as { waits: string | number }[];
      if (Number(row.waits) > 0) return;
      // Who looks more often than every 100 ms is shown the same again.
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  };
  const seqsOf = async (conversationID: string): Promise<number[]> => {
    const rows = await im.rows('im_messages', { conversationID });
    return rows.map(({ seq }) => Number(seq)).toSorted((a, b) => a - b);
  };

  it(
    'in a deadlock with senders does not keep them from being stored, once and without a hole',
    async () => {
      await Promise.all([say('bob'), say('cid')]);
      const rounds = 5;
      const each = 10;
      for (let round = 0; round < rounds; round += 1) {
        await beginHeavy();
        // Senders come to their read position last, and hold the counter by then.
        await lock('im_read_positions', "userID = 'ann'");
        const sending = Array.from({ length: 2 * each }, (_, i) => say(i % 2 === 0 ? 'bob' : 'cid'));
        await untilWaiting();
        await lock('im_sequences', "conversationID IN ('si_ann_bob', 'si_ann_cid') ORDER BY conversationID");
        await other.commitTransaction();
        for (const { body } of await Promise.all(sending)) expect(body).toMatchObject({ errCode: 0 });
      }
      const dense = Array.from({ length: rounds * each + 1 }, (_, index) => index + 1);
      expect([await seqsOf('si_ann_bob'), await seqsOf('si_ann_cid')]).toEqual([dense, dense]);
    },
    STORY_MS,
  );

  it(
    'in a deadlock with a change of a group does not keep it from happening, once',
    async () => {
      const groupID = await im.group('ann', 'bob');
      const conversationID = `sg_${groupID}`;
      await beginHeavy();
      // The notice comes last, and its counter with it; the group is locked first.
      await lock('im_sequences', `conversationID = '${conversationID}'`);
      const before = await seqsOf(conversationID);
      const inviting = im.v3('/group/invite_user_to_group', { groupID, invitedUserIDs: ['cid'], reason: '' }, admin);
      await untilWaiting();
      await lock('im_groups', `groupID = '${groupID}'`);
      await other.commitTransaction();
      expect((await inviting).body).toMatchObject({ errCode: 0 });
      expect(await im.rows('im_group_members', { groupID, userID: 'cid' })).toHaveLength(1);
      expect(await seqsOf(conversationID)).toEqual([...before, before.length + 1]);
    },
    STORY_MS,
  );

  it(
    'that does not let go of a conversation fails who writes there, in time, and nobody else',
    async () => {
      await Promise.all([say('bob'), say('cid')]);
      await other.startTransaction();
      await lock('im_sequences', "conversationID = 'si_ann_bob'");
      const refused = randomUUID();
      const toBob = [say('bob', refused), ...Array.from({ length: 5 }, () => say('bob'))];
      const toCid = Array.from({ length: 5 }, () => say('cid'));
      for (const { body } of await Promise.all(toCid)) expect(body).toMatchObject({ errCode: 0 });
      for (const answer of await Promise.all(toBob)) expect(answer).toMatchObject(UNAVAILABLE.v3);
      await other.rollbackTransaction();
      expect((await say('bob', refused)).body).toMatchObject({ errCode: 0 });
      expect([await seqsOf('si_ann_bob'), await seqsOf('si_ann_cid')]).toEqual([
        [1, 2],
        [1, 2, 3, 4, 5, 6],
      ]);
    },
    STORY_MS,
  );
});
