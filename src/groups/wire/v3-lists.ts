import { ArgumentInvalid } from '../../core/errors.js';

/** Most entries of the lists v3 bounds by name. Source: contract/v3/group.md. */
const MAX_NAMED = 1000;

/** How v3 refuses a list. The member is the one in the request. */
export interface ListRules {
  field: string;
  /** Said of an empty list, which counts as absent; without it, a list may be empty. */
  empty?: string;
  tooMany: string;
}

/** @throws ArgumentInvalid */
export function assertList(list: readonly unknown[], { field, empty, tooMany }: ListRules): void {
  if (list.length === 0 && empty !== undefined) throw new ArgumentInvalid(empty, field);
  if (list.length > MAX_NAMED) throw new ArgumentInvalid(tooMany, field);
}
