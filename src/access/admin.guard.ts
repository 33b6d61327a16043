import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { CallerNotAdmin } from './access.errors.js';
import type { RequestWithActor } from './jwt-auth.guard.js';

/**
 * Lets in configured administrators: the token must say `appMangerLevel` 2 and its user must be on the list, so neither a
 * forgotten token of a former administrator nor a level written into the database opens the door. Comes after
 * {@link JwtAuthGuard}.
 *
 * @throws CallerNotAdmin
 */
@Injectable()
export class AdminGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { imActor } = context.switchToHttp().getRequest<RequestWithActor>();
    if (!imActor?.isAdmin) throw new CallerNotAdmin(imActor?.userID ?? '');
    return true;
  }
}
