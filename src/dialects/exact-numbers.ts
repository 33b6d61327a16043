import { randomUUID } from 'node:crypto';

/**
 * `idHash`, `version` and the like are unsigned 64-bit numbers on the wire, more than a JavaScript number can hold. They are
 * bigint inside; JSON.parse and JSON.stringify are helped over them here. Source: contract/v3/common.md section 4.
 */
export const MAX_UINT64 = 2n ** 64n - 1n;

/** Members that may be that large, followed by a literal JSON.parse would round. */
const LARGE = /("(?:idHash|version)"\s*:\s*)(\d{16,20})(?=\s*[,}])/gi;

/** What such a literal becomes before parsing; nobody sends it by chance. */
const MARK = 'uint64:';

/** JSON text in which the large members are texts of our own that {@link uint64Of} reads. */
export function keepExactNumbers(json: string): string {
  return json.replace(LARGE, `$1"${MARK}$2"`);
}

/** A member read by JSON.parse as the number it was, undefined when it is no unsigned 64-bit integer. */
export function uint64Of(value: unknown): bigint | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0 ? BigInt(value) : undefined;
  if (typeof value !== 'string' || !value.startsWith(MARK)) return undefined;
  const number = BigInt(value.slice(MARK.length));
  return number <= MAX_UINT64 ? number : undefined;
}

/** Stands around digits in texts for a moment; random, so that no text of a user can be taken for one. */
const FENCE = `bigint:${randomUUID()}:`;
const FENCED = new RegExp(`"${FENCE}(\\d+)"`, 'g');

/** JSON text with every bigint as a plain number. */
export function stringifyExactly(value: object): string {
  const text = JSON.stringify(value, (_key, member: unknown) =>
    typeof member === 'bigint' ? `${FENCE}${member}` : member,
  );
  return text.replace(FENCED, '$1');
}
