import { ArgumentInvalid } from '../../core/errors.js';

/** Longest list of users where the contract says one. */
const MAX_USERS = 1000;

/** v3 takes an empty list for one that is absent. @throws ArgumentInvalid */
export function assertSome(list: readonly string[], message: string): void {
  if (list.length === 0) throw new ArgumentInvalid(message);
}

/** @throws ArgumentInvalid for more users than an operation takes at once */
export function assertNotTooMany(list: readonly string[], name: string): void {
  if (list.length > MAX_USERS) throw new ArgumentInvalid(`too many ${name}, need to be less than ${MAX_USERS}`);
}
