import { ImError } from '../core/errors.js';

/** The data of a request are not the protobuf message they should be. */
export class RequestUnreadable extends ImError {
  readonly code = 'body.unreadable';
  constructor() {
    super('the data are not the protobuf message of this request');
  }
}
