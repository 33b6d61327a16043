import { describe, expect, it } from 'vitest';
import { parseRedisUrl } from './redis-url.js';

const plain = { tls: false, username: undefined, password: undefined, db: 0, primary: '' };

describe('A URL of Redis', () => {
  it.each([
    ['redis://localhost', { kind: 'single', hosts: [{ host: 'localhost', port: 6379 }] }],
    ['redis://10.0.0.1:7000/3', { kind: 'single', hosts: [{ host: '10.0.0.1', port: 7000 }], db: 3 }],
    ['redis://[::1]:7000', { kind: 'single', hosts: [{ host: '::1', port: 7000 }] }],
    ['rediss://cache', { kind: 'single', hosts: [{ host: 'cache', port: 6379 }], tls: true }],
    ['redis://:p%40ss@cache', { kind: 'single', hosts: [{ host: 'cache', port: 6379 }], password: 'p@ss' }],
    [
      'redis://im:a%3Ab@cache/0',
      { kind: 'single', hosts: [{ host: 'cache', port: 6379 }], username: 'im', password: 'a:b' },
    ],
    [
      'redis+sentinel://a,b:26380/main/2',
      {
        kind: 'sentinel',
        hosts: [
          { host: 'a', port: 26_379 },
          { host: 'b', port: 26_380 },
        ],
        primary: 'main',
        db: 2,
      },
    ],
    [
      'rediss+cluster://im:secret@a:7000,b:7001',
      {
        kind: 'cluster',
        hosts: [
          { host: 'a', port: 7000 },
          { host: 'b', port: 7001 },
        ],
        tls: true,
        username: 'im',
        password: 'secret',
      },
    ],
  ])('%s', (url, expected) => {
    expect(parseRedisUrl(url)).toEqual({ ...plain, ...expected });
  });

  it.each([
    '',
    'localhost:6379',
    'http://localhost',
    'redis://',
    'redis://a,b',
    'redis://localhost:0',
    'redis://localhost:70000',
    'redis://localhost/x',
    'redis://localhost/1/2',
    'redis://localhost?tls=true',
    'redis://%zz@localhost',
    'redis+sentinel://a,b',
    'redis+cluster://a/1',
    'redis+cluster://a,,b',
    'redis+other://a',
  ])('is not %j', (url) => {
    expect(parseRedisUrl(url)).toBeUndefined();
  });
});
