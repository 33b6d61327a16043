import { byBytes } from './ids.js';

/** What Go's encoder writes as escapes and JavaScript's does not. */
const ESCAPED = /[<>&\u2028\u2029]/g;

/**
 * JSON text as the original server writes it: compact, keys sorted by bytes, `<`, `>`, `&`, U+2028 and U+2029 escaped, and
 * halves of characters replaced by U+FFFD. Clients that compare contents find them equal.
 */
export function goJson(value: unknown): string {
  if (typeof value === 'string') return goString(value);
  if (Array.isArray(value)) return `[${value.map(goJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const members = value as Record<string, unknown>;
  const keys = Object.keys(members).sort(byBytes);
  return `{${keys.map((key) => `${goString(key)}:${goJson(members[key])}`).join(',')}}`;
}

function goString(text: string): string {
  return JSON.stringify(text.toWellFormed()).replace(
    ESCAPED,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
