// npm run bench: every row against its baseline. Servers and load are processes of their own; this one only directs.
import { Bench } from './frame/bench.js';
import { durabilityOf } from './frame/database.js';
import { machine } from './frame/machine.js';
import { type Options, readOptions, USAGE } from './frame/options.js';
import { type RowResult, table, writeReport } from './frame/report.js';
import type { Line } from './frame/line.js';
import type { Row } from './frame/row.js';
import { ROWS } from './rows/all.js';

/** Milliseconds for everything, cleaning up aside. A row that takes too long is cut off, and each one after it has some left. */
const LIMIT = { full: 14 * 60_000, quick: 110_000 };

/** Of an even share of the time, what is kept for each of the rows to come. */
const KEPT = 0.5;

/** The row under way, and what rows share: `--quick` has no time for a server of each one's own. */
let current: Bench | undefined;
let keeper: Bench | undefined;

async function main(options: Options): Promise<boolean> {
  const limit = options.quick ? LIMIT.quick : LIMIT.full;
  const end = Date.now() + limit;
  const here = machine();
  const durability = await durabilityOf(options.database);
  console.log(`${here.cpu}, ${here.cores} cores, ${here.memoryGiB} GiB, Node ${here.node}, commit ${here.commit}`);
  console.log(`${durability}${options.quick ? ', quick' : ''}${options.profile ? ', profiled: do not quote' : ''}`);

  const rows: RowResult[] = [];
  const chosen = ROWS.filter(({ name }) => options.only.length === 0 || options.only.includes(name));
  for (const [index, row] of chosen.entries()) {
    const toCome = chosen.length - 1 - index;
    if (options.quick && chosen.length > 1) keeper ??= new Bench(options, 'shared');
    const result = await measure(row, options, end - (toCome * KEPT * limit) / chosen.length);
    // Whatever a row left behind that was cut off, it must not disturb the next one.
    if (result.failure) await endShared();
    rows.push(result);
    console.log(table(result));
  }
  await endShared();
  const date = new Date().toISOString();
  console.log(`\n${writeReport({ date, machine: here, durability, quick: options.quick, rows })}`);
  return rows.every(
    ({ failure, lines }) =>
      !failure && lines.every(({ sides }) => Object.values(sides).every(({ errors }) => errors === 0)),
  );
}

async function measure(row: Row, options: Options, end: number): Promise<RowResult> {
  const { name, about } = row;
  const begin = Date.now();
  if (begin >= end) return { name, about, seconds: 0, lines: [], failure: 'no time was left for it' };
  const bench = new Bench(options, name, keeper);
  current = bench;
  const outcome = await within(end - begin, row.run(bench)).then(
    (lines) => ({ lines }),
    (error: unknown) => ({ lines: [] as Line[], failure: error instanceof Error ? error.message : String(error) }),
  );
  await bench.end();
  return { name, about, seconds: (Date.now() - begin) / 1000, ...outcome };
}

async function endShared(): Promise<void> {
  await keeper?.end();
  keeper = undefined;
}

/** @throws Error when the time is over first */
async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('took too long for this run')), Math.max(milliseconds, 0));
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

process.once('SIGINT', () => {
  void Promise.all([current?.end(), keeper?.end()]).finally(() => process.exit(130));
});

let options: Options;
try {
  options = readOptions(
    process.argv.slice(2),
    ROWS.map(({ name }) => name),
  );
} catch (error) {
  console.error(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  process.exit(2);
}
process.exit((await main(options)) ? 0 : 1);
