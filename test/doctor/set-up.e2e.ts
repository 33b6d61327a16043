import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/config/reading.js';
import { createDataSource, MIGRATIONS_TABLE } from '../../src/database/data-source.js';
import { IM_MIGRATIONS } from '../../src/database/migrations/all.js';
import { NothingToExamine } from '../../src/doctor/database.js';
import { examine, type Result } from '../../src/doctor/examination.js';
import { IM_ENTITIES } from '../../src/entities.js';
import { describeCluster, describeOnEachDatabase, type FreshDatabase, freshDatabase } from '../support/databases.js';
import { ailments } from '../support/doctor.js';
import { RedisServer } from '../support/redis.js';

/** The default ports may be anybody's on the machine of the tests. */
const NO_PORTS = { API_PORT: '0', LEGACY_API_PORT: '0', WS_PORT: '0' };

const theOne = (results: readonly Result[], name: string): Result => {
  const found = results.find((result) => result.name === name);
  if (!found) throw new Error(`nobody looked at ${name}`);
  return found;
};

describeOnEachDatabase('The set-up', (database) => {
  let fresh: FreshDatabase;
  let dataSource: DataSource;
  let env: Record<string, string>;
  beforeEach(async () => {
    fresh = await freshDatabase(database);
    dataSource = await migrated(fresh.url);
    env = { ...NO_PORTS, DATABASE_URL: fresh.url };
  });
  afterEach(async () => {
    if (dataSource.isInitialized) await dataSource.destroy();
    await fresh.drop();
  });

  it('of a database in which nothing has happened is sound', async () => {
    const results = await examine(env);
    expect(ailments(results)).toEqual([]);
    expect(ailments(results, 'unchecked')).toEqual([]);
    // The server, which never started, would have made them.
    expect(theOne(results, 'users.administrators')).toMatchObject({ level: 'warning' });
  });

  describe('secrets', () => {
    it('that are public are a warning where it is tried out', async () => {
      expect(theOne(await examine(env), 'environment.secrets')).toMatchObject({ level: 'warning' });
    });

    it('that are public are a problem in production, and all else is looked at', async () => {
      const results = await examine({ ...env, NODE_ENV: 'production' });
      const { level, examples } = theOne(results, 'environment.secrets');
      expect(level).toBe('problem');
      expect(examples?.map((text) => text.split(' ', 1)[0])).toEqual(['IM_SECRET', 'TOKEN_SECRET']);
      expect(theOne(results, 'messages.counted').level).toBe('ok');
    });

    it('of its own are well, and never shown', async () => {
      const own = { IM_SECRET: 'a-secret-of-ours', TOKEN_SECRET: 'another-secret-of-ours' };
      const results = await examine({ ...env, ...own, NODE_ENV: 'production' });
      expect(theOne(results, 'environment.secrets').level).toBe('ok');
      expect(JSON.stringify(results)).not.toContain('secret-of-ours');
    });
  });

  it('with mistakes in the environment is not looked at: each mistake is named', async () => {
    const wrong = { ...env, API_PORT: 'many', LOG_LEVEL: 'loud', NODE_ENV: 'production' };
    const error: unknown = await examine(wrong).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ConfigError);
    expect((error as ConfigError).mistakes.map((mistake) => mistake.split(' ', 1)[0])).toEqual(
      expect.arrayContaining(['API_PORT', 'LOG_LEVEL', 'IM_SECRET', 'TOKEN_SECRET']),
    );
  });

  describe('migrations', () => {
    it('that are pending are a warning, and nothing is said of rows', async () => {
      await dataSource.undoLastMigration({ transaction: 'each' });
      const results = await examine(env);
      expect(theOne(results, 'schema.migrated')).toMatchObject({
        level: 'warning',
        examples: [new (IM_MIGRATIONS.at(-1)!)().name],
      });
      expect(ailments(results, 'unchecked')).toEqual(['data']);
    });

    it('of a newer version are a problem', async () => {
      await dataSource.query(
        `INSERT INTO ${MIGRATIONS_TABLE} (timestamp, name) VALUES (1900000000000, 'Tomorrow1900000000000')`,
      );
      expect(theOne(await examine(env), 'schema.known')).toMatchObject({
        level: 'problem',
        examples: ['Tomorrow1900000000000'],
      });
    });
  });

  it('with an index less is a problem', async () => {
    const index = 'im_groups_by_create_time';
    await dataSource.query(
      database.name === 'SQLite' ? `DROP INDEX ${index}` : `ALTER TABLE im_groups DROP INDEX ${index}`,
    );
    const { level, examples } = theOne(await examine(env), 'schema.drift');
    expect(level).toBe('problem');
    expect(examples?.join()).toContain(index);
  });

  it('with something stored of the future is a warning', async () => {
    const tomorrow = Date.now() + 86_400_000;
    await dataSource.query("INSERT INTO im_users (userID, createTime) VALUES ('ann', ?)", [tomorrow]);
    const { level, examples } = theOne(await examine(env), 'schema.clock');
    expect(level).toBe('warning');
    expect(examples).toEqual([`the newest account is of ${new Date(tomorrow).toISOString()}`]);
  });

  it('for more clients than files may be open is a warning', async () => {
    const results = await examine({ ...env, WS_MAX_CONNECTIONS: '1000000' });
    // Other systems than Linux do not tell, and some let everything be open.
    const { level, says } = theOne(results, 'environment.open-files');
    expect(`${level}: ${says}`).toMatch(/^warning: \d+ files for WS_MAX_CONNECTIONS=1000000$|^ok: /);
    expect(theOne(await examine({ ...env, WS_MAX_CONNECTIONS: '1' }), 'environment.open-files').level).toBe('ok');
  });

  describe.runIf(database.name === 'MariaDB')('of MariaDB', () => {
    it('with a column that does not tell Bob from bob is a problem', async () => {
      await dataSource.query('ALTER TABLE im_users MODIFY userID varchar(64) COLLATE utf8mb4_general_ci NOT NULL');
      const { level, examples } = theOne(await examine(env), 'mysql.tables');
      expect(level).toBe('problem');
      expect(examples).toEqual(['im_users.userID is utf8mb4_general_ci']);
    });

    it('with a table that has no transactions is a problem', async () => {
      await dataSource.query('ALTER TABLE im_app_badges ENGINE = MyISAM');
      expect(theOne(await examine(env), 'mysql.tables').examples).toEqual(['im_app_badges is MyISAM']);
    });

    it('of a database that is not there is told', async () => {
      const nowhere = fresh.url.replace(/\w+$/, 'openim_nowhere');
      await expect(examine({ ...env, DATABASE_URL: nowhere })).rejects.toThrow('there is no such database');
      const deaf = 'mysql://root@127.0.0.1:1/openim';
      await expect(examine({ ...env, DATABASE_URL: deaf })).rejects.toThrow('it does not answer');
    });
  });

  describe.runIf(database.name === 'SQLite')('of SQLite', () => {
    it('in a file that is damaged is a problem', async () => {
      const [{ rootpage }] = await dataSource.query("SELECT rootpage FROM sqlite_master WHERE name = 'im_blacks'");
      const [{ page_size: size }] = await dataSource.query('PRAGMA page_size');
      await dataSource.query('PRAGMA wal_checkpoint(TRUNCATE)');
      await dataSource.destroy();
      const file = await open(fresh.url.slice('sqlite:'.length), 'r+');
      await file.write(Buffer.alloc(100, 0xff), 0, 100, (rootpage - 1) * size);
      await file.close();
      const { level, says } = theOne(await examine(env), 'sqlite.sound');
      expect({ level, says }).toEqual({ level: 'problem', says: 'it is damaged' });
    });

    it('with another journal is a warning', async () => {
      await dataSource.query('PRAGMA journal_mode = DELETE');
      expect(theOne(await examine(env), 'sqlite.journal')).toMatchObject({
        level: 'warning',
        says: 'journal_mode is delete',
      });
    });
  });
});

describe('A database file', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'openim-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('that is not there is told, and not made', async () => {
    const path = join(folder, 'deep', 'im.sqlite');
    const looking = examine({ ...NO_PORTS, DATABASE_URL: `sqlite:${path}` });
    await expect(looking).rejects.toThrow(NothingToExamine);
    await expect(looking).rejects.toThrow(`There is no file ${path}`);
    await expect(rm(join(folder, 'deep'))).rejects.toThrow('ENOENT');
  });

  it('that is none is told', async () => {
    const path = join(folder, 'im.sqlite');
    await writeFile(path, 'Dear diary, '.repeat(1_000));
    await expect(examine({ ...NO_PORTS, DATABASE_URL: `sqlite:${path}` })).rejects.toThrow(/not a database/);
  });
});

describe('Addresses', () => {
  let folder: string;
  let stranger: Server;
  let taken: string;
  let env: Record<string, string>;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'openim-'));
    env = { ...NO_PORTS, HOST: '127.0.0.1', DATABASE_URL: `sqlite:${join(folder, 'im.sqlite')}` };
    await (await migrated(env['DATABASE_URL'])).destroy();
    stranger = createServer((_, response) => response.end('{"hello":"I am somebody else"}'));
    await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve));
    taken = String((stranger.address() as AddressInfo).port);
  });
  afterEach(async () => {
    stranger.close();
    await rm(folder, { recursive: true, force: true });
  });

  it.each([
    ['API_PORT', 'addresses.rest'],
    ['LEGACY_API_PORT', 'addresses.legacy'],
    ['WS_PORT', 'addresses.gateway'],
  ])('%s that somebody else has is a problem', async (variable, name) => {
    const { level, says } = theOne(await examine({ ...env, [variable]: taken }), name);
    expect({ level, says }).toEqual({ level: 'problem', says: `something else listens on ${taken}` });
  });

  it('that are free are well', async () => {
    await new Promise((resolve) => stranger.close(resolve));
    const results = await examine({ ...env, API_PORT: taken });
    expect(theOne(results, 'addresses.rest')).toMatchObject({
      level: 'ok',
      says: expect.stringContaining('not running'),
    });
  });

  it('PUBLIC_URL that leads to somebody else, or nowhere, is a warning', async () => {
    const elsewhere = theOne(await examine({ ...env, PUBLIC_URL: `http://127.0.0.1:${taken}` }), 'addresses.public');
    expect(elsewhere).toMatchObject({ level: 'warning', says: expect.stringContaining('something else answers') });
    const nowhere = theOne(await examine({ ...env, PUBLIC_URL: 'http://127.0.0.1:1' }), 'addresses.public');
    expect(nowhere).toMatchObject({ level: 'warning', says: expect.stringContaining('nothing answers') });
  });

  it('of a store of files that does not answer are a problem', async () => {
    const at = (port: string) => `s3://bucket?endpoint=${encodeURIComponent(`http://127.0.0.1:${port}`)}`;
    const answering = await examine({ ...env, OBJECT_STORAGE: at(taken) });
    expect(theOne(answering, 'addresses.objects').level).toBe('ok');
    const silent = await examine({ ...env, OBJECT_STORAGE: at('1') });
    expect(theOne(silent, 'addresses.objects').level).toBe('problem');
  });
});

describeCluster('A Redis', (database) => {
  it('that does not answer is a problem', { timeout: 60_000 }, async () => {
    const [fresh, redis] = await Promise.all([freshDatabase(database), RedisServer.start()]);
    await (await migrated(fresh.url)).destroy();
    const env = { ...NO_PORTS, DATABASE_URL: fresh.url, REDIS_URL: redis.url };
    expect(theOne(await examine(env), 'addresses.redis').level).toBe('ok');
    await redis.close();
    expect(theOne(await examine(env), 'addresses.redis').level).toBe('problem');
    await fresh.drop();
  });
});

/** A database with all its tables, and nothing in them. */
async function migrated(url: string): Promise<DataSource> {
  const dataSource = await createDataSource(url, { entities: IM_ENTITIES, migrations: IM_MIGRATIONS });
  await dataSource.initialize();
  await dataSource.runMigrations({ transaction: 'each' });
  return dataSource;
}
