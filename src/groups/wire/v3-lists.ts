import { ArgumentInvalid } from '../../core/errors.js';

/** Most entries of the lists for which the protocol says so. Source: contract/v3/common.md section 10. */
const MAX_NAMED = 1000;

/** v3 refuses an empty list like one that is missing. @throws ArgumentInvalid */
export function assertFilled(list: readonly unknown[], empty: string, field: string): void {
  if (list.length === 0) throw new ArgumentInvalid(empty, field);
}

/** A list of at most a thousand, by the name the protocol's refusal calls it. @throws ArgumentInvalid */
export function assertNotTooMany(list: readonly unknown[], name: string, field: string): void {
  if (list.length > MAX_NAMED) throw new ArgumentInvalid(`too many ${name}, need to be less than ${MAX_NAMED}`, field);
}
