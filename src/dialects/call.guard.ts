import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { AdminGuard } from '../access/admin.guard.js';
import { JwtAuthGuard } from '../access/jwt-auth.guard.js';
import { Secrets } from '../access/secrets.js';
import { TokensService } from '../access/tokens.service.js';
import { ImSettings } from '../core/settings.js';
import { Calls } from './calls.js';
import type { AddressedRequest } from '../limits/client-addresses.js';
import { FailedAttempts } from '../limits/failed-attempts.js';
import { RequestLimits } from '../limits/request-limits.js';
import { Exchange, type HttpRequest } from './exchange.js';
import { Observers } from './observers.js';
import { callerOf, callOf } from './speech.js';

/**
 * The way into every operation: decides the dialect, reads the body and checks the caller, in the order the dialect
 * prescribes. v1 and v2: body, secret or token, administrator (contract/legacy/seeds.md 0.4). v3: operationID, token, body,
 * secret or administrator (contract/v3/common.md section 1). Then it counts the call, unless an administrator or an AppServer
 * made it: who is trusted with everything is trusted not to flood us, and is neither slowed nor in the way of others.
 */
@Injectable()
export class CallGuard implements CanActivate {
  constructor(
    private readonly settings: ImSettings,
    private readonly tokens: TokensService,
    private readonly secrets: Secrets,
    private readonly jwtAuthGuard: JwtAuthGuard,
    private readonly adminGuard: AdminGuard,
    private readonly calls: Calls,
    private readonly limits: RequestLimits,
    private readonly attempts: FailedAttempts,
    private readonly observers: Observers,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const call = callOf(context.getHandler());
    const request = context.switchToHttp().getRequest<HttpRequest & AddressedRequest>();
    const exchange = Exchange.begin(call, request, this.tokens, this.calls);
    let trusted: boolean;
    try {
      trusted = await this.admit(context, exchange, request);
    } catch (error) {
      throw exchange.actor?.isAdmin ? error : ((await this.limits.refusalOf(request, exchange.actor)) ?? error);
    }
    const refusal = trusted ? undefined : await this.limits.refusalOf(request, exchange.actor);
    if (refusal) throw refusal;
    return true;
  }

  /** Checks the caller; answers whether it is an administrator or an AppServer. */
  private async admit(
    context: ExecutionContext,
    exchange: Exchange,
    request: HttpRequest & AddressedRequest,
  ): Promise<boolean> {
    const by = callerOf(exchange.call, exchange.profile.name);
    const caller = by === 'secret-or-admin' ? (exchange.offersSecret ? 'secret' : 'admin') : by;
    const wantsToken = caller !== 'anyone' && caller !== 'secret';

    exchange.requireOperationID();
    if (exchange.profile.bodyBeforeToken) exchange.readInput();
    if (wantsToken) await this.jwtAuthGuard.canActivate(context);
    const isAdmin = exchange.actor?.isAdmin === true;
    if (isAdmin) this.observers.watch(exchange, request);
    if (!exchange.profile.bodyBeforeToken) exchange.readInput();
    if (caller === 'secret') {
      this.attempts.assertMayShowSecret(request);
      this.secrets.assert(exchange.secret ?? '');
      this.observers.watch(exchange, request);
      return true;
    }
    if (caller === 'admin' || (caller === 'admin-or-self' && !this.settings.v1SelfService)) {
      this.adminGuard.canActivate(context);
    }
    return isAdmin;
  }
}
