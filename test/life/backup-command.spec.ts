import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EmbeddedSqlite } from '../../src/database/embedded-sqlite.js';

const BACKUP = fileURLToPath(new URL('../../dist/backup.js', import.meta.url));

describe('npm run backup', () => {
  let folder: string;
  let url: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'openim-backup-'));
    url = `sqlite:${join(folder, 'im.sqlite')}`;
    const database = new EmbeddedSqlite(join(folder, 'im.sqlite'));
    database.exec('CREATE TABLE t (x)');
    database.close();
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const run = (databaseUrl: string, ...args: string[]) => {
    const env = { PATH: process.env['PATH'], NODE_ENV: 'test', DATABASE_URL: databaseUrl };
    const { status, stderr } = spawnSync(process.execPath, [BACKUP, ...args], { env, encoding: 'utf8' });
    return { status, says: stderr.split('\n')[0] };
  };

  it('overwrites nothing', async () => {
    const taken = join(folder, 'mine');
    await writeFile(taken, 'precious');
    expect(run(url, taken)).toEqual({ status: 1, says: expect.stringContaining('is there already') });
    expect(await readFile(taken, 'utf8')).toBe('precious');
  });

  it('makes no database where there is none', async () => {
    const { status, says } = run(`sqlite:${join(folder, 'wrong.sqlite')}`, join(folder, 'copy'));
    expect({ status, says }).toEqual({ status: 1, says: expect.stringContaining('There is no file') });
    expect(await readdir(folder)).toEqual(['im.sqlite']);
  });

  it('leaves nothing of a copy that failed', async () => {
    await writeFile(join(folder, 'im.sqlite'), 'this is no database, though it is long enough to be one'.repeat(200));
    expect(run(url, join(folder, 'copy'))).toEqual({ status: 1, says: expect.stringContaining('The copy failed') });
    expect(await readdir(folder)).toEqual(['im.sqlite']);
  });

  it('sends who has MySQL to its own tools, and says how it is used', () => {
    expect(run('mysql://root@127.0.0.1/im', join(folder, 'copy'))).toEqual({
      status: 2,
      says: expect.stringContaining('For MySQL and MariaDB'),
    });
    expect(run(url)).toEqual({ status: 2, says: 'npm run backup -- <file>' });
    expect(run(url, '--force', 'x')).toEqual({ status: 2, says: expect.stringContaining('--force') });
  });
});
