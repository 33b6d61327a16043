import { MIGRATIONS_TABLE } from '../../database/data-source.js';
import { type Area, type Check, OK, type Patient } from '../check.js';

/** Milliseconds by which something stored may seem to be of the future. */
const TOLERANCE_MS = 60_000;

/** The names of the migrations this version knows, and of those the database has. */
async function migrationsOf({ dataSource }: Patient): Promise<{ known: string[]; ran: string[] }> {
  const known = dataSource.migrations.map(({ name }) => name ?? '');
  const runner = dataSource.createQueryRunner();
  try {
    if (!(await runner.hasTable(MIGRATIONS_TABLE))) return { known, ran: [] };
  } finally {
    await runner.release();
  }
  const rows = (await dataSource.query(`SELECT name FROM ${MIGRATIONS_TABLE} ORDER BY id`)) as { name: string }[];
  return { known, ran: rows.map(({ name }) => name) };
}

/** Migrations that did not run: the tables are not what this version knows. */
export async function pendingMigrations(patient: Patient): Promise<string[]> {
  const { known, ran } = await migrationsOf(patient);
  return known.filter((name) => !ran.includes(name));
}

const migrated: Check = {
  name: 'schema.migrated',
  title: 'every migration has run',
  async look(patient) {
    const examples = await pendingMigrations(patient);
    if (examples.length === 0) return OK;
    const advice = 'The server runs them when it starts; npm run migration:run does, too. Then ask again.';
    return { level: 'warning', says: `${examples.length} are pending`, examples, advice };
  },
};

/** A newer version was here, and has changed what this one reads. */
const known: Check = {
  name: 'schema.known',
  title: 'no newer version has changed the tables',
  async look(patient) {
    const { known: names, ran } = await migrationsOf(patient);
    const prefix = /^[A-Za-z]+\d{13}$/;
    const examples = ran.filter((name) => !names.includes(name) && prefix.test(name));
    if (examples.length === 0) return OK;
    const advice = 'Run that version again, or restore the backup from before it.';
    return { level: 'problem', says: 'this version does not know all migrations', examples, advice };
  },
};

const drift: Check = {
  name: 'schema.drift',
  title: 'tables, columns and indices are as they were made',
  async look(patient) {
    // What is still to be migrated is told already.
    if ((await pendingMigrations(patient)).length > 0) return undefined;
    const { upQueries } = await patient.dataSource.driver.createSchemaBuilder().log();
    if (upQueries.length === 0) return OK;
    const examples = upQueries.slice(0, 20).map(({ query }) => query.slice(0, 200));
    const advice = 'Somebody changed them. Compare, and undo it; these statements would.';
    return { level: 'problem', says: `${upQueries.length} statements would put them right`, examples, advice };
  },
};

/** Messages may bear a time an administrator chose; accounts bear the server's. */
const clock: Check = {
  name: 'schema.clock',
  title: 'nothing stored is of the future',
  async look(patient) {
    if ((await pendingMigrations(patient)).length > 0) return undefined;
    const [row] = (await patient.dataSource.query(
      'SELECT (SELECT MAX(createTime) FROM im_users) AS account, (SELECT MAX(sendTime) FROM im_messages) AS message',
    )) as Record<string, unknown>[];
    const latest = Date.now() + TOLERANCE_MS;
    const examples = Object.entries(row)
      .filter(([, time]) => Number(time) > latest)
      .map(([what, time]) => `the newest ${what} is of ${timeOf(Number(time))}`);
    if (examples.length === 0) return OK;
    const advice =
      'The clock of this machine is behind, or was ahead: let it follow a time server (NTP). A message may have been sent ' +
      'with a time of its own.';
    return { level: 'warning', says: `now it is ${timeOf(Date.now())}`, examples, advice };
  },
};

/** Beyond what a date can say: the number itself. */
function timeOf(epochMs: number): string {
  return Math.abs(epochMs) <= 8.64e15 ? new Date(epochMs).toISOString() : String(epochMs);
}

export const SCHEMA: Area = { title: 'Tables', checks: [migrated, known, drift, clock] };
