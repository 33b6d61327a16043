import { describe, expect, it } from 'vitest';
import { Reading } from './reading.js';
import { readSafety, type SafetyConfig } from './safety.js';

function read(env: Record<string, string>): { config: SafetyConfig; mistakes: readonly string[] } {
  const reading = new Reading(env);
  return { config: readSafety(reading), mistakes: reading.mistakes };
}

describe('Settings of safety', () => {
  it.each<[string, string, Partial<SafetyConfig>]>([
    ['CORS_ORIGINS', '*', { corsOrigins: '*' }],
    ['CORS_ORIGINS', 'none', { corsOrigins: 'none' }],
    [
      'CORS_ORIGINS',
      'https://app.example.com, http://localhost:5173, capacitor://localhost',
      { corsOrigins: ['https://app.example.com', 'http://localhost:5173', 'capacitor://localhost'] },
    ],
    ['TRUSTED_PROXIES', '10.0.0.0/8, loopback,::1', { trustedProxies: ['10.0.0.0/8', 'loopback', '::1'] }],
    ['TRUSTED_PROXIES', 'none', { trustedProxies: [] }],
    ['AUDIT_LOG_DAYS', '0', { auditLogDays: 0 }],
  ])('%s=%s', (name, value, expected) => {
    expect(read({ [name]: value })).toEqual({ config: { ...read({}).config, ...expected }, mistakes: [] });
  });

  it.each([
    ['RATE_LIMIT_PER_IP', 'requestsPerSecondPerIP'],
    ['RATE_LIMIT_PER_USER', 'requestsPerSecondPerUser'],
    ['LOGIN_FAILURES_PER_IP', 'failuresPerMinutePerIP'],
    ['WS_CONNECTIONS_PER_IP', 'connectionsPerSecondPerIP'],
  ] as const)('%s is a limit, and 0 turns it off', (name, member) => {
    expect(read({ [name]: '7' }).config.limits[member]).toBe(7);
    expect(read({ [name]: '0' }).config.limits[member]).toBe(0);
  });

  it.each([
    ['CORS_ORIGINS', '*, https://app.example.com'],
    ['CORS_ORIGINS', 'none, https://app.example.com'],
    ['CORS_ORIGINS', 'app.example.com'],
    ['CORS_ORIGINS', 'https://app.example.com/'],
    ['CORS_ORIGINS', 'https://app.example.com:443'],
    ['CORS_ORIGINS', 'https://*.example.com/x'],
    ['TRUSTED_PROXIES', 'true'],
    ['TRUSTED_PROXIES', '1'],
    ['TRUSTED_PROXIES', '10.0.0.0/40'],
    ['RATE_LIMIT_PER_IP', '-1'],
    ['RATE_LIMIT_PER_USER', 'many'],
    ['LOGIN_FAILURES_PER_IP', '1.5'],
    ['WS_CONNECTIONS_PER_IP', '1000001'],
    ['AUDIT_LOG_DAYS', '36501'],
  ])('%s=%s is refused', (name, value) => {
    expect(read({ [name]: value }).mistakes).toEqual([expect.stringMatching(new RegExp(`^${name} must `))]);
  });
});
