import 'reflect-metadata';
import { parseArgs } from 'node:util';
import { loadDotEnv } from './config/dot-env.js';
import { ConfigError, Reading } from './config/reading.js';
import { DEFAULT_DATABASE_URL, withoutPassword } from './database/data-source.js';
import { NothingToExamine } from './doctor/database.js';
import { examine } from './doctor/examination.js';
import { asJson, asText, exitCodeOf } from './doctor/report.js';

const USAGE = `npm run doctor -- [options]

Looks at the set-up of the server and at everything it has stored, and changes nothing. It reads the environment, and .env,
as the server does, and may run beside it.

  --json      for machines
  --dense     every seq must have its message: where nobody deletes messages for everybody
  --thorough  SQLite: compare every row with its indices, too (takes minutes for some gigabytes)
  --help      this

Exit code: 0 sound (there may be warnings), 1 there are problems, 2 not everything could be looked at.
`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean' },
      dense: { type: 'boolean' },
      thorough: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  if (process.env['NODE_ENV'] !== 'test') loadDotEnv();
  const results = await examine(process.env, values);
  const database = withoutPassword(new Reading(process.env).text('DATABASE_URL', DEFAULT_DATABASE_URL));
  process.stdout.write(values.json ? asJson(results, database) : asText(results, database));
  return exitCodeOf(results);
}

/** Why nothing could be looked at, in words where the cause is known. */
function failureOf(error: unknown): string {
  if (error instanceof ConfigError || error instanceof NothingToExamine) return error.message;
  const { code, message, stack } = error as NodeJS.ErrnoException;
  return code?.startsWith('ERR_PARSE_ARGS') ? `${message}\n\n${USAGE}` : (stack ?? message);
}

main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    process.stderr.write(`${failureOf(error).trimEnd()}\n`);
    process.exitCode = 2;
  },
);
