import { COLLISIONS, type Sign } from './collisions.js';
import type { Dialect } from './dialect-name.js';

/** Everything about a request that may tell its dialect. */
export interface Signs {
  /** Path without a leading slash and without a host's prefix, e.g. `group/kick_group`. */
  path: string;
  /** The parsed body; undefined when it could not be parsed or is not an object. */
  body: Record<string, unknown> | undefined;
  /** The header `operationID` is there. */
  operationIDHeader: boolean;
  /** What the presented token was issued in: `legacy` for v1 or v2, undefined without a token that tells. */
  token?: Dialect | 'legacy' | undefined;
  /** A token was presented, good or bad. */
  hasToken: boolean;
}

/**
 * In which dialect a request speaks. Pure, and blind to whether secrets and tokens are any good. The steps are those of
 * contract/legacy/dialects.md section 1.2; what distinguishes the dialects on each path is in `collisions.ts`.
 */
export function decideDialect({ path, body, operationIDHeader, token, hasToken }: Signs): Dialect {
  const row = COLLISIONS[path];
  // Step 0: nobody else speaks on this path.
  if (!row) return 'v3';
  const [only, another] = row.dialects;
  if (only && !another) return only;
  const v3Spoken = row.dialects.includes('v3');

  // Step 1: nothing to look at.
  if (!body) return operationIDHeader && v3Spoken ? 'v3' : row.documentedV1 ? 'v1' : 'v2';

  // Step 2: the members of exactly one dialect are there.
  const shows = (signs: readonly Sign[] | undefined): boolean => (signs ?? []).some((sign) => isThere(sign, body));
  if (row.decisive && shows(row.decisive.signs)) return row.decisive.dialect;
  const speaking = row.dialects.filter((dialect) => shows(row[dialect]));
  const [first, second] = speaking;
  if (first && !second) return first;

  // Steps 3, 4 and 6: several or none, so the place of the operationID tells legacy and v3 apart.
  const inBody = isThere('operationID', body);
  if (v3Spoken && !inBody) {
    if (operationIDHeader) return 'v3';
    if (token === 'v3') return 'v3';
    if (!hasToken && !row.documentedV1 && !row.documentedV2) return 'v3';
  }
  if (v3Spoken && inBody && operationIDHeader && speaking.includes('v3')) return 'v3';

  // Step 5: v1 or v2.
  const legacy = row.dialects.filter((dialect) => dialect !== 'v3');
  if (legacy.length === 1) return legacy[0];
  if (!row.defaultAlways && (token === 'v1' || token === 'v2')) return token;
  return typeof row.default === 'function' ? row.default(body, { hasToken }) : row.default;
}

/** A member that is null does not count; one that is "", 0 or [] does. */
function isThere(sign: Sign, body: Record<string, unknown>): boolean {
  if (typeof sign === 'function') return sign(body);
  return Object.hasOwn(body, sign) && body[sign] !== null;
}
