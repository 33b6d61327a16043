import { ADMIN_PLATFORM_ID } from '../core/protocol.js';
import type { MultiLoginPolicy } from '../core/settings.js';

/** The platform policy 5 would rather keep. */
const ANDROID = 2;

/** Most tokens a user keeps on one platform under policy 0. */
const MAX_PER_PLATFORM = 30;

const DEVICE_CLASS: Readonly<Record<number, string>> = {
  1: 'mobile',
  2: 'mobile',
  3: 'pc',
  4: 'pc',
  5: 'web',
  6: 'mini-web',
  7: 'pc',
  8: 'pad',
  9: 'pad',
  10: 'admin',
  11: 'harmony',
};

interface Held {
  platformID: number;
  /** Epoch milliseconds. */
  issuedAt: number;
}

/**
 * Which of the tokens a user holds end when one for `platformID` is issued. Where the protocol keeps "one" of several, the
 * newest stays. Source: contract/v3/common.md section 6.
 */
export function tokensToKick<T extends Held>(policy: MultiLoginPolicy, held: readonly T[], platformID: number): T[] {
  // An administrator's console is beside all other logins: it neither ends them nor is ended by them.
  if (platformID === ADMIN_PLATFORM_ID) return [];
  const others = held.filter((token) => token.platformID !== ADMIN_PLATFORM_ID).sort((a, b) => b.issuedAt - a.issuedAt);
  switch (policy) {
    case 0:
      return groups(others, (token) => token.platformID).flatMap(([platform, tokens]) =>
        tokens.slice(platform === platformID ? MAX_PER_PLATFORM - 1 : MAX_PER_PLATFORM),
      );
    case 1:
      return groups(others, (token) => token.platformID).flatMap(([platform, tokens]) =>
        platform === platformID ? tokens : tokens.slice(1),
      );
    case 4: {
      const classOf = (id: number): string => DEVICE_CLASS[id] ?? String(id);
      return groups(others, (token) => classOf(token.platformID)).flatMap(([device, tokens]) =>
        device === classOf(platformID) ? tokens : tokens.slice(1),
      );
    }
    case 5: {
      const mobile = others.filter((token) => DEVICE_CLASS[token.platformID] !== 'pc');
      if (DEVICE_CLASS[platformID] !== 'pc') return mobile;
      const kept = mobile.find((token) => token.platformID === ANDROID) ?? mobile[0];
      return mobile.filter((token) => token !== kept);
    }
  }
}

/** Tokens by a property, in the order they come. */
function groups<T extends Held, K>(tokens: readonly T[], keyOf: (token: T) => K): [K, T[]][] {
  const byKey = new Map<K, T[]>();
  for (const token of tokens) byKey.set(keyOf(token), [...(byKey.get(keyOf(token)) ?? []), token]);
  return [...byKey];
}
