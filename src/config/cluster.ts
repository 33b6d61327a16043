import { parseRedisUrl } from '../core/redis-url.js';
import { DEFAULT_REDIS_PREFIX } from '../core/settings.js';
import type { Reading } from './reading.js';

/** Several processes on one database. */
export interface ClusterConfig {
  /** Undefined: this process has the database to itself. */
  redisUrl: string | undefined;
  redisPrefix: string;
  databaseReplicaUrls: string[];
}

/** mysql://user:password@host:port/database */
export function isMysqlUrl(url: string): boolean {
  try {
    const { protocol, hostname, pathname } = new URL(url);
    return protocol === 'mysql:' && hostname !== '' && pathname.length > 1;
  } catch {
    return false;
  }
}

export function readCluster(reading: Reading, databaseUrl: string): ClusterConfig {
  const isSqlite = databaseUrl.startsWith('sqlite:');
  const redisUrl = reading.text('REDIS_URL', '') || undefined;
  if (redisUrl && !parseRedisUrl(redisUrl)) {
    reading.mistakes.push(
      'REDIS_URL must be redis://[user:password@]host[:port][/db], redis+sentinel://[…]host,host/primary[/db] or ' +
        'redis+cluster://[…]host,host; rediss for TLS',
    );
  }
  if (redisUrl && isSqlite) {
    reading.mistakes.push(
      'REDIS_URL is for several processes on one database: DATABASE_URL must be a mysql:// one then',
    );
  }
  const redisPrefix = reading.text('REDIS_PREFIX', DEFAULT_REDIS_PREFIX);
  if (!/^[\w.:-]{1,64}$/.test(redisPrefix)) {
    reading.mistakes.push('REDIS_PREFIX must be 1 to 64 letters, digits and . _ : -');
  }
  const databaseReplicaUrls = reading.list('DATABASE_REPLICA_URLS', []);
  if (!databaseReplicaUrls.every(isMysqlUrl) || (databaseReplicaUrls.length > 0 && isSqlite)) {
    reading.mistakes.push('DATABASE_REPLICA_URLS must be mysql:// URLs between commas, beside a mysql:// DATABASE_URL');
  }
  return { redisUrl, redisPrefix, databaseReplicaUrls };
}
