import { ImError } from '../core/errors.js';

/** The user has asked nothing of the group. */
export class GroupRequestNotFound extends ImError {
  readonly code = 'record.not-found';
  constructor(groupID: string, userID: string) {
    super(`User ${userID} has not asked to join group ${groupID}`);
  }
}

/** The request was accepted or refused before. */
export class GroupRequestHandled extends ImError {
  readonly code = 'group.request-handled';
  constructor() {
    super('group request already processed');
  }
}

/** Who is in the group cannot join it. */
export class AlreadyInGroup extends ImError {
  readonly code = 'args.invalid';
  constructor(groupID: string, userID: string) {
    super(`User ${userID} is a member of group ${groupID} already`);
  }
}
