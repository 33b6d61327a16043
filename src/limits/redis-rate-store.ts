import { setTimeout as delay } from 'node:timers/promises';
import { connectRedis, type RedisClient } from '../cluster/redis-client.js';
import type { ImSettings } from '../core/settings.js';
import { MemoryRateStore } from './memory-rate-store.js';
import { type Rate, RateStore, type Taken } from './rate-store.js';

/** Milliseconds that a request waits for Redis; then what this process has counted alone decides. */
const PATIENCE_MS = 250;

/** One bucket, filled up by the clock of Redis; gone when it is full. */
const TAKE = `
local clock = redis.call('TIME')
local now = clock[1] * 1000 + clock[2] / 1000
local perMs, burst, cost = ARGV[1] / 1000, tonumber(ARGV[2]), tonumber(ARGV[3])
local known = redis.call('HMGET', KEYS[1], 'left', 'since')
local left = math.min(burst, (tonumber(known[1]) or burst) + (now - (tonumber(known[2]) or now)) * perMs)
local allowed = 0
if left >= cost then
  allowed = 1
  left = left - cost
end
redis.call('HSET', KEYS[1], 'left', tostring(left), 'since', tostring(now))
redis.call('PEXPIRE', KEYS[1], math.ceil((burst - left) / perMs) + 1000)
return { allowed, math.ceil(math.max(0, cost - left) / perMs) }`;

type Taking = RedisClient & {
  imTake(key: string, perSecond: number, burst: number, cost: number): Promise<[allowed: number, retryAfterMs: number]>;
};

/** Counts for all nodes. What a node alone would refuse costs no question; without Redis each node counts for itself. */
export class RedisRateStore extends RateStore {
  private readonly own = new MemoryRateStore();

  private constructor(
    private readonly client: Taking,
    private readonly prefix: string,
  ) {
    super();
  }

  static async connect({ redis, redisPrefix }: ImSettings): Promise<RedisRateStore> {
    const client = await connectRedis(redis!);
    client.on('error', () => undefined);
    client.defineCommand('imTake', { numberOfKeys: 1, lua: TAKE });
    return new RedisRateStore(client as Taking, redisPrefix);
  }

  override take(key: string, cost: number, rate: Rate): Taken | Promise<Taken> {
    const own = this.own.take(key, cost, rate);
    if (!own.allowed || this.client.status !== 'ready') return own;
    return this.takeFromAll(key, cost, rate, own);
  }

  override close(): void {
    this.client.disconnect();
  }

  private async takeFromAll(key: string, cost: number, { perSecond, burst }: Rate, own: Taken): Promise<Taken> {
    const asking = this.client.imTake(`${this.prefix}:rate:{${key}}`, perSecond, burst, cost).catch(() => undefined);
    const answer = await Promise.race([asking, delay(PATIENCE_MS, undefined, { ref: false })]);
    return answer ? { allowed: answer[0] === 1, retryAfterMs: answer[1] } : own;
  }
}
