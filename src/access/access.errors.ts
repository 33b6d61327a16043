import { ImError } from '../core/errors.js';

/** No `token` header. */
export class TokenMissing extends ImError {
  readonly code = 'token.missing';
  constructor() {
    super('header must have token');
  }
}

/** Not a JWT, or without the claims of either dialect. */
export class TokenMalformed extends ImError {
  readonly code = 'token.malformed';
  constructor() {
    super("that's not even a token");
  }
}

/** Signed with another key, or marked invalid. */
export class TokenBadSignature extends ImError {
  readonly code = 'token.bad-signature';
  constructor() {
    super("couldn't handle this token");
  }
}

/** The `exp` claim has passed. */
export class TokenExpired extends ImError {
  readonly code = 'token.expired';
  constructor() {
    super('token is timed out, please log in again');
  }
}

/** The `nbf` claim lies ahead. */
export class TokenNotYetValid extends ImError {
  readonly code = 'token.not-yet-valid';
  constructor() {
    super('token not active yet');
  }
}

/** A newer login, `force_logout` or the login policy ended it. */
export class TokenKicked extends ImError {
  readonly code = 'token.kicked';
  constructor() {
    super('token has been invalidated');
  }
}

/** Rightly signed but not issued here, or its user was deleted. */
export class TokenNotInStore extends ImError {
  readonly code = 'token.not-in-store';
  constructor() {
    super('token has been invalidated');
  }
}

/** The operation is for configured administrators. */
export class CallerNotAdmin extends ImError {
  readonly code = 'caller.not-admin';
  constructor(readonly userID: string) {
    super(`user ${userID} is not admin userID`);
  }
}

/** The `secret` of an AppServer is not one of the configured ones. */
export class SecretWrong extends ImError {
  readonly code = 'secret.wrong';
  constructor() {
    super('secret invalid');
  }
}
