import { ImError } from '../core/errors.js';

/** No account has this ID, or it was deleted. */
export class UserNotFound extends ImError {
  readonly code = 'user.not-found';
  constructor(readonly userID: string) {
    super(`User ${userID} does not exist`);
  }
}

/** An account with this ID exists. */
export class UserAlreadyRegistered extends ImError {
  readonly code = 'user.already-registered';
  constructor(readonly userIDs: readonly string[]) {
    super(`Already registered: ${userIDs.slice(0, 10).join(', ')}`);
  }
}

/** Nobody of a non-empty list could be deleted: unknown, or administrators. */
export class NoUserDeleted extends ImError {
  readonly code = 'user.none-deleted';
  constructor(readonly userIDs: readonly string[]) {
    super(`None of the ${userIDs.length} users could be deleted`);
  }
}
