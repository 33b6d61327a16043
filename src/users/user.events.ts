import type { Actor } from '../core/actor.js';
import type { Profile } from './profile.js';
import type { User } from './user.entity.js';

/** Accounts are about to be created; a `@BeforeIm` hook may refuse. */
export class UsersRegistering {
  constructor(readonly users: readonly Pick<User, 'userID' | 'nickname' | 'faceURL' | 'ex'>[]) {}
}

/** Accounts were created. */
export class UsersRegistered {
  constructor(readonly users: readonly User[]) {}
}

/** A profile is about to be changed; a `@BeforeIm` hook may refuse. */
export class UserUpdating {
  constructor(
    readonly actor: Actor,
    readonly userID: string,
    readonly profile: Readonly<Profile>,
  ) {}
}

/** Somebody set a profile. `changed` names the members that are not what they were; it may be empty. */
export class UserUpdated {
  constructor(
    readonly actor: Actor,
    readonly userID: string,
    readonly changed: readonly (keyof User)[],
  ) {}
}

/** What others see of a user changed: the name or the avatar. Stated after {@link UserUpdated}. */
export class UserLooksChanged {
  constructor(
    readonly actor: Actor,
    readonly userID: string,
  ) {}
}

/** Accounts are deleted. In the transaction, each feature removes what was theirs, so that a new account of the same ID begins empty. */
export class UsersDeleted {
  constructor(readonly userIDs: readonly string[]) {}
}
