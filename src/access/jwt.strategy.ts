import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { ExtractJwt, Strategy } from 'passport-jwt';
import type { Actor } from '../core/actor.js';
import { TokenKeys } from './token-keys.js';
import { TokensService } from './tokens.service.js';

/** The header every dialect sends its token in. */
const TOKEN_HEADER = 'token';

interface RequestWithHeaders {
  headers: Record<string, string | string[] | undefined>;
}

/** The token of a request, "" when there is none. */
export function tokenOf(request: RequestWithHeaders): string {
  const value = request.headers[TOKEN_HEADER];
  return typeof value === 'string' ? value : '';
}

/**
 * Passport's view of our tokens: the library checks signature and times, we check that the token is still in the store. It
 * is handed to passport as an object instead of being registered under a name, so that two applications in one process
 * do not answer for each other.
 */
@Injectable()
export class JwtStrategy extends PassportStrategy(Strategy) {
  constructor(
    keys: TokenKeys,
    private readonly tokens: TokensService,
  ) {
    super({
      jwtFromRequest: ExtractJwt.fromHeader(TOKEN_HEADER),
      secretOrKeyProvider: (_request: unknown, token: string, done: (error: null, key: string) => void) => {
        done(null, keys.of(token));
      },
      algorithms: ['HS256'],
      passReqToCallback: true,
    });
  }

  validate(request: RequestWithHeaders, payload: unknown): Promise<Actor> {
    return this.tokens.accept(tokenOf(request), payload);
  }

  /** Where the mixin would register the strategy: nowhere. */
  getPassportInstance(): { use(): void } {
    return { use: () => undefined };
  }
}
