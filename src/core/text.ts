/** Length in Unicode code points, which is what every limit of the contract counts in unless it says bytes. */
export function codePoints(text: string): number {
  let count = text.length;
  // Most texts have no surrogates, and then the number of units is the answer.
  if (/[\ud800-\udbff]/.test(text)) count = Array.from(text).length;
  return count;
}

/**
 * True for text both databases store and give back unchanged: no NUL (SQLite cuts there) and no lone surrogate
 * (UTF-8 has none, so two different IDs would become one).
 */
export function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}
