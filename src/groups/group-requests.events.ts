import type { Actor } from '../core/actor.js';
import type { VersionStamp } from '../sync/version-log.js';
import type { GroupMember } from './group-member.entity.js';
import type { GroupRequest } from './group-request.entity.js';
import type { Group } from './group.entity.js';

/** A user is about to join a group, or to ask for it; a `@BeforeIm` hook may refuse. */
export class GroupJoining {
  constructor(
    readonly actor: Actor,
    readonly groupID: string,
    readonly userID: string,
    /** One of `JoinSource`. */
    readonly joinSource: number,
    /** The user's words. */
    readonly reqMsg: string,
    readonly ex: string,
  ) {}
}

/** Users asked to be let into a group, or were proposed by a member. */
export class GroupJoinRequested {
  constructor(
    readonly actor: Actor,
    readonly group: Readonly<Group>,
    readonly requests: readonly GroupRequest[],
  ) {}
}

/** A request was accepted or refused. `request` is what it now is. */
export class GroupRequestAnswered {
  constructor(
    readonly actor: Actor,
    readonly group: Readonly<Group>,
    readonly request: GroupRequest,
  ) {}
}

/** A user came into a group: of his own accord where nobody approves, else because a request was accepted. */
export class MemberEntered {
  constructor(
    readonly actor: Actor,
    readonly group: Readonly<Group>,
    readonly member: GroupMember,
    /** The group's member log after it. */
    readonly stamp: VersionStamp,
    /** Who had proposed him; "" when he came by himself. */
    readonly inviterUserID: string,
  ) {}
}
