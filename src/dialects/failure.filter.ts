import { type ArgumentsHost, Catch, type ExceptionFilter, Logger } from '@nestjs/common';
import { BaseExceptionFilter, HttpAdapterHost } from '@nestjs/core';
import { Operation, within } from '../core/operation.js';
import { Exchange, type HttpRequest } from './exchange.js';
import { Unforeseen } from './unforeseen.js';

/** Answers every failure of our operations in the caller's dialect. */
@Catch()
export class FailureFilter implements ExceptionFilter {
  private readonly logger = new Logger('openim');

  constructor(
    private readonly adapterHost: HttpAdapterHost,
    private readonly unforeseen: Unforeseen,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const exchange = Exchange.of(http.getRequest<HttpRequest>());
    if (!exchange) {
      new BaseExceptionFilter(this.adapterHost.httpAdapter).catch(error, host);
      return;
    }
    const what = `/${exchange.call.path}`;
    const operation = new Operation(exchange.operationID, exchange.actor);
    const failure = within(operation, () => this.unforeseen.tellable(error, what, this.logger));
    const { http: status, body } = exchange.fail(failure);
    this.adapterHost.httpAdapter.reply(http.getResponse(), body, status);
  }
}
