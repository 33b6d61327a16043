import { ArgumentInvalid } from './errors.js';

/** Rules for the lists of requests. The texts are the protocol's, which differ from one operation to the next. */

/** Most entries of the lists for which the protocol says so. Source: contract/v3/common.md section 10. */
const MAX_NAMED = 1000;

/** v3 refuses an empty list like one that is missing. @throws ArgumentInvalid with this message */
export function assertSome(list: readonly unknown[], message: string, field: string): void {
  if (list.length === 0) throw new ArgumentInvalid(message, field);
}

/** A list of at most a thousand, by the name the protocol's refusal calls it. @throws ArgumentInvalid */
export function assertNotTooMany(list: readonly unknown[], name: string, field: string): void {
  if (list.length > MAX_NAMED) throw new ArgumentInvalid(`too many ${name}, need to be less than ${MAX_NAMED}`, field);
}

/** Nobody, and nothing, is named twice. @throws ArgumentInvalid with this message */
export function assertDistinct(list: readonly string[], message: string, field: string): void {
  if (new Set(list).size !== list.length) throw new ArgumentInvalid(message, field);
}
