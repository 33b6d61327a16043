import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Transactions } from '../../src/database/transactions.js';
import { DATA } from '../../src/doctor/checks.js';
import { ailments, askDoctor, environmentOf } from '../support/doctor.js';
import type { Im } from '../support/im.js';
import { describeOnEachDatabase, startIm } from '../support/server.js';

describeOnEachDatabase('npm run doctor', (database) => {
  let im: Im;
  let env: Record<string, string>;
  beforeAll(async () => {
    im = await startIm({ database });
    env = environmentOf(im);
    await im.register('ann', 'bob');
  });
  afterAll(() => im.close());

  it('says of a sound server that it is, and ends with 0', async () => {
    const { code, output, complaint } = await askDoctor(env);
    expect(complaint).toBe('');
    expect(output).toContain(`the server answers at ${im.url}`);
    expect(output).toMatch(/\n\d+ checks: 0 problems, \d+ warnings?\.\n$/);
    expect(code).toBe(0);
    for (const { title } of DATA) expect(output).toContain(`\n${title}\n`);
  });

  it('finds nothing in a server that is being written to', async () => {
    const admin = await im.adminToken();
    const stopping = new AbortController();
    const written: string[] = [];
    /** Everybody writes to everybody, in new groups, and leaves them: each request changes many tables at once. */
    const write = async (who: number): Promise<void> => {
      while (!stopping.signal.aborted) {
        const [a, b] = [`u${who}x${written.length}`, `v${who}x${written.length}`];
        const groupID = await im.group(a, b);
        const message = { sendID: a, contentType: 101, content: { text: 'hello' } };
        await im.v1('/manager/send_msg', { ...message, recvID: b, sessionType: 1 }, admin);
        await im.v1('/manager/send_msg', { ...message, recvID: groupID, sessionType: 2 }, admin);
        await im.v1('/group/kick_group', { groupID, uidListInfo: [{ userId: b }], reason: '' }, admin);
        await im.v1('/friend/import_friend', { uid: a, ownerUid: b }, admin);
        await im.v1('/manager/delete_user', { deleteUidList: [a] }, admin);
        written.push(groupID);
      }
    };
    const writers = Promise.all([1, 2, 3].map(write));
    const lookAtIt = async (): Promise<void> => {
      for (let run = 0; run < 4 || written.length < 10; run += 1) {
        const { code, checks, complaint } = await askDoctor(env, '--json', '--dense');
        const found = checks.filter(({ level }) => level === 'problem');
        expect({ code, complaint, found }).toEqual({ code: 0, complaint: '', found: [] });
      }
    };
    await Promise.race([lookAtIt(), writers]).finally(() => stopping.abort());
    await writers;
  }, 180_000);

  it('names what is wrong, for people and for machines, and ends with 1', async () => {
    const { manager } = im.get(Transactions);
    await manager.query("INSERT INTO im_read_positions (userID, conversationID, hasReadSeq) VALUES ('ann', 'si_x', 7)");
    const told = await askDoctor(env);
    expect(told.code).toBe(1);
    expect(told.output).toMatch(/PROBLEM {2,}nobody has read beyond the end of a conversation: not so 1 times/);
    expect(told.output).toContain('- userID "ann", conversationID "si_x", hasReadSeq 7, maxSeq null');

    const { code, output, checks } = await askDoctor(env, '--json');
    expect(code).toBe(1);
    expect(ailments(checks)).toEqual(['messages.read']);
    const { exitCode, database: shown, time } = JSON.parse(output) as Record<string, unknown>;
    expect({ exitCode, shown }).toEqual({ exitCode: 1, shown: env['DATABASE_URL'] });
    expect(Date.parse(time as string)).toBeGreaterThan(Date.now() - 60_000);
  });

  it.runIf(database.name === 'MariaDB')('shows no password', async () => {
    const url = new URL(env['DATABASE_URL']);
    url.password = 'hush-hush';
    const { code, output, complaint } = await askDoctor({ ...env, DATABASE_URL: url.href });
    expect(code).toBe(2);
    expect(complaint).toContain('refuses user or password');
    expect(output + complaint).not.toContain('hush-hush');
  });
});

describe('npm run doctor that cannot look', () => {
  it.each([
    ['an option it does not know', {}, ['--heal'], /Unknown option '--heal'[\s\S]+--json/],
    ['a wrong environment', { API_PORT: 'many' }, [], /1 mistake[\s\S]+API_PORT must be/],
    ['no database', { DATABASE_URL: 'sqlite:/nowhere/im.sqlite' }, [], /^There is no file \/nowhere\/im.sqlite/],
    ['a database in memory', { DATABASE_URL: 'sqlite::memory:' }, [], /in memory/],
  ])('ends with 2 and says why: %s', async (_what, env, args, says) => {
    const { code, output, complaint } = await askDoctor(env, ...args);
    expect({ code, output }).toEqual({ code: 2, output: '' });
    expect(complaint).toMatch(says);
    expect(complaint).not.toMatch(/\n\s+at /);
  });

  it('tells how it is used', async () => {
    const { code, output } = await askDoctor({}, '--help');
    expect(code).toBe(0);
    expect(output).toContain('Exit code: 0 sound');
  });
});
