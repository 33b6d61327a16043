import type { Actor } from '../core/actor.js';
import type { VersionStamp } from '../sync/version-log.js';
import type { GroupMember } from './group-member.entity.js';
import type { Group } from './group.entity.js';

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
  ) {}
}
