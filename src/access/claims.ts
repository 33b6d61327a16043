import { PLATFORM_NAMES, platformIDOf } from '../core/protocol.js';
import { TokenMalformed } from './access.errors.js';

/** The dialect a token is issued in: tells its claims and its lifetime. */
export type TokenDialect = 1 | 2 | 3;

/** What a token says, whatever its form. */
export interface Claims {
  userID: string;
  platformID: number;
  /** 2 for administrators. */
  appMangerLevel: number;
  /** Seconds since the epoch. */
  exp: number;
  /** True when the claims are v3's `UserID` and `PlatformID`, false for `UID` and `Platform`. */
  v3: boolean;
}

/** Seconds by which a v3 token is valid before it was issued, for clocks that run behind. */
const V3_NOT_BEFORE_SLACK = 300;

/**
 * The payload of a new token. v1 and v2 name the platform, v3 numbers it; ours adds the caller's level and an ID that
 * makes every token different. Source: contract/legacy/dialects.md 4.1.
 */
export function payloadOf(
  dialect: TokenDialect,
  claims: { userID: string; platformID: number; appMangerLevel: number; jti: string },
  issuedAt: number,
  lifetime: number,
): Record<string, unknown> {
  const { userID, platformID, appMangerLevel, jti } = claims;
  const exp = issuedAt + lifetime;
  return dialect === 3
    ? {
        UserID: userID,
        PlatformID: platformID,
        appMangerLevel,
        exp,
        nbf: issuedAt - V3_NOT_BEFORE_SLACK,
        iat: issuedAt,
        jti,
      }
    : { UID: userID, Platform: PLATFORM_NAMES[platformID], appMangerLevel, exp, nbf: issuedAt, iat: issuedAt, jti };
}

/** Reads a verified payload of either form. @throws TokenMalformed when it has both, neither, or members of other types */
export function claimsOf(payload: unknown): Claims {
  if (typeof payload !== 'object' || payload === null) throw new TokenMalformed();
  const { UID, Platform, UserID, PlatformID, appMangerLevel, exp } = payload as Record<string, unknown>;
  const level = typeof appMangerLevel === 'number' ? appMangerLevel : 0;
  if (typeof exp !== 'number') throw new TokenMalformed();
  if (typeof UserID === 'string' && typeof PlatformID === 'number' && UID === undefined) {
    return { userID: UserID, platformID: PlatformID, appMangerLevel: level, exp, v3: true };
  }
  if (typeof UID === 'string' && typeof Platform === 'string' && UserID === undefined) {
    return { userID: UID, platformID: platformIDOf(Platform) ?? 0, appMangerLevel: level, exp, v3: false };
  }
  throw new TokenMalformed();
}
