import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { AdminGuard } from '../access/admin.guard.js';
import { JwtAuthGuard } from '../access/jwt-auth.guard.js';
import { Secrets } from '../access/secrets.js';
import { TokensService } from '../access/tokens.service.js';
import { ImSettings } from '../core/settings.js';
import { Calls } from './calls.js';
import { Exchange, type HttpRequest } from './exchange.js';
import { callerOf, callOf } from './speech.js';

/**
 * The way into every operation: decides the dialect, reads the body and checks the caller, in the order the dialect
 * prescribes. v1 and v2: body, secret or token, administrator (contract/legacy/seeds.md 0.4). v3: operationID, token, body,
 * secret or administrator (contract/v3/common.md section 1).
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
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const call = callOf(context.getHandler());
    const exchange = Exchange.begin(call, context.switchToHttp().getRequest<HttpRequest>(), this.tokens, this.calls);
    const by = callerOf(call, exchange.profile.name);
    const caller = by === 'secret-or-admin' ? (exchange.offersSecret ? 'secret' : 'admin') : by;
    const wantsToken = caller !== 'anyone' && caller !== 'secret';

    exchange.requireOperationID();
    if (exchange.profile.bodyBeforeToken) exchange.readInput();
    if (wantsToken) await this.jwtAuthGuard.canActivate(context);
    if (!exchange.profile.bodyBeforeToken) exchange.readInput();
    if (caller === 'secret') this.secrets.assert(exchange.secret ?? '');
    if (caller === 'admin' || (caller === 'admin-or-self' && !this.settings.v1SelfService)) {
      this.adminGuard.canActivate(context);
    }
    return true;
  }
}
