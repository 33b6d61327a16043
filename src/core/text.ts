/** Length in Unicode code points, which is what every limit of the contract counts in unless it says bytes. */
export function codePoints(text: string): number {
  let count = text.length;
  // Most texts have no surrogates, and then the number of units is the answer.
  if (/[\ud800-\udbff]/.test(text)) count = Array.from(text).length;
  return count;
}

/** Whether a text has more code points than that. What is short in any case is not counted. */
export function hasMoreCharacters(text: string, max: number): boolean {
  return text.length > max && codePoints(text) > max;
}

/** Bytes that a UTF-16 unit takes in UTF-8 at the most. */
const BYTES_A_UNIT = 3;

/** Whether a text has more bytes of UTF-8 than that. What is short in any case is not counted. */
export function hasMoreBytes(text: string, max: number): boolean {
  return text.length * BYTES_A_UNIT > max && Buffer.byteLength(text) > max;
}

/** Units up to which a text is not worth counting. */
const SHORT = 1024;

/** Bytes of UTF-8, or, of a short text, the most it can have: for sums that need not be exact. */
export function mostBytes(text: string): number {
  return text.length <= SHORT ? text.length * BYTES_A_UNIT : Buffer.byteLength(text);
}

/**
 * True for text both databases store and give back unchanged: no NUL (SQLite cuts there) and no lone surrogate
 * (UTF-8 has none, so two different IDs would become one).
 */
export function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}
