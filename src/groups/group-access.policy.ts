import type { Actor } from '../core/actor.js';
import { NotPermitted, RecordNotFound } from '../core/errors.js';
import { Role } from '../core/protocol.js';
import type { GroupMember } from './group-member.entity.js';

/**
 * The caller classes of v3 that need a group. `self` is the caller's membership, undefined when he has none. An
 * administrator of the application passes each of them. Source: contract/v3/common.md section 7.
 */

/** MEMBER. @throws NotPermitted */
export function assertMember(actor: Actor, self: GroupMember | undefined): void {
  if (!actor.isAdmin && !self) throw new NotPermitted('op user not in group');
}

/** GADMIN: the owner or an administrator of the group. @throws NotPermitted */
export function assertGroupAdmin(actor: Actor, self: GroupMember | undefined): void {
  assertMember(actor, self);
  if (!actor.isAdmin && !manages(self)) throw new NotPermitted('no group owner or admin');
}

/** As {@link assertMember}, where the members' IDs are what is asked for. @throws NotPermitted */
export function assertAmongMembers(actor: Actor, self: GroupMember | undefined): void {
  if (!actor.isAdmin && !self) throw new NotPermitted('opUser in ownerUserIDs');
}

/** As {@link assertGroupAdmin}; to who is not in the group, it is not there. @throws RecordNotFound, NotPermitted */
export function assertMayAnswerRequests(actor: Actor, self: GroupMember | undefined): void {
  if (actor.isAdmin) return;
  if (!self) throw new RecordNotFound('op user not in group');
  if (!manages(self)) throw new NotPermitted('no group owner or admin');
}

/** Who asked sees his request, and so do those who decide. @throws NotPermitted */
export function assertMaySeeRequest(actor: Actor, userID: string, self: GroupMember | undefined): void {
  if (actor.isAdmin || actor.userID === userID || manages(self)) return;
  throw new NotPermitted('opUser no permission');
}

function manages(self: GroupMember | undefined): boolean {
  return self !== undefined && self.roleLevel >= Role.admin;
}
