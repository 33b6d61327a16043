import type { User } from './user.entity.js';

/** Accounts are about to be created; a `@BeforeIm` hook may refuse. */
export class UsersRegistering {
  constructor(readonly users: readonly Pick<User, 'userID' | 'nickname' | 'faceURL' | 'ex'>[]) {}
}

/** Accounts were created. */
export class UsersRegistered {
  constructor(readonly users: readonly User[]) {}
}

/** A profile was changed. `changed` names the members that were set. */
export class UserUpdated {
  constructor(
    readonly userID: string,
    readonly changed: readonly (keyof User)[],
  ) {}
}

/** Accounts are deleted. In the transaction, each feature removes what was theirs, so that a new account of the same ID begins empty. */
export class UsersDeleted {
  constructor(readonly userIDs: readonly string[]) {}
}
