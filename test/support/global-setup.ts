import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createConnection } from 'mysql2/promise';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    /** URL of a MySQL or MariaDB server whose account may create databases; "" when there is none. */
    mysqlServer: string;
    /** MySQL's or MariaDB's clients are installed: `mysqldump` and `mysql`. */
    mysqlTools: boolean;
    /** There is a `redis-server` that tests can start. */
    redisServer: boolean;
    /** The official SDK is installed in test/interop. */
    officialSdk: boolean;
  }
}

/** The documented test account: root without a password, on this machine. */
const LOCAL = 'mysql://root@127.0.0.1:3306';

/** The official SDK, where `npm ci --prefix test/interop` puts it. */
const OFFICIAL_SDK = 'test/interop/node_modules/@openim/client-sdk/package.json';

/** Compiles the server, looks once for what some suites need, and says loudly at the end what was not there. */
export default async function setup(project: TestProject): Promise<() => void> {
  // Some suites run the server as a process of its own.
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-b'], { stdio: 'inherit' });
  const wanted = process.env['TEST_MYSQL_URL'];
  const server = wanted ?? LOCAL;
  const problem = await tryConnect(server);
  if (problem && wanted) throw new Error(`TEST_MYSQL_URL does not answer: ${problem}`);
  project.provide('mysqlServer', problem ? '' : server);
  const mysqlTools = ['mysqldump', 'mysql'].every(isInstalled);
  project.provide('mysqlTools', mysqlTools);
  const redisServer = isInstalled('redis-server');
  project.provide('redisServer', redisServer);
  const officialSdk = existsSync(OFFICIAL_SDK);
  project.provide('officialSdk', officialSdk);
  return () => {
    if (problem) {
      say(
        `SKIPPED: nothing ran on MySQL or MariaDB, because none answers at ${LOCAL} (${problem}).`,
        'Set TEST_MYSQL_URL to an account that may create databases to run every suite there too.',
      );
    }
    if (!problem && !mysqlTools) {
      say(
        'SKIPPED: no backup was taken of MySQL or MariaDB, because mysqldump and mysql are not installed.',
        'They are in the packages mariadb-client and mysql-client.',
      );
    }
    if (!redisServer) {
      say(
        'SKIPPED: nothing ran with several nodes, because there is no redis-server that tests could start.',
        'Install Redis (Debian: redis-server) to have the suites of test/e2e/cluster run too.',
      );
    }
    if (!officialSdk) {
      say(
        'SKIPPED: nothing ran with the official OpenIM SDK, because it is not installed.',
        'Run `npm ci --prefix test/interop` once to have the suites of test/interop run too.',
      );
    }
  };
}

function isInstalled(command: string): boolean {
  return spawnSync(command, ['--version']).status === 0;
}

function say(...lines: string[]): void {
  process.stdout.write(`\n${lines.map((line) => `  ${line}\n`).join('')}\n`);
}

async function tryConnect(url: string): Promise<string | undefined> {
  try {
    const connection = await createConnection({ uri: url, connectTimeout: 3_000 });
    await connection.end();
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
}
