import { parseArgs } from 'node:util';

/** What the command line asks for. */
export interface Options {
  /** `sqlite` or `mysql://…`. */
  readonly database: string;
  /** Fewer connections and shorter windows: a look, not a figure to quote. */
  readonly quick: boolean;
  /** Names of rows; empty: all. */
  readonly only: readonly string[];
  /** Write a CPU profile of the server for each measured window. */
  readonly profile: boolean;
}

export const USAGE = `npm run bench -- [options]
  --database sqlite | mysql://user:password@host:port   default sqlite; the account must be allowed to create databases
  --quick                                               under two minutes
  --only <row>                                          may be repeated
  --profile                                             CPU profiles of the server into bench/results/`;

/** @throws Error that says what is wrong with the arguments */
export function readOptions(args: string[], rows: readonly string[]): Options {
  const { values } = parseArgs({
    args,
    options: {
      database: { type: 'string', default: 'sqlite' },
      quick: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
      profile: { type: 'boolean', default: false },
    },
  });
  assertDatabase(values.database);
  for (const name of values.only) {
    if (!rows.includes(name)) throw new Error(`--only must name one of ${rows.join(', ')}, not ${name}`);
  }
  return values;
}

/** @throws Error when it is neither of the engines */
export function assertDatabase(database: string): void {
  if (database !== 'sqlite' && !database.startsWith('mysql://')) {
    throw new Error(`--database must be sqlite or mysql://…, not ${database}`);
  }
}
