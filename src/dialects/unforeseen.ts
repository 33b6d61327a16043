import { Injectable, type Logger } from '@nestjs/common';
import { ImError, ServiceUnavailable } from '../core/errors.js';
import { type Counter, Measures } from '../core/measures.js';
import { isUnavailable } from '../database/failures.js';
import { InternalFailure } from './profiles.js';

/** What no rule of ours made fail. */
@Injectable()
export class Unforeseen {
  private readonly failures: Counter<'kind'>;

  constructor(measures: Measures) {
    this.failures = measures.counter({
      name: 'openim_failures_total',
      help: 'Requests that failed through no rule: the database was unavailable, or something internal went wrong.',
      labels: ['kind'],
    });
    for (const kind of ['unavailable', 'internal']) this.failures.add(0, { kind });
  }

  /**
   * A failure as the caller may hear it. What nobody foresaw goes to the log, not to the caller; a database that does not
   * answer fails many requests alike, and gets a line for each instead of a stack.
   *
   * @param what was being done, for the log
   */
  tellable(error: unknown, what: string, logger: Logger): ImError {
    if (error instanceof ImError) return error;
    if (isUnavailable(error)) {
      this.failures.add(1, { kind: 'unavailable' });
      const { message, code } = error as NodeJS.ErrnoException;
      logger.warn(`${what} failed, as the database is not available: ${message || code}`);
      return new ServiceUnavailable();
    }
    this.failures.add(1, { kind: 'internal' });
    logger.error(`${what} failed`, error instanceof Error ? error.stack : String(error));
    return new InternalFailure();
  }
}

/** True when a failure is ours, not the caller's. */
export function isOurFault(error: ImError): boolean {
  return error instanceof ServiceUnavailable || error instanceof InternalFailure;
}
