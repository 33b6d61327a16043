import { ImError } from '../core/errors.js';

/** Nobody is a friend of himself. */
export class CannotBefriendSelf extends ImError {
  readonly code = 'friend.self';
  constructor(readonly userID: string) {
    super(`User ${userID} cannot be a friend of himself`);
  }
}

/** The user whose friends are to be imported is not registered. */
export class FriendOwnerNotFound extends ImError {
  readonly code = 'friend.owner-not-found';
  constructor(readonly userID: string) {
    super(`User ${userID} does not exist`);
  }
}

/** Nobody blocks himself. */
export class CannotBlockSelf extends ImError {
  readonly code = 'black.self';
  constructor(userID: string) {
    super(`User ${userID} cannot block himself`);
  }
}

/** The user is on that black list already. */
export class AlreadyBlocked extends ImError {
  readonly code = 'black.already-blocked';
  constructor(ownerUserID: string, blackUserID: string) {
    super(`User ${ownerUserID} blocks ${blackUserID} already`);
  }
}

/** They are friends in both directions. */
export class AlreadyFriends extends ImError {
  readonly code = 'friend.already-friends';
  constructor() {
    super('already friends has f');
  }
}

/** Somebody agreed to this request or refused it before. */
export class FriendRequestHandled extends ImError {
  readonly code = 'friend.request-handled';
  constructor(fromUserID: string, toUserID: string) {
    super(`friend request has already been processed, from=${fromUserID}, to=${toUserID}`);
  }
}
