import type { Actor } from '../core/actor.js';
import type { FriendRequest } from './friend-request.entity.js';
import type { Friend } from './friend.entity.js';

/** Somebody is about to ask somebody to be friends; a `@BeforeIm` hook may refuse. */
export class FriendRequesting {
  constructor(
    readonly actor: Actor,
    readonly request: Readonly<Pick<FriendRequest, 'fromUserID' | 'toUserID' | 'reqMsg' | 'ex'>>,
  ) {}
}

/** Somebody asks somebody to be friends. `request` is as it is stored now. */
export class FriendRequested {
  constructor(readonly request: Readonly<FriendRequest>) {}
}

/** A request is about to be agreed to; a `@BeforeIm` hook may refuse. */
export class FriendRequestAgreeing {
  constructor(
    readonly actor: Actor,
    readonly request: Readonly<Pick<FriendRequest, 'fromUserID' | 'toUserID' | 'handleMsg'>>,
  ) {}
}

/** A request was agreed to: the two are friends. */
export class FriendRequestAgreed {
  constructor(readonly request: Readonly<FriendRequest>) {}
}

/** A request was refused. */
export class FriendRequestRefused {
  constructor(readonly request: Readonly<FriendRequest>) {}
}

/** Users are about to be imported as friends of one user; a `@BeforeIm` hook may refuse, or replace the list. */
export class FriendsImporting {
  constructor(
    readonly actor: Actor,
    readonly ownerUserID: string,
    public friendUserIDs: readonly string[],
  ) {}
}

/** Users were imported as friends of one user. Only friendships that were new in at least one direction. */
export class FriendsImported {
  constructor(
    readonly ownerUserID: string,
    readonly friendUserIDs: readonly string[],
    readonly operatorUserID: string,
  ) {}
}

/** `ownerUserID` struck `friendUserID` off his list; the other list stays as it was. */
export class FriendDeleted {
  constructor(
    readonly ownerUserID: string,
    readonly friendUserID: string,
  ) {}
}

/** A remark is about to be set; a `@BeforeIm` hook may refuse, or set another one. */
export class FriendRemarkSetting {
  constructor(
    readonly actor: Actor,
    readonly ownerUserID: string,
    readonly friendUserID: string,
    public remark: string,
  ) {}
}

/** `ownerUserID` calls `friendUserID` something else now; "" is no remark. */
export class FriendRemarkSet {
  constructor(
    readonly ownerUserID: string,
    readonly friendUserID: string,
    readonly remark: string,
  ) {}
}

/** Several entries of a user's friend list were changed alike. */
export class FriendsUpdated {
  constructor(
    readonly ownerUserID: string,
    readonly friendUserIDs: readonly string[],
    readonly changes: Readonly<Partial<Pick<Friend, 'isPinned' | 'remark' | 'ex'>>>,
  ) {}
}

/** Somebody is about to be blocked; a `@BeforeIm` hook may refuse. */
export class UserBlocking {
  constructor(
    readonly actor: Actor,
    readonly ownerUserID: string,
    readonly blackUserID: string,
  ) {}
}

/** `ownerUserID` blocks `blackUserID` from now on. */
export class UserBlocked {
  constructor(
    readonly ownerUserID: string,
    readonly blackUserID: string,
  ) {}
}

/** `ownerUserID` blocks `blackUserID` no longer. */
export class UserUnblocked {
  constructor(
    readonly ownerUserID: string,
    readonly blackUserID: string,
  ) {}
}
