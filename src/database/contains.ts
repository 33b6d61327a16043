import type { EntityManager } from 'typeorm';

/** A condition of SQL with what its placeholders stand for. */
export interface Condition {
  sql: string;
  parameters: unknown[];
}

/**
 * That a text has another in it, upper and lower case alike, beyond ASCII too. No sign in what is looked for has a meaning
 * of its own. `expression` is SQL of the programmer's, never of a user's.
 */
export function contains(manager: EntityManager, expression: string, text: string): Condition {
  return manager.dataSource.options.type === 'better-sqlite3'
    ? { sql: `${expression} GLOB ?`, parameters: [`*${eitherCase(text)}*`] }
    : { sql: `LOWER(${expression}) LIKE LOWER(?) ESCAPE '!'`, parameters: [`%${text.replaceAll(/[!%_]/g, '!$&')}%`] };
}

/** SQLite's LIKE and LOWER know the letters of ASCII only; classes of a GLOB know every sign, so each letter becomes one. */
function eitherCase(text: string): string {
  return Array.from(text, (sign) => {
    const forms = [...new Set([sign, sign.toLowerCase(), sign.toUpperCase()])].filter((form) => isOneSign(form));
    return forms.length > 1 || '*?['.includes(sign) ? `[${forms.join('')}]` : sign;
  }).join('');
}

/** Some letters have two in the other case: `ß` has `SS`. */
function isOneSign(text: string): boolean {
  return Array.from(text).length === 1;
}
