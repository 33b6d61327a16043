import { type ExecutionContext, Injectable } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import type { Actor } from '../core/actor.js';
import { TokenMalformed, TokenMissing } from './access.errors.js';
import { JwtStrategy, tokenOf } from './jwt.strategy.js';
import { TokensService } from './tokens.service.js';

/** Where the guard leaves the actor on the request. */
export interface RequestWithActor {
  imActor?: Actor;
}

/**
 * Lets in who bears a valid token of any dialect in the header `token`, and leaves the {@link Actor} on the request. A host
 * may put it on controllers of its own.
 *
 * @throws TokenMissing, TokenMalformed, TokenBadSignature, TokenExpired, TokenNotYetValid, TokenKicked, TokenNotInStore
 */
@Injectable()
export class JwtAuthGuard extends AuthGuard() {
  constructor(
    strategy: JwtStrategy,
    private readonly tokens: TokensService,
  ) {
    super({
      // A fresh object for every request: passport hangs the request's own callbacks on the strategy it is given, so a
      // shared one would answer one request with the bearer of another.
      get defaultStrategy() {
        return Object.create(strategy) as string;
      },
      property: 'imActor',
      session: false,
    });
  }

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest();
    const token = tokenOf(request);
    if (!token) throw new TokenMissing();
    const known = this.tokens.recall(token);
    if (!known) return (await super.canActivate(context)) as boolean;
    (request as RequestWithActor).imActor = known;
    return true;
  }

  override handleRequest<T>(error: unknown, actor: T | false, objection: unknown, context: ExecutionContext): T {
    if (error) throw error;
    if (actor) return actor;
    if (!(objection instanceof Error)) throw new TokenMalformed();
    throw this.tokens.failureOf(tokenOf(context.switchToHttp().getRequest()), objection);
  }
}
