import { readEnvironment, type ServerConfig } from '../config/environment.js';
import { ConfigError } from '../config/reading.js';
import type { Area, Check, Finding, Patient, Query } from './check.js';
import { DATA, SETUP, TABLES } from './checks.js';
import { engineOf, openForReading, openSnapshot } from './database.js';
import { pendingMigrations } from './setup/schema.js';

/** What to look at more closely than usual. */
export interface Wishes {
  /** Default false. See {@link Patient.dense}. */
  dense?: boolean;
  /** Default false. See {@link Patient.thorough}. */
  thorough?: boolean;
}

/** A check, and what it found. */
export interface Result extends Pick<Check, 'name' | 'title'>, Finding {
  /** Title of its area. */
  area: string;
  /** Milliseconds it took. */
  ms: number;
}

/** Nothing can be said of rows before the tables are those this version knows. */
const NOTHING_TO_READ: Result = {
  area: 'Stored data',
  name: 'data',
  title: 'what is stored is sound',
  level: 'unchecked',
  says: 'the tables are not those of this version yet',
  ms: 0,
};

/**
 * Looks at a server's set-up and at everything it has stored, while it runs or while it does not. Reads alone: nothing is
 * made, migrated or repaired.
 *
 * @param env the environment the server has
 * @returns results in the order of the list; checks that do not apply are left out
 * @throws ConfigError when the environment is wrong, so that nobody knows which database is meant
 * @throws NothingToExamine when the database is not there, or does not answer
 */
export async function examine(
  env: NodeJS.ProcessEnv,
  { dense = false, thorough = false }: Wishes = {},
): Promise<Result[]> {
  const { config, unfitForProduction } = read(env);
  const dataSource = await openForReading(config.databaseUrl);
  const engine = engineOf(dataSource);
  const outside: Query = (sql, parameters = []) => dataSource.query(sql, [...parameters]);
  const patient: Patient = { config, unfitForProduction, engine, dataSource, query: outside, dense, thorough };
  try {
    const results = await lookAt([...SETUP, ...TABLES], patient);
    if ((await pendingMigrations(patient)).length > 0) return [...results, NOTHING_TO_READ];
    const snapshot = await openSnapshot(dataSource);
    try {
      return [...results, ...(await lookAt(DATA, { ...patient, query: snapshot.query }))];
    } finally {
      await snapshot.end();
    }
  } finally {
    await dataSource.destroy();
  }
}

/**
 * What the server would be told. What alone keeps it from production, default secrets, is for a check to say: all else
 * can be looked at without.
 *
 * @throws ConfigError
 */
function read(env: NodeJS.ProcessEnv): { config: ServerConfig; unfitForProduction: readonly string[] } {
  try {
    return { config: readEnvironment(env), unfitForProduction: [] };
  } catch (error) {
    if (!(error instanceof ConfigError) || !isFitForTrials(env)) throw error;
    const config = { ...readEnvironment({ ...env, NODE_ENV: 'development' }), production: true };
    return { config, unfitForProduction: error.mistakes };
  }
}

function isFitForTrials(env: NodeJS.ProcessEnv): boolean {
  try {
    return readEnvironment({ ...env, NODE_ENV: 'development' }) !== undefined;
  } catch {
    return false;
  }
}

async function lookAt(areas: readonly Area[], patient: Patient): Promise<Result[]> {
  const results: Result[] = [];
  for (const { title: area, checks } of areas) {
    for (const check of checks) {
      const begin = performance.now();
      const finding = await check.look(patient).catch(failure);
      const { name, title } = check;
      if (finding) results.push({ area, name, title, ...finding, ms: Math.round(performance.now() - begin) });
    }
  }
  return results;
}

/** A check that fails says nothing of what it was to look at, and does not keep the others from looking. */
function failure(error: Error): Finding {
  const [says] = error.message.split('\n');
  return { level: 'unchecked', says, advice: 'It could not be read: is the file damaged, or the connection gone?' };
}
