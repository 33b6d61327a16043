import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { createConnection } from 'mysql2/promise';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { IM_MIGRATIONS } from '../../src/database/migrations/all.js';
import { describeOnEachDatabase, type FreshDatabase, freshDatabase } from '../support/databases.js';
import { ailments, askDoctor } from '../support/doctor.js';
import { post } from '../support/http.js';
import { type ServerProcess, startProcess } from '../support/process.js';
import { tokenOf } from '../support/traffic.js';
import { freePort } from '../support/ports.js';
import { readStored } from '../durability/stored.js';
import { CONVERSATIONS, makeOlderDatabase, olderMessage } from './older-database.js';

const STORY_MS = 180_000;

/** Messages of each conversation. */
const MESSAGES = 1_000;

/** After how many migrations the older version ended: tables without indices, send statuses, all before those went. */
const OLDER = [2, 7, IM_MIGRATIONS.findIndex(({ name }) => name.startsWith('SentRequests'))];

describeOnEachDatabase('A database of an older version', (database) => {
  let fresh: FreshDatabase;
  let server: ServerProcess | undefined;
  beforeEach(async () => {
    fresh = await freshDatabase(database);
  });
  afterEach(async () => {
    await server?.stop('SIGKILL');
    server = undefined;
    await fresh.drop();
  });

  it.each(OLDER)(
    'that knew %i migrations is brought up to date while AppServers call, and has all it had',
    async (known) => {
      await makeOlderDatabase(fresh.url, known, MESSAGES);
      const port = await freePort();
      const url = `http://127.0.0.1:${port}`;
      const acknowledged: string[] = [];
      const stopped = new AbortController();
      // They call from before the start on, and are refused until there is a server again.
      const calling = ['bob', 'cid'].map(async (recvID) => {
        for (let token = ''; !stopped.signal.aborted;) {
          try {
            token ||= await tokenOf(url, 'openIM123456');
            const clientMsgID = randomUUID();
            const message = { sendID: 'ann', recvID, clientMsgID, contentType: 101, sessionType: 1 };
            const asked = { ...message, content: { content: 'new' } };
            const { body } = await post(`${url}/msg/send_msg`, asked, { operationID: 'x', token });
            expect(body).toMatchObject({ errCode: 0 });
            acknowledged.push(clientMsgID);
          } catch (error) {
            if (acknowledged.length > 0 || (error as Error).name === 'AssertionError') throw error;
            await new Promise((resolve) => setTimeout(resolve, 20));
          }
        }
      });
      const older = database.name === 'MariaDB' ? await writeAsBefore(fresh.url, stopped.signal) : undefined;

      server = await startProcess({ DATABASE_URL: fresh.url, API_PORT: String(port) });
      const until = async (so: () => boolean): Promise<void> => {
        for (const deadline = Date.now() + 60_000; !so();) {
          if (Date.now() > deadline) throw new Error('nobody was answered');
          await new Promise((resolve) => setTimeout(resolve, 10));
        }
      };
      await until(() => acknowledged.length > 50);
      stopped.abort();
      await Promise.all(calling);
      const written = (await older?.ended) ?? 0;

      const token = await tokenOf(server.url, 'openIM123456');
      const call = async (path: string, body: object): Promise<any> =>
        (await post(`${url}${path}`, body, { operationID: 'x', token })).body.data;
      expect((await call('/user/get_users_info', { userIDs: ['ann'] })).usersInfo[0].nickname).toBe('ann of old');
      const { friendsInfo } = await call('/friend/get_friend_list', {
        userID: 'bob',
        pagination: { pageNumber: 1, showNumber: 10 },
      });
      expect(friendsInfo).toMatchObject([{ friendUser: { userID: 'ann' } }]);
      const range = { conversationID: 'si_ann_bob', begin: 1, end: 3, num: 3 };
      const { msgs } = await call('/msg/pull_msg_by_seq', { userID: 'bob', seqRanges: [range], order: 0 });
      const texts = msgs.si_ann_bob.Msgs.map(({ content }: { content: string }) =>
        JSON.parse(Buffer.from(content, 'base64').toString()),
      );
      expect(texts).toEqual([1, 2, 3].map((seq) => ({ content: `old ${seq}` })));
      expect(await server.stop('SIGTERM')).toBe(0);
      server = undefined;

      const { messages } = await readStored(fresh.url);
      const ids = messages.map(({ clientMsgID }) => clientMsgID);
      expect(acknowledged.filter((id) => ids.filter((one) => one === id).length !== 1)).toEqual([]);
      const old = messages.filter(({ text }) => text.startsWith('old '));
      expect(old).toHaveLength(CONVERSATIONS.length * MESSAGES + written);
      const nowhere = { API_PORT: '0', LEGACY_API_PORT: '0', WS_PORT: '0' };
      const { checks } = await askDoctor({ DATABASE_URL: fresh.url, ...nowhere }, '--json', '--dense');
      expect([...ailments(checks), ...ailments(checks, 'unchecked')]).toEqual([]);
      expect(checks.find(({ name }) => name === 'schema.migrated')?.level).toBe('ok');
    },
    STORY_MS,
  );
});

/**
 * Goes on as a process of the older version that is not stopped yet: it writes the columns it knows of. Begins before it
 * answers, so that the migrations come in between. Answers, once it has ended, how many messages it wrote.
 */
async function writeAsBefore(url: string, signal: AbortSignal): Promise<{ ended: Promise<number> }> {
  const conversationID = 'sg_team';
  const connection = await createConnection(url);
  const write = async (): Promise<void> => {
    await connection.beginTransaction();
    const asked = 'SELECT maxSeq FROM im_sequences WHERE conversationID = ? FOR UPDATE';
    const [rows] = await connection.query(asked, [conversationID]);
    const row = olderMessage(conversationID, (rows as { maxSeq: number }[])[0].maxSeq + 1);
    await connection.query('INSERT INTO im_messages SET ?', [row]);
    await connection.query('UPDATE im_sequences SET maxSeq = ?, maxSeqTime = ? WHERE conversationID = ?', [
      row['seq'],
      row['sendTime'],
      conversationID,
    ]);
    await connection.commit();
  };
  await write();
  const goOn = async (): Promise<number> => {
    let written = 1;
    for (; !signal.aborted; written += 1) await write();
    await connection.end();
    return written;
  };
  return { ended: goOn() };
}
