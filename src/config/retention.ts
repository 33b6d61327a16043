import { parseTimeOfDay } from '../core/daily.js';
import { DEFAULT_RETENTION_TIME } from '../core/settings.js';
import type { Reading } from './reading.js';

/** A hundred years. */
const MAX_DAYS = 36_500;

/** How long things are kept. */
export interface RetentionConfig {
  /** 0: for ever. */
  messageRetentionDays: number;
  /** 0: for ever. */
  logRetentionDays: number;
  /** `HH:MM` in the time zone of the process. */
  retentionTime: string;
}

export function readRetention(reading: Reading): RetentionConfig {
  const retentionTime = reading.text('RETENTION_TIME', DEFAULT_RETENTION_TIME);
  if (!parseTimeOfDay(retentionTime)) {
    reading.mistakes.push(
      `RETENTION_TIME must be a time of day from 00:00 to 23:59, not ${JSON.stringify(retentionTime)}`,
    );
  }
  return {
    messageRetentionDays: reading.integer('MESSAGE_RETENTION_DAYS', 0, 0, MAX_DAYS),
    logRetentionDays: reading.integer('LOG_RETENTION_DAYS', 0, 0, MAX_DAYS),
    retentionTime,
  };
}
