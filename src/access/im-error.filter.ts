import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import { BaseExceptionFilter, HttpAdapterHost } from '@nestjs/core';
import { ImError, type ImErrorCode } from '../core/errors.js';

/** Begins of codes and the status they mean over plain HTTP; the first that fits counts. */
const STATUS: readonly (readonly [prefix: string, status: number])[] = [
  ['token.', 401],
  ['secret.', 401],
  ['caller.too-many-requests', 429],
  ['caller.', 403],
  ['operation.vetoed', 403],
  ['user.already-registered', 409],
  ['black.already-blocked', 409],
  ['user.not-found', 404],
  ['group.not-found', 404],
  ['message.sender-', 403],
  ['message.receiver-', 403],
  ['message.group-muted', 403],
  ['service.unavailable', 503],
  ['internal', 500],
];

/**
 * For a host application's own routes: what our guards and services throw becomes an ordinary Nest answer with a fitting
 * HTTP status and our code, e.g. `401 {"statusCode":401,"error":"token.expired","message":"…"}`. Our routes answer in
 * their dialects and do not need it.
 *
 * @example `@UseFilters(ImErrorFilter)` on a controller that uses `JwtAuthGuard`
 */
@Catch(ImError)
export class ImErrorFilter implements ExceptionFilter {
  constructor(private readonly adapterHost: HttpAdapterHost) {}

  catch(error: ImError, host: ArgumentsHost): void {
    const statusCode = httpStatusOf(error.code);
    const answer = new HttpException({ statusCode, error: error.code, message: error.message }, statusCode);
    new BaseExceptionFilter(this.adapterHost.httpAdapter).catch(answer, host);
  }
}

/** The status a failure has over plain HTTP; 400 for every mistake in what was asked. */
function httpStatusOf(code: ImErrorCode): number {
  return STATUS.find(([prefix]) => code.startsWith(prefix))?.[1] ?? 400;
}
