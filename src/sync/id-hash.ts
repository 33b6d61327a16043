import { createHash } from 'node:crypto';

/** What Go's encoder escapes and JavaScript's does not. */
const GO_ESCAPES: Readonly<Record<string, string>> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
};

/** Compact JSON text as Go writes it: hashes are made over it. */
export function goJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(/[<>&\u2028\u2029]/g, (sign) => GO_ESCAPES[sign]);
}

/** First eight bytes of the MD5 of a text, as an unsigned 64-bit number. */
export function hashOf(text: string): bigint {
  return createHash('md5').update(text).digest().readBigUInt64BE();
}

/** `idHash` of a list of IDs in the order served; 0 of an empty one. Source: contract/sync.md section 1.5. */
export function idHashOf(ids: readonly string[]): bigint {
  return ids.length === 0 ? 0n : hashOf(goJson(ids));
}
