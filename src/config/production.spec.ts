import { describe, expect, it } from 'vitest';
import { expectMistake, mistakesOf } from '../../test/support/environment.js';
import { readEnvironment } from './environment.js';

const PRODUCTION = { NODE_ENV: 'production', IM_SECRET: 'a secret', TOKEN_SECRET: 'sixteen letters!' };

describe('Production', () => {
  it('starts with secrets of its own', () => {
    expect(readEnvironment(PRODUCTION)).toMatchObject({
      production: true,
      secrets: ['a secret'],
      tokenSecret: 'sixteen letters!',
    });
  });

  it.each(['openIM123', 'tuoyun', 'mine,tuoyun', 'openIM123, mine', ''])('refuses the public secrets: %j', (secret) => {
    expectMistake({ ...PRODUCTION, IM_SECRET: secret }, 'IM_SECRET');
  });

  it.each(['', 'fifteen letters', '  fifteen letters  '])('refuses a short key for tokens: %j', (key) => {
    expectMistake({ ...PRODUCTION, TOKEN_SECRET: key }, 'TOKEN_SECRET');
  });

  it.each(['mysql://root@db/im', 'mysql://root@10.0.0.5:3306/im', 'mysql://127.0.0.1.example.com/im'])(
    'refuses an account without password that others can reach: %s',
    (url) => {
      expectMistake({ ...PRODUCTION, DATABASE_URL: url }, 'DATABASE_URL');
      expect(mistakesOf({ DATABASE_URL: url })).toEqual([]);
    },
  );

  it.each(['mysql://root:x@db/im', 'mysql://root@127.0.0.1/im', 'mysql://root@[::1]/im', 'mysql://root@localhost/im'])(
    'takes one with a password, or on this machine: %s',
    (url) => {
      expect(mistakesOf({ ...PRODUCTION, DATABASE_URL: url })).toEqual([]);
    },
  );

  it('is only what is called production', () => {
    expect(readEnvironment({ NODE_ENV: 'development' }).production).toBe(false);
    expect(mistakesOf({ NODE_ENV: 'production' })).toHaveLength(2);
  });
});
