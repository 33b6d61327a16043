/**
 * Every way an operation can fail, across all features. A dialect answers each of them from one total table
 * (`src/dialects/errors/`), so a code added here does not compile until v1, v2 and v3 know what to say.
 */
export const IM_ERROR_CODES = [
  'args.invalid',
  'body.unreadable',
  'dialect.not-offered',
  'header.operation-id-missing',
  'secret.wrong',
  'token.missing',
  'token.malformed',
  'token.bad-signature',
  'token.expired',
  'token.not-yet-valid',
  'token.kicked',
  'token.not-in-store',
  'caller.not-admin',
  'caller.not-permitted',
  'caller.too-many-requests',
  'user.not-found',
  'user.already-registered',
  'user.none-deleted',
  'user.not-an-admin-id',
  'user.id-not-found',
  'friend.self',
  'friend.owner-not-found',
  'friend.already-friends',
  'friend.request-handled',
  'black.self',
  'black.already-blocked',
  'group.not-found',
  'group.dismissed',
  'group.owner-invalid',
  'group.owner-not-found',
  'group.kick-list-empty',
  'group.not-a-member',
  'group.id-not-found',
  'group.id-taken',
  'group.request-handled',
  'message.session-type-unknown',
  'message.content-type-unknown',
  'message.content-type-mismatch',
  'message.content-incomplete',
  'message.sender-blocked',
  'message.receiver-refuses',
  'message.sender-muted',
  'message.group-muted',
  'message.not-friends',
  'message.already-revoked',
  'file.mismatch',
  'record.not-found',
  'list.missing',
  'operation.vetoed',
  'service.unavailable',
  'internal',
] as const;

/** One entry of {@link IM_ERROR_CODES}. */
export type ImErrorCode = (typeof IM_ERROR_CODES)[number];

/**
 * A failure the caller can understand. Knows no HTTP and no dialect; carries a code of the closed list and a sentence
 * that names what was wrong, never a secret, a token or SQL.
 */
export abstract class ImError extends Error {
  abstract readonly code: ImErrorCode;

  override get name(): string {
    return this.constructor.name;
  }
}

/** An argument breaks a rule. `field` is the member the caller has to look at. */
export class ArgumentInvalid extends ImError {
  readonly code = 'args.invalid';

  constructor(
    message: string,
    readonly field?: string,
  ) {
    super(message);
  }
}

/** The body is not a JSON object, is too large, or smuggles prototype keys. */
export class BodyUnreadable extends ImError {
  readonly code = 'body.unreadable';
}

/** A list the operation is about was left out or is empty, where its document gives that mistake a code of its own. */
export class ListMissing extends ImError {
  readonly code = 'list.missing';

  constructor(readonly field: string) {
    super(`${field} is nil`);
  }
}

/** The caller is known but may not do this. */
export class NotPermitted extends ImError {
  readonly code = 'caller.not-permitted';
}

/** Something the request names is not there, and no failure of its own says so better. */
export class RecordNotFound extends ImError {
  readonly code = 'record.not-found';
}

/**
 * The server cannot do anything of the kind at the moment. Whether what was asked is done is unknown: to ask again, with the
 * same clientMsgID, is the way to find out.
 */
export class ServiceUnavailable extends ImError {
  readonly code = 'service.unavailable';

  constructor() {
    super('the service is not available at the moment, try again later');
  }
}

/** A `@BeforeIm` hook of the host application refused the operation. Thrown by the hook; the text reaches the caller. */
export class OperationVetoed extends ImError {
  readonly code = 'operation.vetoed';

  /** @param errCode v3 error code to answer with; must be at least 100. Default 1002. */
  constructor(
    message: string,
    readonly errCode = 1002,
  ) {
    super(message);
  }
}
