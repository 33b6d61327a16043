import { ImError } from '../core/errors.js';

/** The data of a request are not the protobuf message they should be. */
export class RequestUnreadable extends ImError {
  readonly code = 'body.unreadable';
  constructor() {
    super('the data are not the protobuf message of this request');
  }
}

/** A client asks faster than it may. */
export class TooManyRequests extends ImError {
  readonly code = 'caller.too-many-requests';
  constructor() {
    super('too many requests, please try again later');
  }
}
