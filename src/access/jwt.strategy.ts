import { createSecretKey } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { ExtractJwt, Strategy } from 'passport-jwt';
import type { Actor } from '../core/actor.js';
import { ImSettings } from '../core/settings.js';
import { TokensService } from './tokens.service.js';

/** The header every dialect sends its token in. */
export const TOKEN_HEADER = 'token';

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
    settings: ImSettings,
    private readonly tokens: TokensService,
  ) {
    super({
      jwtFromRequest: ExtractJwt.fromHeader(TOKEN_HEADER),
      // A KeyObject: from a string the library would make one at every request, at fifty times the price.
      secretOrKey: createSecretKey(settings.tokenSecret, 'utf8') as unknown as string,
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
