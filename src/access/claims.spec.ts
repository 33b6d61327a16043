import { describe, expect, it } from 'vitest';
import { PLATFORM_NAMES } from '../core/protocol.js';
import { TokenMalformed } from './access.errors.js';
import { claimsOf, payloadOf } from './claims.js';

const NOW = 1_700_000_000;
const WEEK = 604_800;
const bearer = { userID: 'ann', platformID: 5, appMangerLevel: 1, jti: 'unique' };

describe('The payload of a new token', () => {
  it.each([1, 2] as const)('in v%i names the platform and is valid from now on', (dialect) => {
    expect(payloadOf(dialect, bearer, NOW, WEEK)).toMatchObject({
      UID: 'ann',
      Platform: 'Web',
      exp: NOW + WEEK,
      nbf: NOW,
      iat: NOW,
    });
  });

  it('in v3 numbers the platform and is valid five minutes before it was issued', () => {
    expect(payloadOf(3, bearer, NOW, 7_776_000)).toMatchObject({
      UserID: 'ann',
      PlatformID: 5,
      exp: NOW + 7_776_000,
      nbf: NOW - 300,
      iat: NOW,
    });
  });

  it('has the claims of one form only, in the order of the samples', () => {
    const order = (payload: object) =>
      Object.keys(payload).filter((claim) => !['appMangerLevel', 'jti'].includes(claim));
    expect(order(payloadOf(1, bearer, NOW, WEEK))).toEqual(['UID', 'Platform', 'exp', 'nbf', 'iat']);
    expect(order(payloadOf(2, bearer, NOW, WEEK))).toEqual(['UID', 'Platform', 'exp', 'nbf', 'iat']);
    expect(order(payloadOf(3, bearer, NOW, WEEK))).toEqual(['UserID', 'PlatformID', 'exp', 'nbf', 'iat']);
  });

  it('tells the level of its bearer, and is not that of any other token', () => {
    for (const dialect of [1, 2, 3] as const) {
      expect(payloadOf(dialect, { ...bearer, appMangerLevel: 2 }, NOW, WEEK)).toMatchObject({
        appMangerLevel: 2,
        jti: 'unique',
      });
    }
  });
});

describe('The claims of a token', () => {
  it.each(Object.keys(PLATFORM_NAMES).map(Number))(
    'are read back as they were written, on platform %i',
    (platformID) => {
      for (const dialect of [1, 2, 3] as const) {
        expect(claimsOf(payloadOf(dialect, { ...bearer, platformID }, NOW, WEEK))).toEqual({
          userID: 'ann',
          platformID,
          appMangerLevel: 1,
          exp: NOW + WEEK,
          v3: dialect === 3,
        });
      }
    },
  );

  it('of other servers have no level, which makes nobody an administrator', () => {
    expect(claimsOf({ UID: 'ann', Platform: 'IOS', exp: NOW })).toMatchObject({ appMangerLevel: 0, v3: false });
    expect(claimsOf({ UserID: 'ann', PlatformID: 1, exp: NOW })).toMatchObject({ appMangerLevel: 0, v3: true });
    expect(claimsOf({ UserID: 'ann', PlatformID: 1, exp: NOW, appMangerLevel: '2' }).appMangerLevel).toBe(0);
  });

  it('may name a platform nobody knows, which is 0', () => {
    for (const name of ['', 'Toaster', 'ios', 'constructor']) {
      expect(claimsOf({ UID: 'ann', Platform: name, exp: NOW }).platformID).toBe(0);
    }
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'ann'],
    ['an empty object', {}],
    ['neither form', { exp: NOW, sub: 'ann' }],
    ['both forms', { UID: 'ann', Platform: 'IOS', UserID: 'ann', PlatformID: 1, exp: NOW }],
    ['v3 with the other user', { UserID: 'ann', PlatformID: 1, UID: 'bob', exp: NOW }],
    ['v1 with the other user', { UID: 'ann', Platform: 'IOS', UserID: 'bob', exp: NOW }],
    ['half of each form', { UID: 'ann', PlatformID: 1, exp: NOW }],
    ['the other half of each form', { UserID: 'ann', Platform: 'IOS', exp: NOW }],
    ['a user who is a number', { UserID: 1, PlatformID: 1, exp: NOW }],
    ['a platform number as text', { UserID: 'ann', PlatformID: '1', exp: NOW }],
    ['a platform name as number', { UID: 'ann', Platform: 1, exp: NOW }],
    ['no end', { UserID: 'ann', PlatformID: 1 }],
    ['an end as text', { UID: 'ann', Platform: 'IOS', exp: String(NOW) }],
  ])('with %s are malformed', (_what, payload) => {
    expect(() => claimsOf(payload)).toThrow(TokenMalformed);
  });
});
