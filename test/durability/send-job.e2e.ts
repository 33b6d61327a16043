import 'reflect-metadata';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { databaseOptions } from '../../src/database/data-source.js';
import { describeOnEachDatabase, type FreshDatabase, freshDatabase } from '../support/databases.js';
import { post } from '../support/http.js';
import { type ServerProcess, startProcess } from '../support/process.js';

const USERS = 1_200;

describeOnEachDatabase('A message to everybody', (database) => {
  let fresh: FreshDatabase;
  let server: ServerProcess;
  let token: string;
  beforeAll(async () => {
    fresh = await freshDatabase(database);
  });
  afterAll(() => fresh.drop());

  const call = async (path: string, body: object): Promise<any> =>
    (await post(server.url + path, body, { operationID: 'job', token })).body;
  const start = async (): Promise<void> => {
    server = await startProcess({ DATABASE_URL: fresh.url });
    token = '';
    token = (await call('/auth/user_token', { secret: 'openIM123', platformID: 1, userID: 'openIM123456' })).data.token;
  };
  const progress = async (jobID: string): Promise<any> => (await call('/msg/get_send_job', { jobID })).data;
  /** Waits until at least so many have been sent to. */
  const until = async (jobID: string, done: number): Promise<any> => {
    for (;;) {
      const job = await progress(jobID);
      if (job.done >= done || job.state === 'finished') return job;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };

  it('goes on after the server was killed, and reaches each once', async () => {
    await start();
    const users = Array.from({ length: USERS }, (_, index) => ({ userID: `user${index}` }));
    await call('/user/user_register', { secret: 'openIM123', users });
    const { data } = await call('/msg/batch_send_msg', {
      sendID: 'openIM123456',
      content: { content: 'to all' },
      contentType: 101,
      sessionType: 1,
      recvIDs: [],
      isSendAll: true,
    });
    let done = 0;
    for (const [signal, code] of [
      ['SIGKILL', null],
      ['SIGTERM', 0],
    ] as const) {
      const job = await until(data.jobID, done + 1);
      expect(job.state).toBe('running');
      done = job.done;
      expect(await server.stop(signal)).toBe(code);
      await start();
      expect((await progress(data.jobID)).done).toBeGreaterThanOrEqual(done);
    }
    const everybody = USERS + 3;
    expect(await until(data.jobID, Infinity)).toMatchObject({ total: everybody, done: everybody, failed: 0 });
    expect(await server.stop('SIGTERM')).toBe(0);

    const dataSource = await new DataSource(await databaseOptions(fresh.url)).initialize();
    const [{ sent, receivers }] = (await dataSource.query(
      "SELECT COUNT(*) AS sent, COUNT(DISTINCT recvID) AS receivers FROM im_messages WHERE content LIKE '%to all%'",
    )) as { sent: string; receivers: string }[];
    await dataSource.destroy();
    expect([Number(sent), Number(receivers)]).toEqual([everybody, everybody]);
  }, 180_000);
});
