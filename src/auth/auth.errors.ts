import { ImError } from '../core/errors.js';

/** An administrator token was asked for somebody who is none. */
export class NotAnAdminID extends ImError {
  readonly code = 'user.not-an-admin-id';
  constructor(userID: string, adminUserIDs: Iterable<string>) {
    super(`userID is error., userID=${userID}, adminUserID=[${[...adminUserIDs].join(' ')}]`);
  }
}
