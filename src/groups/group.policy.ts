import type { Actor } from '../core/actor.js';
import { ArgumentInvalid, type ImError, NotPermitted } from '../core/errors.js';
import { GroupStatus, Role, Verification } from '../core/protocol.js';
import { assertGroupAdmin } from './group-access.policy.js';
import type { GroupMember } from './group-member.entity.js';
import type { Group } from './group.entity.js';
import { GroupDismissed, NotInGroup } from './group.errors.js';

/** Who may do what in a group. The texts are the contract's (contract/v3/group.md): AppServers compare them. */

/** @throws GroupDismissed */
export function assertNotDismissed(group: Group): void {
  if (group.status === GroupStatus.dismissed) throw new GroupDismissed(group.groupID);
}

/** Who may change what the group says of itself. @throws NotInGroup, NotPermitted */
export function assertMaySetInfo(actor: Actor, groupID: string, self: GroupMember | undefined): void {
  if (!actor.isAdmin && !self) throw new NotInGroup(groupID, actor.userID);
  assertGroupAdmin(actor, self);
}

/** Application administrators and the owner. @throws NotPermitted */
export function assertMayDismiss(actor: Actor, self: GroupMember | undefined): void {
  if (!actor.isAdmin && self?.roleLevel !== Role.owner) throw new NotPermitted('not group owner');
}

/** Whether those he invites are asked for approval first: where everybody is approved, unless somebody of rank invites. */
export function invitesByRequest(actor: Actor, group: Group, self: GroupMember | undefined): boolean {
  return group.needVerification === Verification.everybody && !actor.isAdmin && (self?.roleLevel ?? 0) < Role.admin;
}

/** Application administrators, the owner and group administrators remove members. @throws NotPermitted */
export function assertMayKick(actor: Actor, self: GroupMember | undefined): void {
  if (actor.isAdmin) return;
  if (!self) throw new NotPermitted('opUserID no in group');
  if (self.roleLevel < Role.admin) throw new NotPermitted('opUserID no permission');
}

/**
 * Where one wrong name refuses the whole list: nobody removes himself, and nobody the owner.
 *
 * @param members those of the list who are members
 * @throws ArgumentInvalid
 */
export function assertKickList(
  actor: Actor,
  userIDs: readonly string[],
  members: ReadonlyMap<string, GroupMember>,
): void {
  if (userIDs.includes(actor.userID)) throw new ArgumentInvalid('opUserID in KickedUserIDs', 'kickedUserIDs');
  if ([...members.values()].some(({ roleLevel }) => roleLevel === Role.owner)) {
    throw new ArgumentInvalid('ownerUID can not Kick', 'kickedUserIDs');
  }
}

/**
 * Why this member cannot be removed, undefined when he can: nobody removes himself (that is quitting), and below an
 * application administrator only those of lower rank.
 */
export function kickProblem(actor: Actor, self: GroupMember | undefined, target: GroupMember): ImError | undefined {
  if (target.userID === actor.userID) return new ArgumentInvalid('opUserID in KickedUserIDs', 'kickedUserIDs');
  if (actor.isAdmin || target.roleLevel < (self?.roleLevel ?? 0)) return undefined;
  return new NotPermitted('group admins cannot remove the group owner and other admins');
}

/** The owner hands the group on before he goes. @throws NotPermitted */
export function assertMayQuit(member: GroupMember): void {
  if (member.roleLevel === Role.owner) throw new NotPermitted("group owner can't quit");
}

/** Application administrators, and the owner himself. @throws NotPermitted */
export function assertMayTransfer(actor: Actor, oldOwnerUserID: string, owner: GroupMember | undefined): void {
  if (actor.isAdmin || (actor.userID === oldOwnerUserID && actor.userID === owner?.userID)) return;
  throw new NotPermitted('no permission transfer group owner');
}

/** What is said to who may not silence a member, or free him again, by the member's rank. */
const MUTING = {
  owner: 'set group owner mute',
  admin: 'set group admin mute',
  ordinary: 'set group ordinary users mute',
};
const UNMUTING = {
  owner: 'Can not set group owner unmute',
  admin: 'Can not set group admin unmute',
  ordinary: 'Can not set group ordinary users unmute',
};

/** Below an application administrator: the owner everybody else, group administrators ordinary members. @throws NotPermitted */
export function assertMayMute(
  actor: Actor,
  self: GroupMember | undefined,
  target: GroupMember,
  { unmuting = false } = {},
): void {
  if (actor.isAdmin) return;
  const words = unmuting ? UNMUTING : MUTING;
  const rank = self?.roleLevel ?? 0;
  if (target.roleLevel === Role.owner) throw new NotPermitted(words.owner);
  if (target.roleLevel === Role.admin && rank !== Role.owner) throw new NotPermitted(words.admin);
  if (target.roleLevel === Role.member && rank < Role.admin) throw new NotPermitted(words.ordinary);
}

/**
 * Whether a member's name in the group, or his role, may be changed: the owner changes everybody, a group administrator
 * himself and ordinary members, these themselves; nobody raises himself, and the owner stays one until he hands over.
 *
 * @param roleLevel the role he would get, undefined when it stays
 * @throws NotPermitted, ArgumentInvalid
 */
export function assertMaySetMember(
  actor: Actor,
  self: GroupMember | undefined,
  target: GroupMember,
  roleLevel: number | undefined,
): void {
  // A group without an owner could not be put right by anybody in it.
  if (target.roleLevel === Role.owner && roleLevel !== undefined && (actor.isAdmin || self?.roleLevel === Role.owner)) {
    throw new ArgumentInvalid('group owner can not change own role level', 'roleLevel');
  }
  if (actor.isAdmin || self?.roleLevel === Role.owner) return;
  if (!self) throw new NotPermitted('user not in group');
  if (target.userID === self.userID) {
    if (roleLevel !== undefined && roleLevel > self.roleLevel) {
      throw new NotPermitted('can not improve role level by self');
    }
    return;
  }
  if (self.roleLevel < Role.admin) throw new NotPermitted('ordinary users can not change other role level');
  if (target.roleLevel === Role.owner) throw new NotPermitted('admin can not change group owner');
  if (target.roleLevel === Role.admin) throw new NotPermitted('admin can not change other group admin');
}
