import type { Logger } from '@nestjs/common';
import { ImError, ServiceUnavailable } from '../core/errors.js';
import { isUnavailable } from '../database/failures.js';
import { InternalFailure } from './profiles.js';

/**
 * A failure as the caller may hear it. What nobody foresaw goes to the log, not to the caller; a database that does not
 * answer fails many requests alike, and gets a line for each instead of a stack.
 *
 * @param what was being done, for the log
 */
export function tellable(error: unknown, what: string, logger: Logger): ImError {
  if (error instanceof ImError) return error;
  if (isUnavailable(error)) {
    const { message, code } = error as NodeJS.ErrnoException;
    logger.warn(`${what} failed, as the database is not available: ${message || code}`);
    return new ServiceUnavailable();
  }
  logger.error(`${what} failed`, error instanceof Error ? error.stack : String(error));
  return new InternalFailure();
}
