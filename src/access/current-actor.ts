import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Actor } from '../core/actor.js';
import type { RequestWithActor } from './jwt-auth.guard.js';

/** The {@link Actor} behind the request; undefined on routes without a token. */
export const CurrentActor = createParamDecorator(
  (_: unknown, context: ExecutionContext): Actor | undefined =>
    context.switchToHttp().getRequest<RequestWithActor>().imActor,
);
