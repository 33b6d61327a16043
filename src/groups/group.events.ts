import type { Actor } from '../core/actor.js';
import type { VersionStamp } from '../sync/version-log.js';
import type { GroupMember } from './group-member.entity.js';
import type { Group } from './group.entity.js';

/** What a group says of itself and can be changed later. */
export type GroupInfo = Pick<
  Group,
  | 'groupName'
  | 'notification'
  | 'introduction'
  | 'faceURL'
  | 'ex'
  | 'needVerification'
  | 'lookMemberInfo'
  | 'applyMemberFriend'
>;

/** What a member is in the group and can be changed later. */
export type MemberInfo = Pick<GroupMember, 'nickname' | 'faceURL' | 'ex' | 'roleLevel'>;

/** A group is about to be created; a `@BeforeIm` hook may refuse. */
export class GroupCreating {
  constructor(
    readonly actor: Actor,
    readonly group: Readonly<Group>,
    readonly memberUserIDs: readonly string[],
  ) {}
}

/** A group was created with these members, the owner first. */
export class GroupCreated {
  constructor(
    readonly actor: Actor,
    readonly group: Readonly<Group>,
    readonly members: readonly GroupMember[],
    /** The group's member log after it. */
    readonly stamp: VersionStamp,
    /** Whether it shall not show in the chat; undefined: as usual. */
    readonly quiet?: boolean,
  ) {}
}

/** What a group says of itself is about to be changed; a `@BeforeIm` hook may refuse. */
export class GroupInfoSetting {
  constructor(
    readonly actor: Actor,
    readonly groupID: string,
    readonly changes: Readonly<Partial<GroupInfo>>,
  ) {}
}

/** What a group says of itself was set. */
export class GroupInfoSet {
  constructor(
    readonly actor: Actor,
    readonly group: Readonly<Group>,
    /** What was set, be it to what it was before. */
    readonly changes: Readonly<Partial<GroupInfo>>,
    /** The group's member log after it. */
    readonly stamp: VersionStamp,
  ) {}
}

/** Nobody but its owner and administrators may write in a group any more (`muted`), or everybody may again. */
export class GroupMuteSet {
  constructor(
    readonly actor: Actor,
    readonly group: Readonly<Group>,
    readonly muted: boolean,
    /** The group's member log after it. */
    readonly stamp: VersionStamp,
  ) {}
}

/** A group is dismissed. In the transaction, its members are still in it; after the commit nobody is. */
export class GroupEnded {
  constructor(
    readonly actor: Actor,
    readonly group: Readonly<Group>,
    readonly members: readonly GroupMember[],
    /** The members are not told. */
    readonly untold: boolean,
    /** Whether it shall not show in the chat; undefined: as usual. */
    readonly quiet?: boolean,
  ) {}
}

/** Users are about to be invited into a group; a `@BeforeIm` hook may refuse. */
export class MembersInviting {
  constructor(
    readonly actor: Actor,
    readonly groupID: string,
    readonly userIDs: readonly string[],
    /** The inviter's words. */
    readonly reason: string,
  ) {}
}

/** Users were brought into a group by somebody. */
export class MembersInvited {
  constructor(
    readonly actor: Actor,
    readonly group: Readonly<Group>,
    readonly members: readonly GroupMember[],
    /** The group's member log after it. */
    readonly stamp: VersionStamp,
    /** Whether it shall not show in the chat; undefined: as usual. */
    readonly quiet?: boolean,
  ) {}
}

/** Members were removed by somebody. `members` is what they were. */
export class MembersKicked {
  constructor(
    readonly actor: Actor,
    readonly group: Readonly<Group>,
    readonly members: readonly GroupMember[],
    /** The group's member log after it. */
    readonly stamp: VersionStamp,
    /** Whether it shall not show in the chat; undefined: as usual. */
    readonly quiet?: boolean,
    /** The words of who removed them. */
    readonly reason = '',
  ) {}
}

/** A member left. `member` is what he was. */
export class MemberQuit {
  constructor(
    readonly actor: Actor,
    readonly group: Readonly<Group>,
    readonly member: GroupMember,
    /** The group's member log after it. */
    readonly stamp: VersionStamp,
  ) {}
}

/** A group has another owner. Both members are what they are now. */
export class OwnerTransferred {
  constructor(
    readonly actor: Actor,
    readonly group: Readonly<Group>,
    readonly newOwner: GroupMember,
    readonly oldOwner: GroupMember,
    /** The group's member log after it. */
    readonly stamp: VersionStamp,
  ) {}
}

/** A member may not write for a while, or may again. */
export class MemberMuteSet {
  constructor(
    readonly actor: Actor,
    readonly group: Readonly<Group>,
    /** What he is now. */
    readonly member: GroupMember,
    /** For how long, 0 when he may write again. */
    readonly seconds: number,
    /** The group's member log after it. */
    readonly stamp: VersionStamp,
  ) {}
}

/** A member's name in the group or his role is about to be changed; a `@BeforeIm` hook may refuse. */
export class MemberInfoSetting {
  constructor(
    readonly actor: Actor,
    readonly groupID: string,
    readonly userID: string,
    readonly changes: Readonly<Partial<MemberInfo>>,
  ) {}
}

/** Names or roles of members of a group were set. */
export class MembersInfoSet {
  constructor(
    readonly actor: Actor,
    readonly group: Readonly<Group>,
    /** What the members are now, and what was set, be it to what it was before. */
    readonly set: readonly { member: GroupMember; changes: Readonly<Partial<MemberInfo>> }[],
    /** The group's member log after it. */
    readonly stamp: VersionStamp,
    /** Roles were among it, so the order of the members changed. */
    readonly sorted: boolean,
  ) {}
}
