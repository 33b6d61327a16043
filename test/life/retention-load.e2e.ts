import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { DataSource } from 'typeorm';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createDataSource } from '../../src/database/data-source.js';
import { examine } from '../../src/doctor/examination.js';
import { IM_ENTITIES } from '../../src/entities.js';
import { describeOnEachDatabase, type FreshDatabase, freshDatabase } from '../support/databases.js';
import { ailments } from '../support/doctor.js';
import { post } from '../support/http.js';
import { goOnWithChats } from '../support/old-messages.js';
import { type ServerProcess, startProcess } from '../support/process.js';
import { tokenOf } from '../support/traffic.js';

const RETAINING = fileURLToPath(new URL('retaining-server.mjs', import.meta.url));
const NOWHERE = { API_PORT: '0', LEGACY_API_PORT: '0', WS_PORT: '0' };
const STORY_MS = 240_000;

/** What is there to be removed. */
const CHATS = 20;
const EACH = 1_500;
const OLD = CHATS * EACH;
const LONG_AGO = Date.now() - 40 * 86_400_000;

/** Who sends while it is, each one message after the other, to the same chats. */
const SENDERS = 4;

describeOnEachDatabase('Tens of thousands of messages that are too old', (database) => {
  let fresh: FreshDatabase;
  let dataSource: DataSource;
  let server: ServerProcess;
  let token: string;
  beforeEach(async () => {
    fresh = await freshDatabase(database);
    await start();
    const users = ['writer', ...peers].map((userID) => ({ userID }));
    await post(`${server.url}/user/user_register`, { secret: 'openIM123', users }, { operationID: 'x' });
    for (const peer of peers) expect((await say(peer, LONG_AGO)).errCode).toBe(0);
    dataSource = await createDataSource(fresh.url, { entities: IM_ENTITIES, migrations: [] });
    await dataSource.initialize();
    await goOnWithChats(dataSource, EACH);
  }, STORY_MS);
  afterEach(async () => {
    await server.stop('SIGKILL');
    await dataSource.destroy();
    await fresh.drop();
  });

  const peers = Array.from({ length: CHATS }, (_, index) => `peer${index}`);

  async function start(): Promise<void> {
    server = await startProcess({ DATABASE_URL: fresh.url, MESSAGE_RETENTION_DAYS: '30' }, { main: RETAINING });
    token = await tokenOf(server.url, 'openIM123456');
  }
  async function say(recvID: string, sendTime?: number): Promise<{ errCode: number }> {
    const message = { sendID: 'writer', recvID, clientMsgID: randomUUID(), sendTime, contentType: 101, sessionType: 1 };
    const content = { content: 'what somebody usually tells somebody else, which is not so very much' };
    return (await post(`${server.url}/msg/send_msg`, { ...message, content }, { operationID: 'x', token })).body;
  }
  async function old(): Promise<number> {
    const upTo = LONG_AGO + 86_400_000;
    const rows = await dataSource.query('SELECT COUNT(*) AS count FROM im_messages WHERE sendTime < ?', [upTo]);
    return Number(rows[0].count);
  }
  async function complaints(): Promise<string[]> {
    const results = await examine({ DATABASE_URL: fresh.url, ...NOWHERE }, { dense: true });
    return [...ailments(results), ...ailments(results, 'unchecked')];
  }
  /** Has the server remove what is too old. Answers how much it was, and the milliseconds it took. */
  async function retain(): Promise<{ removed: number; ms: number }> {
    process.kill(server.pid, 'SIGUSR2');
    await until(() => /removed/.test(server.output));
    const [, removed, ms] = /removed (\d+) in (\d+) ms/.exec(server.output) ?? [];
    return { removed: Number(removed), ms: Number(ms) };
  }

  it(
    'go while others are sending to the same chats, and nobody has to wait',
    async () => {
      const before = await sendWhile(() => new Promise((resolve) => setTimeout(resolve, 2_000)));
      let retained = { removed: 0, ms: 0 };
      const meanwhile = await sendWhile(async () => {
        retained = await retain();
      });
      process.stdout.write(
        `  ${database.name}: ${retained.removed} messages removed in ${retained.ms} ms; 99 of 100 sends took ` +
          `${p99(before)} ms before (${before.length}), ${p99(meanwhile)} ms meanwhile (${meanwhile.length}), ` +
          `the longest ${Math.max(...meanwhile).toFixed(1)} ms\n`,
      );
      expect(retained.removed).toBe(OLD);
      expect(await old()).toBe(0);
      // Whoever waited for it all would have sent once.
      expect(meanwhile.length).toBeGreaterThan(SENDERS * 10);
      const rows = await dataSource.query('SELECT COUNT(*) AS count FROM im_messages');
      expect(Number(rows[0].count)).toBe(before.length + meanwhile.length);
      expect(await complaints()).toEqual([]);
    },
    STORY_MS,
  );

  it(
    'are removed in part when the server is killed meanwhile, and the rest by the next',
    async () => {
      process.kill(server.pid, 'SIGUSR2');
      await until(async () => (await old()) < OLD - 2_000);
      await server.stop('SIGKILL');
      const left = await old();
      expect(left).toBeGreaterThan(0);
      expect(await complaints()).toEqual([]);

      await start();
      expect((await retain()).removed).toBe(left);
      expect(await old()).toBe(0);
      expect(await complaints()).toEqual([]);
      expect((await say('peer0')).errCode).toBe(0);
    },
    STORY_MS,
  );

  /** Sends until `work` is done; answers how long each took, in milliseconds. Every one has to succeed. */
  async function sendWhile(work: () => Promise<unknown>): Promise<number[]> {
    const took: number[] = [];
    const done = new AbortController();
    const sending = Array.from({ length: SENDERS }, async (_, sender) => {
      for (let round = sender; !done.signal.aborted; round += SENDERS) {
        const begin = performance.now();
        const answer = await say(peers[round % CHATS]);
        took.push(performance.now() - begin);
        expect(answer).toMatchObject({ errCode: 0 });
      }
    });
    try {
      await work();
    } finally {
      done.abort();
      await Promise.all(sending);
    }
    return took;
  }
});

function p99(took: readonly number[]): string {
  return took.toSorted((a, b) => a - b)[Math.floor(took.length * 0.99)].toFixed(1);
}

async function until(so: () => boolean | Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 120_000; !(await so());) {
    if (Date.now() > deadline) throw new Error('it did not come so');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
