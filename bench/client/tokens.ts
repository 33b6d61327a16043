import { createHmac, hash, randomBytes } from 'node:crypto';
import { withDatabase } from './sql.js';

/** What the measured servers sign with. */
export const TOKEN_SECRET = 'the key of openim-nest in its bench';

/** A user on a platform. */
export interface Bearer {
  readonly userID: string;
  readonly platformID: number;
}

const COLUMNS = ['tokenHash', 'userID', 'platformID', 'state', 'dialect', 'issuedAt', 'expiresAt'];
const ROWS_PER_STATEMENT = 1000;
const LIFETIME_SECONDS = 86_400;

/**
 * Tokens as the server issues them, signed here and written to its database in bulk, in the order asked. There is no call
 * that issues many, and ten thousand single logins would take longer than all the measuring.
 */
export async function issueTokens(databaseUrl: string, bearers: readonly Bearer[]): Promise<string[]> {
  const issuedAt = Math.floor(Date.now() / 1000);
  const tokens = bearers.map((bearer) => tokenOf(bearer, issuedAt));
  const rows = bearers.map(({ userID, platformID }, index) => {
    const expiresAt = (issuedAt + LIFETIME_SECONDS) * 1000;
    return [hash('sha256', tokens[index]), userID, platformID, 0, 3, issuedAt * 1000, expiresAt];
  });
  await withDatabase(databaseUrl, async (database) => {
    const tuple = `(${COLUMNS.map(() => '?').join(', ')})`;
    for (let at = 0; at < rows.length; at += ROWS_PER_STATEMENT) {
      const some = rows.slice(at, at + ROWS_PER_STATEMENT);
      const tuples = some.map(() => tuple).join(', ');
      await database.query(`INSERT INTO im_user_tokens (${COLUMNS.join(', ')}) VALUES ${tuples}`, some.flat());
    }
  });
  return tokens;
}

/** A v3 token. Claims: contract/gateway.md section 7; what ours adds: src/access/claims.ts. */
function tokenOf({ userID, platformID }: Bearer, iat: number): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = {
    UserID: userID,
    PlatformID: platformID,
    appMangerLevel: 1,
    exp: iat + LIFETIME_SECONDS,
    nbf: iat - 300,
    iat,
    jti: randomBytes(9).toString('base64url'),
  };
  const text = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`;
  return `${text}.${createHmac('sha256', TOKEN_SECRET).update(text).digest('base64url')}`;
}
