import { type ArgumentsHost, Catch, type ExceptionFilter, Logger } from '@nestjs/common';
import { BaseExceptionFilter, HttpAdapterHost } from '@nestjs/core';
import { Operation, within } from '../core/operation.js';
import type { ImError } from '../core/errors.js';
import type { AddressedRequest } from '../limits/client-addresses.js';
import { FailedAttempts } from '../limits/failed-attempts.js';
import { TooManyRequests } from '../limits/limits.errors.js';
import { Exchange, type HttpRequest } from './exchange.js';
import { Unforeseen } from './unforeseen.js';

/** Answers every failure of our operations in the caller's dialect, and counts those that may be guesses. */
@Catch()
export class FailureFilter implements ExceptionFilter {
  private readonly logger = new Logger('openim');

  constructor(
    private readonly adapterHost: HttpAdapterHost,
    private readonly unforeseen: Unforeseen,
    private readonly attempts: FailedAttempts,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<HttpRequest & AddressedRequest>();
    const exchange = Exchange.of(request);
    if (!exchange) {
      new BaseExceptionFilter(this.adapterHost.httpAdapter).catch(error, host);
      return;
    }
    const what = `/${exchange.call.path}`;
    const operation = new Operation(exchange.operationID, exchange.actor);
    const failure = within(operation, () => this.unforeseen.tellable(error, what, this.logger));
    const answer = (told: ImError): void => this.answer(exchange, http.getResponse(), told);
    if (!this.attempts.counts(failure.code)) answer(failure);
    else void this.attempts.refusalOf(request, failure.code).then((refusal) => answer(refusal ?? failure));
  }

  private answer(exchange: Exchange, response: unknown, failure: ImError): void {
    const { httpAdapter } = this.adapterHost;
    const { http: status, body } = exchange.fail(failure);
    if (failure instanceof TooManyRequests && failure.retryAfterMs > 0) {
      httpAdapter.setHeader(response, 'Retry-After', String(Math.ceil(failure.retryAfterMs / 1000)));
    }
    httpAdapter.reply(response, body, status);
  }
}
