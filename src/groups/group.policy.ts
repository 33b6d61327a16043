import type { Actor } from '../core/actor.js';
import { NotPermitted } from '../core/errors.js';
import { GroupStatus, Role } from '../core/protocol.js';
import type { GroupMember } from './group-member.entity.js';
import type { Group } from './group.entity.js';
import { GroupDismissed } from './group.errors.js';

/** @throws GroupDismissed */
export function assertNotDismissed(group: Group): void {
  if (group.status === GroupStatus.dismissed) throw new GroupDismissed(group.groupID);
}

/** Application administrators and members invite. @throws NotPermitted */
export function assertMayInvite(actor: Actor, self: GroupMember | undefined): void {
  if (!actor.isAdmin && !self) throw new NotPermitted('op user not in group');
}

/** Application administrators, the owner and group administrators remove members. @throws NotPermitted */
export function assertMayKick(actor: Actor, self: GroupMember | undefined): void {
  if (actor.isAdmin) return;
  if (!self) throw new NotPermitted('op user not in group');
  if (self.roleLevel < Role.admin) throw new NotPermitted('no group owner or admin');
}

/**
 * Whether this member can be removed: nobody removes himself (that is quitting), and below an application administrator
 * only those of lower rank.
 */
export function mayBeKicked(actor: Actor, self: GroupMember | undefined, target: GroupMember): boolean {
  if (target.userID === actor.userID) return false;
  return actor.isAdmin || target.roleLevel < (self?.roleLevel ?? 0);
}
