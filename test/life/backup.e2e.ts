import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, createWriteStream, readFileSync } from 'node:fs';
import { cp, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, inject, it } from 'vitest';
import { describeOnEachDatabase, type FreshDatabase, freshDatabase } from '../support/databases.js';
import { ailments, askDoctor } from '../support/doctor.js';
import { post } from '../support/http.js';
import { hashOf, md5, randomBytes } from '../support/objects.js';
import { type ServerProcess, startProcess } from '../support/process.js';
import { isDone, ledger, tokenOf, Traffic } from '../support/traffic.js';

const BACKUP = fileURLToPath(new URL('../../dist/backup.js', import.meta.url));

/** What docs/operations.md says to run, so that it says what works. */
const OPERATIONS = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');

const NOWHERE = { API_PORT: '0', LEGACY_API_PORT: '0', WS_PORT: '0' };

describeOnEachDatabase('A backup that is taken while messages come in', (database) => {
  let folder: string;
  let from: FreshDatabase;
  let to: FreshDatabase;
  const running: ServerProcess[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'openim-backup-'));
    [from, to] = [await freshDatabase(database), await freshDatabase(database)];
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((server) => server.stop('SIGKILL')));
    await Promise.all([from.drop(), to.drop(), rm(folder, { recursive: true, force: true })]);
  });

  const start = async (url: string, objects: string): Promise<ServerProcess> => {
    const server = await startProcess({ DATABASE_URL: url, OBJECT_STORAGE: `file:${join(folder, objects)}` });
    running.push(server);
    return server;
  };

  it.skipIf(database.name !== 'SQLite' && !inject('mysqlTools'))(
    'is sound where it is restored, and has every message that was acknowledged before it began',
    async () => {
      const server = await start(from.url, 'objects');
      const content = randomBytes(100_000);
      await upload(server.url, 'film', content);
      const traffic = await Traffic.begin(server.url);
      await traffic.until(isDone, 30, Traffic.writers);
      const acknowledged = traffic.asked.filter(isDone).flatMap(({ clientMsgID }) => clientMsgID ?? []);

      const before = traffic.asked.length;
      await backUp();
      await cp(join(folder, 'objects', 'content'), join(folder, 'restored', 'content'), { recursive: true });
      const meanwhile = traffic.asked.slice(before).filter(isDone);

      await traffic.until(isDone, 1);
      await traffic.stop();
      expect(await server.stop('SIGTERM')).toBe(0);
      // It was taken from a server that went on working.
      expect(meanwhile.length).toBeGreaterThan(0);

      await restore();
      const env = { ...NOWHERE, DATABASE_URL: to.url, OBJECT_STORAGE: `file:${join(folder, 'restored')}` };
      const { code, checks, complaint } = await askDoctor(env, '--json', '--dense', '--thorough');
      expect({ problems: ailments(checks), unchecked: ailments(checks, 'unchecked'), complaint }).toEqual({
        problems: [],
        unchecked: [],
        complaint: '',
      });
      expect(code).toBe(0);

      const restored = await start(to.url, 'restored');
      const loaded = await fetch(`${restored.url}/object/film`);
      expect(Buffer.from(await loaded.arrayBuffer()).equals(content)).toBe(true);
      const token = await tokenOf(restored.url, 'openIM123456');
      const message = {
        sendID: 'ann',
        recvID: 'hub',
        contentType: 101,
        sessionType: 1,
        content: { content: 'on we go' },
      };
      const sent = await post(`${restored.url}/msg/send_msg`, message, { operationID: 'x', token });
      expect(sent.body).toMatchObject({ errCode: 0 });
      expect(await restored.stop('SIGTERM')).toBe(0);

      const stored = await ledger(to.url);
      expect(acknowledged.filter((clientMsgID) => stored.get(clientMsgID) !== 1)).toEqual([]);
    },
  );

  const backup = (): string => join(folder, 'backup');

  async function backUp(): Promise<void> {
    if (database.name === 'SQLite') {
      const env = { PATH: process.env['PATH'], NODE_ENV: 'test', DATABASE_URL: from.url };
      await promisify(execFile)(process.execPath, [BACKUP, backup()], { env });
      expect((await stat(backup())).mode & 0o777).toBe(0o600);
      expect((await readdir(folder)).filter((name) => name.endsWith('.partial'))).toEqual([]);
      return;
    }
    const [, flags = ''] = /^mysqldump ((?:--\S+ )+)/m.exec(OPERATIONS) ?? [];
    const dump = mysql('mysqldump', from.url, flags.trim().split(' '));
    await Promise.all([pipeline(dump.stdout, createWriteStream(backup())), ended(dump)]);
  }

  async function restore(): Promise<void> {
    if (database.name === 'SQLite') {
      await cp(backup(), to.url.slice('sqlite:'.length));
      return;
    }
    const client = mysql('mysql', to.url, ['--default-character-set=utf8mb4']);
    await Promise.all([pipeline(createReadStream(backup()), client.stdin), ended(client)]);
  }
});

/** A client of MySQL's or MariaDB's, on a database. */
function mysql(command: string, url: string, flags: string[]) {
  const { hostname, port, username, password, pathname } = new URL(url);
  const where = [`--host=${hostname}`, `--port=${port || '3306'}`, `--user=${decodeURIComponent(username)}`];
  return spawn(command, [...where, ...flags, pathname.slice(1)], {
    env: { PATH: process.env['PATH'], MYSQL_PWD: decodeURIComponent(password) },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

async function ended(child: ReturnType<typeof mysql>): Promise<void> {
  const [complaint, [code]] = await Promise.all([text(child.stderr), once(child, 'exit') as Promise<[number]>]);
  expect({ code, complaint: code === 0 ? '' : complaint }).toEqual({ code: 0, complaint: '' });
}

async function upload(url: string, name: string, content: Uint8Array): Promise<void> {
  const token = await tokenOf(url, 'openIM123456');
  const call = (path: string, body: object) =>
    post(`${url}/object/${path}`, body, { operationID: 'x', token }).then((answer) => answer.body);
  const begun = { hash: hashOf(content), size: content.length, maxParts: 1, name };
  const { uploadID, sign } = (await call('initiate_multipart_upload', begun)).data.upload;
  await fetch(sign.parts[0].url, { method: 'PUT', body: content as BodyInit });
  expect(await call('complete_multipart_upload', { uploadID, parts: [md5(content)], name })).toMatchObject({
    errCode: 0,
  });
}
