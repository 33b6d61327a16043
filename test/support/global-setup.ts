import { execFileSync } from 'node:child_process';
import { createConnection } from 'mysql2/promise';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    /** URL of a MySQL or MariaDB server whose account may create databases; "" when there is none. */
    mysqlServer: string;
  }
}

/** The documented test account: root without a password, on this machine. */
const LOCAL = 'mysql://root@127.0.0.1:3306';

/** Compiles the server, looks once whether there is a MySQL or MariaDB server, and says loudly at the end when there was none. */
export default async function setup(project: TestProject): Promise<() => void> {
  // Some suites run the server as a process of its own.
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-b'], { stdio: 'inherit' });
  const wanted = process.env['TEST_MYSQL_URL'];
  const server = wanted ?? LOCAL;
  const problem = await tryConnect(server);
  if (problem && wanted) throw new Error(`TEST_MYSQL_URL does not answer: ${problem}`);
  project.provide('mysqlServer', problem ? '' : server);
  return () => {
    if (!problem) return;
    process.stdout.write(
      `\n  SKIPPED: nothing ran on MySQL or MariaDB, because none answers at ${LOCAL} (${problem}).\n` +
        '  Set TEST_MYSQL_URL to an account that may create databases to run every suite there too.\n\n',
    );
  };
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
