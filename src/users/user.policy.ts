import { ArgumentInvalid } from '../core/errors.js';
import { MAX_ID_LENGTH } from '../core/ids.js';
import { assertDistinct } from '../core/lists.js';
import { codePoints, isStorable } from '../core/text.js';

/** Why a text cannot be a userID, undefined when it can. `:` would break keys of v3 stores. Source: contract/legacy/seeds.md sections 1, 16. */
export function userIDProblem(userID: string): string | undefined {
  if (userID === '') return 'userID is empty';
  if (userID.includes(':')) return "userID contains ':' is invalid userID";
  if (codePoints(userID) > MAX_ID_LENGTH) return `userID must be at most ${MAX_ID_LENGTH} characters`;
  if (!isStorable(userID)) return 'userID must be valid text without NUL';
  return undefined;
}

/** @throws ArgumentInvalid */
export function assertNewUserIDs(userIDs: readonly string[]): void {
  for (const userID of userIDs) {
    const problem = userIDProblem(userID);
    if (problem) throw new ArgumentInvalid(problem, 'userID');
  }
  assertDistinct(userIDs, 'userID repeated', 'userID');
}
