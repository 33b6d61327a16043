import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AuditRetention } from '../../../src/audit/audit-retention.js';
import { createDataSource } from '../../../src/database/data-source.js';
import { insertRows } from '../../../src/database/bulk.js';
import { Transactions } from '../../../src/database/transactions.js';
import { AuditEntry } from '../../../src/audit/audit-entry.entity.js';
import { freshDatabase } from '../../support/databases.js';
import type { Im } from '../../support/im.js';
import { startProcess } from '../../support/process.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';

const ADMIN = 'openIM123456';
const DAY_MS = 86_400_000;

describeOnEachDatabase('The audit log', (database) => {
  let im: Im;
  let admin: string;
  beforeAll(async () => {
    im = await startIm({ database, env: { TRUSTED_PROXIES: 'loopback' } });
    admin = await im.adminToken();
    await im.register('ann', 'bob', 'carl');
  });
  afterAll(() => im.close());

  const page = { pagination: { pageNumber: 1, showNumber: 100 } };
  async function found(filter: object = {}): Promise<{ total: number; entries: any[] }> {
    const { body, text } = await im.v3('/admin/search_audit_log', { ...page, ...filter }, admin);
    if (body.errCode !== 0) throw new Error(text);
    return body.data;
  }
  /** As an administrator, under an operationID of its own. */
  async function does(path: string, body: object, headers: Record<string, string> = {}): Promise<string> {
    const operationID = randomUUID();
    await im.post(path, body, { operationID, token: admin, ...headers });
    return operationID;
  }

  it('tells who did what, to whom, from where, and how it ended', async () => {
    const group = await im.group('ann', 'bob');
    const before = Date.now();
    const headers = { 'x-forwarded-for': '198.51.100.7' };
    const body = { groupID: group, kickedUserIDs: ['bob'], reason: 'nobody is to read this' };
    const operationID = await does('/group/kick_group', body, headers);
    const { total, entries } = await found({ operationID });
    expect(total).toBe(1);
    expect(entries).toEqual([
      {
        time: expect.any(Number),
        actor: ADMIN,
        bySecret: false,
        ip: '198.51.100.7',
        dialect: 'v3',
        path: '/group/kick_group',
        operationID,
        targets: [group, 'bob'],
        moreTargets: 0,
        errCode: 0,
      },
    ]);
    expect(entries[0].time).toBeGreaterThanOrEqual(before);
    expect(entries[0].time).toBeLessThanOrEqual(Date.now());
  });

  it('has what AppServers did by the secret, in every dialect, and never the secret', async () => {
    const [one, two, three] = [randomUUID(), randomUUID(), randomUUID()];
    const login = { secret: 'tuoyun', platform: 1 };
    await im.v1('/auth/user_register', { ...login, uid: 'dora', name: 'Dora', operationID: one });
    await im.v2('/auth/user_token', { ...login, userID: 'dora', operationID: two });
    await im.post('/auth/get_admin_token', { secret: 'openIM123', userID: ADMIN }, { operationID: three });
    const entries = await Promise.all(
      [one, two, three].map(async (id) => (await found({ operationID: id })).entries[0]),
    );
    expect(entries).toMatchObject([
      { actor: '', bySecret: true, dialect: 'v1', path: '/auth/user_register', targets: ['dora'], ip: '127.0.0.1' },
      { actor: '', bySecret: true, dialect: 'v2', path: '/auth/user_token', targets: ['dora'] },
      { actor: '', bySecret: true, dialect: 'v3', path: '/auth/get_admin_token', targets: [ADMIN] },
    ]);
  });

  it('has what failed, too', async () => {
    const unknown = await does('/auth/get_user_token', { userID: 'nobody', platformID: 1 });
    const invalid = await does('/group/kick_group', { groupID: 7 });
    expect((await found({ operationID: unknown })).entries).toMatchObject([{ errCode: 1004, targets: ['nobody'] }]);
    expect((await found({ operationID: invalid })).entries).toMatchObject([{ errCode: 1001, targets: [] }]);
  });

  it('has what administrators did in v1', async () => {
    const operationID = randomUUID();
    await im.v1('/friend/import_friend', { uid: 'ann', ownerUid: 'carl', operationID }, admin);
    expect((await found({ operationID })).entries).toMatchObject([
      { actor: ADMIN, dialect: 'v1', path: '/friend/import_friend', targets: ['ann', 'carl'], errCode: 0 },
    ]);
  });

  it('has neither what only reads, nor messages, nor what users did', async () => {
    const read = await does('/user/get_users', page);
    const searched = await does('/admin/search_audit_log', page);
    const text = { sendID: 'ann', recvID: 'bob', sessionType: 1, contentType: 101, content: { content: 'hello' } };
    const sent = await does('/msg/send_msg', text);
    const own = randomUUID();
    const profile = { userInfo: { userID: 'ann', ex: 'mine' } };
    await im.post('/user/update_user_info', profile, { operationID: own, token: await im.tokenOf('ann') });
    const wrong = randomUUID();
    await im.post('/auth/user_token', { secret: 'wrong', platformID: 1, userID: ADMIN }, { operationID: wrong });
    for (const operationID of [read, searched, sent, own, wrong]) expect((await found({ operationID })).total).toBe(0);
  });

  it('keeps nothing of a request but IDs', async () => {
    const profile = { userID: 'ann', nickname: 'hush-nickname', ex: 'hush-ex', phoneNumber: 'hush-phone' };
    const changed = await does('/user/update_user_info', { userInfo: profile });
    const misplaced = await does('/auth/force_logout', { userID: admin, platformID: 1 });
    const registered = await does('/user/user_register', {
      secret: 'openIM123',
      users: [{ userID: 'emil', nickname: 'hush-emil', faceURL: 'hush-face' }],
    });
    for (const operationID of [changed, misplaced, registered]) await found({ operationID });
    const rows = JSON.stringify(await im.rows('im_audit_log', {}));
    expect(rows).toContain('emil');
    for (const secret of ['hush', 'openIM123"', 'tuoyun', admin]) expect(rows).not.toContain(secret);
  });

  it('is found by actor, path, time and result, newest first, page by page', async () => {
    const other = (await im.v3('/auth/user_token', { secret: 'openIM123', platformID: 1, userID: 'openIMAdmin' })).body
      .data.token as string;
    const kick = (userID: unknown) => does('/auth/force_logout', { userID, platformID: 9 }, { token: other });
    const done = [await kick('ann'), await kick(7), await kick('carl')];
    const mine = { actor: 'openIMAdmin', path: '/auth/force_logout' };
    const ids = ({ entries }: { entries: any[] }): string[] => entries.map(({ operationID }) => operationID);
    const all = await found(mine);
    expect(ids(all)).toEqual(done.toReversed());
    expect(all.total).toBe(3);
    expect(ids(await found({ ...mine, path: 'auth/force_logout' }))).toEqual(ids(all));
    expect(ids(await found({ ...mine, result: 'failure' }))).toEqual([done[1]]);
    expect(ids(await found({ ...mine, result: 'success' }))).toEqual([done[2], done[0]]);
    expect(await found({ ...mine, pagination: { pageNumber: 2, showNumber: 2 } })).toMatchObject({
      total: 3,
      entries: [{ operationID: done[0] }],
    });
    const { time } = all.entries[0];
    expect((await found({ ...mine, startTime: time + 1 })).total).toBe(0);
    expect((await found({ ...mine, endTime: time })).total).toBe(3);
    expect((await found({ ...mine, endTime: all.entries[2].time - 1 })).total).toBe(0);
    expect((await found({ ...mine, path: '/group/kick_group' })).total).toBe(0);
    expect((await found({ actor: 'somebody' })).total).toBe(0);
  });

  it('refuses what cannot be looked for', async () => {
    for (const wrong of [{ result: 'ok' }, { startTime: 2, endTime: 1 }, { startTime: -1 }, { actor: 7 }]) {
      const { body } = await im.v3('/admin/search_audit_log', { ...page, ...wrong }, admin);
      expect(body.errCode).toBe(1001);
    }
    expect((await im.v3('/admin/search_audit_log', {}, admin)).body.errCode).toBe(1001);
  });

  it('is for administrators alone', async () => {
    const { body } = await im.v3('/admin/search_audit_log', page, await im.tokenOf('ann'));
    expect(body).toEqual({ errCode: 1002, errMsg: 'NoPermissionError', errDlt: expect.any(String) });
    expect((await im.v3('/admin/search_audit_log', page)).body.errCode).toBe(1001);
  });

  it('takes in an operationID as it comes, as far as it can be kept', async () => {
    const long = `long-${'x'.repeat(400)}`;
    await im.v1('/friend/import_friend', { uid: 'ann', ownerUid: 'bob', operationID: long }, admin);
    await im.v1('/friend/import_friend', { uid: 'ann', ownerUid: 'bob', operationID: '😀'.repeat(200) }, admin);
    expect((await found({ operationID: long.slice(0, 128) })).total).toBe(1);
    expect((await found({ operationID: '😀'.repeat(128) })).total).toBe(1);
  });

  it('is kept so many days, and no longer', async () => {
    const now = Date.now();
    const old = Array.from({ length: 2_500 }, (_, index) => entryAt(now - 181 * DAY_MS - index, `old-${index}`));
    const young = entryAt(now - 179 * DAY_MS, 'young');
    const { manager } = im.get(Transactions);
    await insertRows(manager, AuditEntry, [...old, young]);
    expect((await found({ actor: 'history' })).total).toBe(2_501);
    await im.get(AuditRetention).run(now);
    expect((await found({ actor: 'history' })).entries).toMatchObject([{ operationID: 'young' }]);
  });
});

function entryAt(actedAt: number, entryID: string): AuditEntry {
  const what = {
    dialect: 3,
    path: 'group/kick_group',
    operationID: entryID,
    targets: '[]',
    moreTargets: 0,
    errCode: 0,
  };
  return { actedAt, entryID, actorUserID: 'history', bySecret: false, ip: '', ...what };
}

describeOnEachDatabase('What administrators did', (database) => {
  const login = { secret: 'openIM123', platformID: 1, userID: ADMIN };

  it('is stored when the server stops right afterwards', async () => {
    const fresh = await freshDatabase(database);
    const server = await startProcess({ DATABASE_URL: fresh.url });
    const answer = await fetch(`${server.url}/auth/user_token`, {
      method: 'POST',
      headers: { operationID: 'the last one' },
      body: JSON.stringify(login),
    });
    expect(await answer.json()).toMatchObject({ errCode: 0 });
    expect(await server.stop('SIGTERM')).toBe(0);
    const dataSource = await createDataSource(fresh.url, { entities: [], migrations: [] });
    await dataSource.initialize();
    const rows = await dataSource.query('SELECT path, operationID FROM im_audit_log');
    await dataSource.destroy();
    await fresh.drop();
    expect(rows).toEqual([expect.objectContaining({ path: 'auth/user_token', operationID: 'the last one' })]);
  });

  describe('is noted', () => {
    it('nowhere where nobody wants it', async () => {
      const im = await startIm({ database, env: { AUDIT_LOG_DAYS: '0' } });
      const admin = await im.adminToken();
      const { body } = await im.v3('/admin/search_audit_log', { pagination: { pageNumber: 1, showNumber: 1 } }, admin);
      expect(body.data).toEqual({ total: 0, entries: [] });
      await im.close();
    });
  });
});
