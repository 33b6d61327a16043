import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { describe, inject } from 'vitest';
import type { TestDatabase } from './im.js';

/** A database of a test's own, empty. */
export interface FreshDatabase {
  url: string;
  drop(): Promise<void>;
}

interface Engine extends TestDatabase {
  fresh(): Promise<FreshDatabase>;
}

const sqlite: Engine = {
  name: 'SQLite',
  async fresh() {
    const folder = await mkdtemp(join(tmpdir(), 'openim-'));
    return { url: `sqlite:${join(folder, 'im.sqlite')}`, drop: () => rm(folder, { recursive: true, force: true }) };
  },
};

function mysql(server: string): Engine {
  return {
    name: 'MariaDB',
    async fresh() {
      const name = `openim_test_${randomBytes(6).toString('hex')}`;
      await onServer(server, `CREATE DATABASE ${name}`);
      const url = new URL(server);
      url.pathname = `/${name}`;
      return { url: url.href, drop: () => onServer(server, `DROP DATABASE ${name}`) };
    },
  };
}

async function onServer(server: string, sql: string): Promise<void> {
  const connection = await createConnection(server);
  await connection.query(sql);
  await connection.end();
}

/** Runs the story on SQLite, and on MySQL or MariaDB where one answers (see global-setup.ts). */
export function describeOnEachDatabase(name: string, story: (database: TestDatabase) => void): void {
  const server = inject('mysqlServer');
  for (const engine of [sqlite, ...(server ? [mysql(server)] : [])]) {
    describe(`${name} (${engine.name})`, () => story(engine));
  }
}

/** Runs the story on MySQL or MariaDB alone: what goes wrong between a server and its database does not with an embedded one. */
export function describeOnMysql(name: string, story: (database: TestDatabase) => void): void {
  const server = inject('mysqlServer');
  describe.skipIf(!server)(`${name} (MariaDB)`, () => story(mysql(server)));
}

/** Runs the story where several nodes can be: on MySQL or MariaDB, with a Redis of its own. */
export function describeCluster(name: string, story: (database: TestDatabase) => void): void {
  const server = inject('mysqlServer');
  describe.skipIf(!server || !inject('redisServer'))(`${name} (MariaDB, Redis)`, () => story(mysql(server)));
}

export function freshDatabase(database: TestDatabase): Promise<FreshDatabase> {
  return (database as Engine).fresh();
}
