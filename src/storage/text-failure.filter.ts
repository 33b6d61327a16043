import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ImError, type ImErrorCode } from '../core/errors.js';
import { Unforeseen } from '../dialects/unforeseen.js';

/** Source: contract/v3/object-and-third.md "GET /object/<name...>". */
const STATUS: Partial<Record<ImErrorCode, number>> = { 'args.invalid': 400, 'record.not-found': 404 };

/** Failures as plain text: browsers ask here, and storage clients, not callers of the API. */
@Catch()
export class TextFailureFilter implements ExceptionFilter {
  private readonly logger = new Logger('openim');

  constructor(
    private readonly adapterHost: HttpAdapterHost,
    private readonly unforeseen: Unforeseen,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const { httpAdapter } = this.adapterHost;
    const response: unknown = host.switchToHttp().getResponse();
    const status = statusOf(error);
    if (status === 500) this.unforeseen.tellable(error, 'the serving of an object', this.logger);
    httpAdapter.setHeader(response, 'Content-Type', 'text/plain; charset=utf-8');
    httpAdapter.setHeader(response, 'X-Content-Type-Options', 'nosniff');
    httpAdapter.reply(response, status === 500 ? 'internal error' : (error as Error).message, status);
  }
}

function statusOf(error: unknown): number {
  if (error instanceof ImError) return STATUS[error.code] ?? 500;
  return error instanceof HttpException ? error.getStatus() : 500;
}
