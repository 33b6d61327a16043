import { isNetwork } from '../core/addresses.js';
import { DEFAULT_LIMITS, type Limits, NO_LIMITS } from '../core/limits.js';
import { DEFAULT_AUDIT_LOG_DAYS } from '../core/settings.js';
import type { Reading } from './reading.js';

/** Pages that may read our answers in a browser: all, none, or those of some origins. */
export type CorsOrigins = '*' | 'none' | readonly string[];

/** What keeps callers from each other, and tells afterwards what administrators did. */
export interface SafetyConfig {
  corsOrigins: CorsOrigins;
  limits: Limits;
  trustedProxies: string[];
  auditLogDays: number;
}

/** Most of anything that may be allowed in a second. */
const MAX_RATE = 1_000_000;

/** Reads `CORS_ORIGINS`, the limits (on by default in production alone), `TRUSTED_PROXIES` and `AUDIT_LOG_DAYS`. */
export function readSafety(reading: Reading, production: boolean): SafetyConfig {
  const defaults = production ? DEFAULT_LIMITS : NO_LIMITS;
  const rate = (name: string, member: keyof Limits): number => reading.integer(name, defaults[member], 0, MAX_RATE);
  return {
    corsOrigins: readOrigins(reading),
    limits: {
      requestsPerSecondPerIP: rate('RATE_LIMIT_PER_IP', 'requestsPerSecondPerIP'),
      requestsPerSecondPerUser: rate('RATE_LIMIT_PER_USER', 'requestsPerSecondPerUser'),
      failuresPerMinutePerIP: rate('LOGIN_FAILURES_PER_IP', 'failuresPerMinutePerIP'),
      connectionsPerSecondPerIP: rate('WS_CONNECTIONS_PER_IP', 'connectionsPerSecondPerIP'),
    },
    trustedProxies: readProxies(reading),
    auditLogDays: reading.integer('AUDIT_LOG_DAYS', DEFAULT_AUDIT_LOG_DAYS, 0, 36_500),
  };
}

function readOrigins(reading: Reading): CorsOrigins {
  const origins = reading.list('CORS_ORIGINS', ['*']);
  const [only] = origins;
  if (origins.length === 1 && (only === '*' || only === 'none')) return only;
  if (origins.every(isOrigin)) return origins;
  reading.mistakes.push(
    'CORS_ORIGINS must be *, none, or a list of origins as https://app.example.com, without a path',
  );
  return '*';
}

/** As browsers write it: scheme, host, and the port unless it is the usual one. */
function isOrigin(text: string): boolean {
  // Apps in web views have origins of schemes of their own, which URL does not call origins: capacitor://localhost.
  if (!/^https?:/.test(text)) return /^[a-z][a-z0-9+.-]*:\/\/[^/?#\s]+$/.test(text);
  try {
    return new URL(text).origin === text;
  } catch {
    return false;
  }
}

function readProxies(reading: Reading): string[] {
  const proxies = reading.list('TRUSTED_PROXIES', ['none']);
  if (proxies.length === 1 && proxies[0] === 'none') return [];
  if (proxies.every(isNetwork)) return proxies;
  reading.mistakes.push(
    'TRUSTED_PROXIES must be none, or a list of addresses, networks as 10.0.0.0/8, and the words loopback and private',
  );
  return [];
}
