import type { Actor } from './actor.js';
import { NotPermitted } from './errors.js';

/**
 * The caller classes of v3 that need nothing but the caller. An administrator passes each of them. Those that need a group
 * are in `groups/group-access.policy.ts`. Source: contract/v3/common.md section 7.
 */

/** ADMIN. @throws NotPermitted */
export function assertAdmin(actor: Actor): void {
  if (!actor.isAdmin) throw new NotPermitted(`user ${actor.userID} is not admin userID`);
}

/** SELF: acts for himself. @throws NotPermitted */
export function assertSelf(actor: Actor, userID: string): void {
  if (!actor.isAdmin && actor.userID !== userID) throw new NotPermitted(`ownerUserID, ${userID}=MISSING`);
}

/** ONE-OF: is one of those it is about. @throws NotPermitted */
export function assertOneOf(actor: Actor, userIDs: readonly string[]): void {
  if (!actor.isAdmin && !userIDs.includes(actor.userID)) throw new NotPermitted('opUser in ownerUserIDs');
}
