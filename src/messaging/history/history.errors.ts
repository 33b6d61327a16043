import { ImError } from '../../core/errors.js';

/** The message was revoked before. */
export class AlreadyRevoked extends ImError {
  readonly code = 'message.already-revoked';
  constructor() {
    super('msg already revoke');
  }
}
