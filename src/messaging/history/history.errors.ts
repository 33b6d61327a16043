import { ImError, RecordNotFound } from '../../core/errors.js';

/** The user has no such conversation. */
export function conversationNotFound(): RecordNotFound {
  return new RecordNotFound('conversation not found');
}

/** The message was revoked before. */
export class AlreadyRevoked extends ImError {
  readonly code = 'message.already-revoked';
  constructor() {
    super('msg already revoke');
  }
}
