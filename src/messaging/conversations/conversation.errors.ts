import { ImError } from '../../core/errors.js';

/** The user has no such conversation, or none at all. */
export class ConversationNotFound extends ImError {
  readonly code = 'record.not-found';
  constructor() {
    super('conversation not found');
  }
}
