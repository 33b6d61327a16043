import { parseArgs } from 'node:util';
import { backUpSqlite, NoBackup } from './backup/sqlite-backup.js';
import { loadDotEnv } from './config/dot-env.js';
import { DEFAULT_DATABASE_URL } from './database/data-source.js';

const USAGE = `npm run backup -- <file>

Copies the embedded database into a file that is not there yet, as it is at one moment. The server may run meanwhile, and
goes on writing. It reads DATABASE_URL from the environment, and .env, as the server does. Uploaded files are copied after it,
and MySQL has tools of its own: docs/operations.md tells of both, and how to restore.

Exit code: 0 it is made, 1 it is not, 2 wrong use.
`;

const USE_MYSQLDUMP = `This makes copies of SQLite databases. For MySQL and MariaDB, with nobody migrating meanwhile:

  mysqldump --single-transaction --quick --no-tablespaces --default-character-set=utf8mb4 <database> > <file>

docs/operations.md tells the rest.
`;

/** How the process ends. */
const EXIT_CODES = { made: 0, failed: 1, wrongUse: 2 } as const;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({ options: { help: { type: 'boolean' } }, allowPositionals: true });
  if (values.help) {
    process.stdout.write(USAGE);
    return EXIT_CODES.made;
  }
  const [file] = positionals;
  if (file === undefined || positionals.length > 1) {
    process.stderr.write(USAGE);
    return EXIT_CODES.wrongUse;
  }
  if (process.env['NODE_ENV'] !== 'test') loadDotEnv();
  const url = process.env['DATABASE_URL']?.trim() || DEFAULT_DATABASE_URL;
  if (!url.startsWith('sqlite:')) {
    process.stderr.write(USE_MYSQLDUMP);
    return EXIT_CODES.wrongUse;
  }
  const begin = performance.now();
  const bytes = await backUpSqlite(url.slice('sqlite:'.length), file);
  const seconds = ((performance.now() - begin) / 1_000).toFixed(1);
  process.stdout.write(
    `${file}: ${(bytes / 1_048_576).toFixed(1)} MiB in ${seconds} s. Now copy the uploaded files.\n`,
  );
  return EXIT_CODES.made;
}

main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    const { code, message, stack } = error as NodeJS.ErrnoException;
    const misused = code?.startsWith('ERR_PARSE_ARGS') ?? false;
    process.stderr.write(`${error instanceof NoBackup ? message : misused ? `${message}\n\n${USAGE}` : stack}\n`);
    process.exitCode = misused ? EXIT_CODES.wrongUse : EXIT_CODES.failed;
  },
);
