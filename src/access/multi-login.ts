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
    case 4:
      return groups(others, (token) => classOf(token.platformID)).flatMap(([device, tokens]) =>
        device === classOf(platformID) ? tokens : tokens.slice(1),
      );
    case 5: {
      const mobile = others.filter((token) => classOf(token.platformID) !== 'pc');
      if (classOf(platformID) !== 'pc') return mobile;
      const kept = mobile.find((token) => token.platformID === ANDROID) ?? mobile[0];
      return mobile.filter((token) => token !== kept);
    }
  }
}

/** A connection, as far as the policy looks at it. */
interface Open {
  platformID: number;
  token: string;
}

/** What a new connection ends. */
export interface Kicks<C> {
  connections: C[];
  /** Whose tokens end: nobody's, the kicked connections', or all the user has on the new one's platform but its own. */
  tokens: 'none' | 'theirs' | 'platform';
}

/**
 * Which of a user's open connections a new one kicks. One that was opened with the same token is the same device coming
 * back, and stays. Source: contract/gateway.md section 7.
 *
 * @param open without the new one
 */
export function connectionsToKick<C extends Open>(
  policy: MultiLoginPolicy,
  open: readonly C[],
  arriving: Readonly<Open>,
): Kicks<C> {
  const nothing: Kicks<C> = { connections: [], tokens: 'none' };
  const isAdmin = arriving.platformID === ADMIN_PLATFORM_ID;
  // As with tokens, an administrator's consoles are by themselves; theirs do not end, since AppServers act with them too.
  const rivals = open.filter(({ platformID }) => (platformID === ADMIN_PLATFORM_ID) === isAdmin);
  const kicking = (tokens: Kicks<C>['tokens'], some: readonly C[]): Kicks<C> => ({
    connections: some.filter(({ token }) => token !== arriving.token),
    tokens: isAdmin ? 'none' : tokens,
  });
  switch (policy) {
    case 0:
      return nothing;
    case 1: {
      const samePlatform = rivals.filter(({ platformID }) => platformID === arriving.platformID);
      return samePlatform.length > 0 ? kicking('platform', samePlatform) : nothing;
    }
    case 4:
      return kicking(
        'theirs',
        rivals.filter(({ platformID }) => classOf(platformID) === classOf(arriving.platformID)),
      );
    case 5:
      if (classOf(arriving.platformID) === 'pc') return nothing;
      return kicking(
        'platform',
        rivals.filter(({ platformID }) => classOf(platformID) !== 'pc'),
      );
  }
}

function classOf(platformID: number): string {
  return DEVICE_CLASS[platformID] ?? String(platformID);
}

/** Tokens by a property, in the order they come. */
function groups<T extends Held, K>(tokens: readonly T[], keyOf: (token: T) => K): [K, T[]][] {
  const byKey = new Map<K, T[]>();
  for (const token of tokens) byKey.set(keyOf(token), [...(byKey.get(keyOf(token)) ?? []), token]);
  return [...byKey];
}
