import 'reflect-metadata';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { databaseOptions } from '../../src/database/data-source.js';
import { describeOnEachDatabase, type FreshDatabase, freshDatabase } from '../support/databases.js';
import { post } from '../support/http.js';
import { type ServerProcess, startProcess } from '../support/process.js';

const SENDERS = ['ann', 'bob', 'cid', 'dan'];
const KILLS = 5;

interface Acknowledged {
  sendID: string;
  msgID: string;
}

describeOnEachDatabase('A server that is killed', (database) => {
  let fresh: FreshDatabase;
  let server: ServerProcess;
  beforeAll(async () => {
    fresh = await freshDatabase(database);
  });
  afterAll(() => fresh.drop());

  const start = async (): Promise<string> => {
    server = await startProcess({ DATABASE_URL: fresh.url });
    const asked = { secret: 'openIM123', platformID: 1, userID: 'openIM123456' };
    return (await post(`${server.url}/auth/user_token`, asked, { operationID: 'kill' })).body.data.token;
  };

  /** Sends one message after the other until the server is gone; every answer is an acknowledgement. */
  const sendUntilGone = async (sendID: string, token: string): Promise<Acknowledged[]> => {
    const acknowledged: Acknowledged[] = [];
    for (;;) {
      const message = { sendID, recvID: 'hub', content: { text: `from ${sendID}` }, contentType: 101, sessionType: 1 };
      const answer = await post(`${server.url}/manager/send_msg`, { operationID: '1', ...message }, { token }).catch(
        () => undefined,
      );
      if (!answer) return acknowledged;
      expect(answer.body).toMatchObject({ errCode: 0 });
      acknowledged.push({ sendID, msgID: answer.body.msgID });
    }
  };

  it('has every message it acknowledged, once, and no hole in any conversation', async () => {
    const acknowledged: Acknowledged[] = [];
    for (let kill = 0; kill < KILLS; kill += 1) {
      const token = await start();
      const users = [...SENDERS, 'hub'].map((userID) => ({ userID }));
      await post(`${server.url}/user/user_register`, { secret: 'openIM123', users }, { operationID: 'kill' });
      const sending = SENDERS.map((sendID) => sendUntilGone(sendID, token));
      await new Promise((resolve) => setTimeout(resolve, 150 + Math.random() * 250));
      expect(await server.stop('SIGKILL')).toBeNull();
      acknowledged.push(...(await Promise.all(sending)).flat());
    }
    expect(acknowledged.length).toBeGreaterThan(KILLS * SENDERS.length);

    await start();
    const dataSource = await new DataSource(await databaseOptions(fresh.url)).initialize();
    const stored: { conversationID: string; clientMsgID: string; seq: string; sendID: string }[] =
      await dataSource.query(
        'SELECT conversationID, clientMsgID, seq, sendID FROM im_messages ORDER BY conversationID, seq',
      );
    const counters: { conversationID: string; maxSeq: string }[] = await dataSource.query(
      'SELECT conversationID, maxSeq FROM im_sequences',
    );
    await dataSource.destroy();
    expect(await server.stop('SIGTERM')).toBe(0);

    for (const { sendID, msgID } of acknowledged) {
      expect(stored.filter((row) => row.clientMsgID === msgID)).toMatchObject([{ sendID }]);
    }
    for (const { conversationID, maxSeq } of counters) {
      const seqs = stored.filter((row) => row.conversationID === conversationID).map((row) => Number(row.seq));
      expect(seqs).toEqual(Array.from({ length: Number(maxSeq) }, (_, index) => index + 1));
    }
  });

  it('answers what is in flight before it stops when asked to', async () => {
    const token = await start();
    const users = [{ userID: 'listener' }];
    await post(`${server.url}/user/user_register`, { secret: 'openIM123', users }, { operationID: 'stop' });
    const message = {
      sendID: 'ann',
      recvID: 'listener',
      content: { text: 'last words' },
      contentType: 101,
      sessionType: 1,
    };
    const sending = Array.from({ length: 20 }, () =>
      post(`${server.url}/manager/send_msg`, { operationID: '1', ...message }, { token }),
    );
    await Promise.race(sending);
    const [answers, code] = await Promise.all([Promise.all(sending), server.stop('SIGTERM')]);
    expect(code).toBe(0);
    for (const { body } of answers) expect(body).toMatchObject({ errCode: 0 });
  });
});
