import { parseRedisUrl } from '../core/redis-url.js';
import { DEFAULT_REDIS_PREFIX } from '../core/settings.js';
import type { Reading } from './reading.js';

/** Several processes on one database. */
export interface ClusterConfig {
  /** Undefined: this process has the database to itself. */
  redisUrl: string | undefined;
  redisPrefix: string;
}

export function readCluster(reading: Reading, databaseUrl: string): ClusterConfig {
  const redisUrl = reading.text('REDIS_URL', '') || undefined;
  if (redisUrl && !parseRedisUrl(redisUrl)) {
    reading.mistakes.push(
      'REDIS_URL must be redis://[user:password@]host[:port][/db], redis+sentinel://[…]host,host/primary[/db] or ' +
        'redis+cluster://[…]host,host; rediss for TLS',
    );
  }
  if (redisUrl && databaseUrl.startsWith('sqlite:')) {
    reading.mistakes.push(
      'REDIS_URL is for several processes on one database: DATABASE_URL must be a mysql:// one then',
    );
  }
  const redisPrefix = reading.text('REDIS_PREFIX', DEFAULT_REDIS_PREFIX);
  if (!/^[\w.:-]{1,64}$/.test(redisPrefix)) {
    reading.mistakes.push('REDIS_PREFIX must be 1 to 64 letters, digits and . _ : -');
  }
  return { redisUrl, redisPrefix };
}
