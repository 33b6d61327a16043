import type { Actor } from '../core/actor.js';
import { GroupStatus, JoinSource, Role } from '../core/protocol.js';
import type { User } from '../users/user.entity.js';
import type { Group } from './group.entity.js';
import type { GroupInfo } from './group.events.js';
import type { Joining } from './membership.js';

/** A member of a group to be created. */
export interface Founder {
  userID: string;
  role: Role;
}

/** A group to create. */
export interface CreateGroup extends Partial<GroupInfo> {
  /** Default: up to ten decimal digits. */
  groupID?: string;
  groupName: string;
  /** 0 (default), or 3: only the owner and administrators may write. */
  status?: number;
  /** Exactly one owner. */
  members: readonly Founder[];
  /**
   * One who is named twice or is not registered refuses the group (v3). Otherwise whoever is named twice counts once, in
   * his highest role, and who is not registered is left out, but not the owner (v1).
   */
  allOrNothing?: boolean;
  /** How the members came in. Default 1, by an administrator. */
  joinSource?: number;
  /** Members get their profile's name and avatar of this moment, as v1 had it, instead of following the profile. */
  copyProfiles?: boolean;
  /** Whether it shall not show in the chat; undefined: as usual. */
  quiet?: boolean;
}

/** Each user once, in the highest role he is named in; the owner first, then administrators. */
export function foundersOf({ members }: CreateGroup): Founder[] {
  const unique = new Map<string, Founder>();
  for (const founder of members) {
    const named = unique.get(founder.userID);
    if (!named || named.role < founder.role) unique.set(founder.userID, founder);
  }
  return [...unique.values()].sort((a, b) => b.role - a.role);
}

/** Those of the founders who are registered, as they come in. */
export function joiningOf(
  actor: Actor,
  { joinSource = JoinSource.byAdmin, copyProfiles = false }: CreateGroup,
  { founders, users }: { founders: readonly Founder[]; users: ReadonlyMap<string, User> },
): Joining[] {
  return founders.flatMap(({ userID, role }) => {
    const user = users.get(userID);
    if (!user) return [];
    const { nickname, faceURL } = user;
    const joining = { userID, role, joinSource, inviterUserID: actor.userID };
    return [copyProfiles ? { ...joining, nickname, faceURL } : joining];
  });
}

/** The row of a group that begins now. */
export function newGroup(actor: Actor, order: CreateGroup, groupID: string): Group {
  const now = Date.now();
  const { notification = '' } = order;
  return {
    groupID,
    groupName: order.groupName,
    notification,
    introduction: order.introduction ?? '',
    faceURL: order.faceURL ?? '',
    createTime: now,
    ex: order.ex ?? '',
    status: order.status ?? GroupStatus.ok,
    creatorUserID: actor.userID,
    groupType: 2,
    needVerification: order.needVerification ?? 0,
    lookMemberInfo: order.lookMemberInfo ?? 0,
    applyMemberFriend: order.applyMemberFriend ?? 0,
    notificationUpdateTime: notification ? now : 0,
    notificationUserID: notification ? actor.userID : '',
  };
}
