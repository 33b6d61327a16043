import { ImError } from '../core/errors.js';

/** Somebody asks faster than he may, or has guessed wrong too often. */
export class TooManyRequests extends ImError {
  readonly code = 'caller.too-many-requests';

  /** @param retryAfterMs when it is worth trying again; 0 where nobody says */
  constructor(readonly retryAfterMs = 0) {
    super('too many requests, please try again later');
  }
}
