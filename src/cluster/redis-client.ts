import type { Cluster, Redis, RedisOptions } from 'ioredis';
import type { RedisAddress } from '../core/redis-url.js';

export type RedisClient = Redis | Cluster;

/** Milliseconds until a connection, or a command, is given up. */
const CONNECT_TIMEOUT_MS = 2_000;
export const COMMAND_TIMEOUT_MS = 1_000;

/** Milliseconds between attempts to connect, at most. */
const RETRY_MS = 500;

/**
 * A client that connects, and connects again for ever. Commands fail at once while it is not connected.
 *
 * @param blocking for commands that wait for something to happen: they have no bound of their own
 */
export async function connectRedis(address: RedisAddress, { blocking = false } = {}): Promise<RedisClient> {
  const { Cluster: ClusterClient, Redis: Client } = await import('ioredis');
  const { kind, hosts, tls, username, password, db, primary } = address;
  const options: RedisOptions = {
    username,
    password,
    connectTimeout: CONNECT_TIMEOUT_MS,
    commandTimeout: blocking ? undefined : COMMAND_TIMEOUT_MS,
    // What was under way when the connection broke may or may not have been done; who asked decides.
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    ...(tls ? { tls: {} } : {}),
  };
  const retryStrategy = (attempt: number): number => Math.min(50 * attempt, RETRY_MS);
  if (kind === 'cluster') {
    // The client itself asks nodes that it is yet to connect to.
    return new ClusterClient(hosts, {
      redisOptions: options,
      enableOfflineQueue: false,
      clusterRetryStrategy: retryStrategy,
    });
  }
  options.enableOfflineQueue = false;
  if (kind === 'single') return new Client({ ...options, ...hosts[0], db, retryStrategy });
  // Sentinels have passwords of their own, if any; ours is the primary's.
  return new Client({
    ...options,
    db,
    sentinels: hosts,
    name: primary,
    retryStrategy,
    sentinelRetryStrategy: retryStrategy,
  });
}
