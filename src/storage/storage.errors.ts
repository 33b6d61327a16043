import { ImError } from '../core/errors.js';

/** No object has this name, or its content is not kept any more. */
export class ObjectNotFound extends ImError {
  readonly code = 'record.not-found';
  constructor(readonly objectName: string) {
    super('object not found');
  }
}

/** What was uploaded is not what was announced. */
export class UploadIncomplete extends ImError {
  readonly code = 'args.invalid';
}

/** A form's file is missing bytes. Source: contract/v3/object-and-third.md "complete_form_data". */
export class FileSizeMismatch extends ImError {
  readonly code = 'file.mismatch';
  constructor() {
    super('file size mismatch');
  }
}

/** A store has nothing under a key. Stays inside: callers hear {@link ObjectNotFound}. */
export class ContentMissing extends Error {}
