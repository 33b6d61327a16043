import { describe, expect, it } from 'vitest';
import { readEnvironment } from './environment.js';

const DATABASE_URL = 'mysql://im:secret@db/im';

describe('Several processes', () => {
  it('find each other by a URL', () => {
    expect(readEnvironment({ DATABASE_URL, REDIS_URL: ' redis://cache/1 ' })).toMatchObject({
      redisUrl: 'redis://cache/1',
      redisPrefix: 'openim',
    });
    expect(readEnvironment({ DATABASE_URL, REDIS_URL: 'redis://cache', REDIS_PREFIX: 'staging:im' })).toMatchObject({
      redisPrefix: 'staging:im',
    });
  });

  it.each([
    [{ DATABASE_URL, REDIS_URL: 'cache:6379' }, 'REDIS_URL must be redis://'],
    [{ DATABASE_URL, REDIS_URL: 'redis://cache', REDIS_PREFIX: '{a}' }, 'REDIS_PREFIX must be'],
    [{ REDIS_URL: 'redis://cache' }, 'DATABASE_URL must be a mysql:// one'],
  ])('%j is a mistake', (env, told) => {
    expect(() => readEnvironment(env)).toThrow(told);
  });
});
