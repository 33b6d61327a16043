// npm run bench:growth: the same sends and pulls in a database that grows, to see what each costs more.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Bench } from '../frame/bench.js';
import { durabilityOf, sizeOnDisk } from '../frame/database.js';
import { machine } from '../frame/machine.js';
import { assertDatabase } from '../frame/options.js';
import { RESULTS, short } from '../frame/report.js';
import { grow, sendModel, type Size, sizeOf } from './fill.js';
import { type Measured, measure, RATE } from './measure.js';

const SIZES = [1e4, 1e5, 1e6, 1e7];

const USAGE = `npm run bench:growth -- [options]
  --database sqlite | mysql://user:password@host:port   default sqlite; the account must be allowed to create databases
  --up-to 1e4 | 1e5 | 1e6 | 1e7                         messages of the largest size, default 1e7: some 10 GB of disk`;

/** What was seen at one size. */
interface Step extends Size {
  readonly bytes: number;
  readonly secondsToFill: number;
  readonly measured: readonly Measured[];
}

interface GrowthOptions {
  readonly database: string;
  readonly upTo: number;
}

/** @throws Error that says what is wrong with the arguments */
function readGrowthOptions(args: string[]): GrowthOptions {
  const { values } = parseArgs({
    args,
    options: { database: { type: 'string', default: 'sqlite' }, 'up-to': { type: 'string', default: '1e7' } },
  });
  assertDatabase(values.database);
  const upTo = Number(values['up-to']);
  if (!SIZES.includes(upTo)) throw new Error(`--up-to must be 1e4, 1e5, 1e6 or 1e7, not ${values['up-to']}`);
  return { database: values.database, upTo };
}

async function main(bench: Bench, { database, upTo }: GrowthOptions): Promise<boolean> {
  const here = machine();
  const durability = await durabilityOf(database);
  console.log(`${here.cpu}, ${here.cores} cores, ${here.memoryGiB} GiB, Node ${here.node}, commit ${here.commit}`);
  console.log(`${durability}, ${RATE} requests a second`);

  let server = await bench.server();
  const model = await sendModel(server);
  let before: Size = sizeOf(0);
  const steps: Step[] = [];
  for (const size of SIZES.filter((messages) => messages <= upTo).map(sizeOf)) {
    await server.stop();
    const begin = Date.now();
    await grow(server.databaseUrl, model, before, size);
    const secondsToFill = (Date.now() - begin) / 1000;
    server = await bench.restarted(server);
    const measured = await measure(bench, server, size);
    const step = { ...size, bytes: await sizeOnDisk(server.databaseUrl), secondsToFill, measured };
    steps.push(step);
    console.log(table(step, steps));
    before = size;
  }
  mkdirSync(RESULTS, { recursive: true });
  const file = join(RESULTS, 'growth.json');
  const report = {
    date: new Date().toISOString(),
    machine: here,
    durability,
    rate: RATE,
    steps: steps.map(withRatios),
  };
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
  console.log(`\n${file}`);
  return steps.every(({ measured }) => measured.every(({ errors }) => errors === 0));

  /** The p99 of each measurement, divided by that at the sizes one compares with. */
  function withRatios(step: Step): object {
    const measured = step.measured.map((one) => ({ ...one, p99To: ratios(one, step, steps) }));
    return { ...step, measured };
  }
}

/** p99 divided by that at 10^4 and at 10^5 messages, as far as these are smaller. */
function ratios({ what, p99 }: Measured, { messages }: Step, steps: readonly Step[]): Record<string, number> {
  const smaller = steps.filter((step) => step.messages <= 1e5 && step.messages < messages);
  return Object.fromEntries(
    smaller.map((step) => [
      step.messages.toExponential().replace('+', ''),
      p99 / (step.measured.find((one) => one.what === what)?.p99 ?? NaN),
    ]),
  );
}

function table(step: Step, steps: readonly Step[]): string {
  const { messages, users, bytes, secondsToFill, measured } = step;
  const head = `\n${messages} messages, ${users} users, ${short(bytes / 1e6)} MB (filled in ${short(secondsToFill)} s)`;
  const lines = measured.map((one) => {
    const to = Object.entries(ratios(one, step, steps)).map(
      ([size, ratio]) => `p99 ${short(ratio)} of that at ${size}`,
    );
    const times = `p50 ${short(one.p50)} ms, p99 ${short(one.p99)} ms, max ${short(one.max)} ms`;
    return `  ${one.what.padEnd(20)} ${[times, `CPU ${short(one.cpu)} ms`, `${one.errors} errors`, ...to].join(', ')}`;
  });
  return [head, ...lines].join('\n');
}

let options: GrowthOptions;
try {
  options = readGrowthOptions(process.argv.slice(2));
} catch (error) {
  console.error(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  process.exit(2);
}
const bench = new Bench({ ...options, quick: false, only: [], profile: false }, 'growth');
let exitCode = 1;
process.once('SIGINT', () => {
  exitCode = 130;
  void bench.end().finally(() => process.exit(exitCode));
});
try {
  if (await main(bench, options)) exitCode = 0;
} catch (error) {
  // Whoever interrupts a run knows why it fails.
  if (exitCode !== 130) console.error(error);
} finally {
  await bench.end();
}
process.exit(exitCode);
