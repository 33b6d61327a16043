import type { Check, Finding, Row } from '../check.js';

/** Rows that are looked for: the report says "20 or more" beyond. */
const MAX_EXAMPLES = 20;

/** Something that holds of all stored rows. */
export interface Rule extends Pick<Check, 'name' | 'title'> {
  /**
   * SQL of both engines that selects what breaks it, and nothing in a sound database. Its columns are shown: IDs and
   * numbers alone. Written so that an index leads it, or that each row is looked at once.
   */
  broken: string;
  /** What to do about rows that break it. */
  advice: string;
}

/** A rule as a check. */
export function rule({ name, title, broken, advice }: Rule): Check {
  return {
    name,
    title,
    look: async ({ query }) => judge(await query(`${broken} LIMIT ${MAX_EXAMPLES + 1}`), advice),
  };
}

/** What rows that break a rule come to. */
export function judge(rows: readonly Row[], advice: string): Finding {
  if (rows.length === 0) return { level: 'ok' };
  const count = rows.length > MAX_EXAMPLES ? `${MAX_EXAMPLES} or more` : String(rows.length);
  return { level: 'problem', says: `not so ${count} times`, examples: rows.slice(0, MAX_EXAMPLES).map(shown), advice };
}

/** True once there is no need to look for more. */
export function enough(rows: readonly Row[]): boolean {
  return rows.length > MAX_EXAMPLES;
}

function shown(row: Row): string {
  return Object.entries(row)
    .map(([name, value]) => `${name} ${typeof value === 'string' ? JSON.stringify(value) : String(value)}`)
    .join(', ');
}

/** Rows of a table that name a user who is not registered. */
export function withoutUser(table: string, column: string, shownToo: readonly string[] = []): string {
  const columns = [column, ...shownToo].map((name) => `t.${name}`).join(', ');
  return `SELECT ${columns} FROM ${table} t WHERE NOT EXISTS (SELECT 1 FROM im_users u WHERE u.userID = t.${column})`;
}
