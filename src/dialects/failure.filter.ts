import { type ArgumentsHost, Catch, type ExceptionFilter, Logger } from '@nestjs/common';
import { BaseExceptionFilter, HttpAdapterHost } from '@nestjs/core';
import { ImError } from '../core/errors.js';
import { Exchange, type HttpRequest } from './exchange.js';

/** Answers every failure of our operations in the caller's dialect. What nobody foresaw goes to the log, not to the caller. */
@Catch()
export class FailureFilter implements ExceptionFilter {
  private readonly logger = new Logger('openim');

  constructor(private readonly adapterHost: HttpAdapterHost) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const exchange = Exchange.of(http.getRequest<HttpRequest>());
    if (!exchange) {
      new BaseExceptionFilter(this.adapterHost.httpAdapter).catch(error, host);
      return;
    }
    if (!(error instanceof ImError)) {
      this.logger.error(
        `/${exchange.call.path} failed, operationID ${JSON.stringify(exchange.operationID)}`,
        error instanceof Error ? error.stack : String(error),
      );
    }
    const { http: status, body } = exchange.fail(error);
    this.adapterHost.httpAdapter.reply(http.getResponse(), body, status);
  }
}
