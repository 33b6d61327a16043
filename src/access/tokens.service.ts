import { hash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { In } from 'typeorm';
import type { Actor } from '../core/actor.js';
import { ADMIN_PLATFORM_ID, AppLevel } from '../core/protocol.js';
import { ImSettings } from '../core/settings.js';
import { chunks, inChunks, insertRows } from '../database/bulk.js';
import { RowCache } from '../database/row-cache.js';
import { rowsByKey, rowsWhere } from '../database/rows.js';
import { Transactions } from '../database/transactions.js';
import {
  TokenBadSignature,
  TokenExpired,
  TokenKicked,
  TokenMalformed,
  TokenNotInStore,
  TokenNotYetValid,
} from './access.errors.js';
import { type Claims, claimsOf, payloadOf, type TokenDialect } from './claims.js';
import { tokensToKick } from './multi-login.js';
import { TokenKeys } from './token-keys.js';
import { TokenState, UserToken } from './user-token.entity.js';

/** A token and when it ends. */
export interface IssuedToken {
  token: string;
  /** Seconds since the epoch; equals the `exp` claim. */
  expiredTime: number;
  /** Seconds the token lives from now. */
  expireTimeSeconds: number;
}

export interface IssueToken {
  userID: string;
  /** 1 iOS … 11 HarmonyOS. */
  platformID: number;
  appMangerLevel: number;
  dialect: TokenDialect;
}

/** What is remembered of a token that was found good. */
interface KnownToken extends Claims {
  dialect: TokenDialect;
  /** Epoch milliseconds; before `exp` when the token was replaced. */
  expiresAt: number;
}

/** Objections of the JWT library to a token that is one, but not ours. */
const UNTRUSTED = new Set(['invalid signature', 'invalid algorithm', 'jwt signature is required']);

/** How long an administrator's token stays valid after `get_admin_token` gave out a newer one. Source: contract/v3/common.md section 6. */
const REPLACED_ADMIN_TOKEN_MS = 5 * 60_000;

/** Issues tokens, knows which are still good, and ends them. A token ends the moment its row says so, on every later request. */
@Injectable()
export class TokensService {
  private readonly known: RowCache<KnownToken>;

  constructor(
    private readonly jwt: JwtService,
    private readonly transactions: Transactions,
    private readonly settings: ImSettings,
    private readonly keys: TokenKeys,
  ) {
    this.known = new RowCache(transactions, 'tokens', 50_000);
  }

  /** Issues a token beside those the user has: nobody is logged out. Rows of expired tokens of the user are cleaned up. */
  async issue(order: IssueToken): Promise<IssuedToken> {
    return this.transactions.run(async () => {
      // Asked before anything is deleted: on MySQL, deleting nothing would keep other logins waiting.
      const ended = await rowsWhere(
        this.transactions.manager,
        UserToken,
        'userID = ? AND platformID = ? AND expiresAt <= ?',
        [[order.userID, order.platformID, Date.now()]],
      );
      await this.drop(ended);
      return this.store(order);
    });
  }

  /**
   * Issues a v3.8 token under the multi-login policy: tokens the policy ends are kicked in the same transaction, those that
   * ended before are forgotten. For the administrator platform earlier tokens live on for five minutes. Source: contract/v3/common.md section 6.
   */
  async issueExclusive(order: IssueToken): Promise<IssuedToken> {
    return this.transactions.run(async () => {
      const held = await rowsByKey(this.transactions.manager, UserToken, ['userID'], [[order.userID]]);
      const earlier = held.filter(({ state, expiresAt }) => state === TokenState.normal && expiresAt > Date.now());
      await this.drop(held.filter((token) => !earlier.includes(token)));
      await this.mark(tokensToKick(this.settings.multiLoginPolicy, earlier, order.platformID), TokenState.kicked);
      if (order.platformID === ADMIN_PLATFORM_ID) await this.endSoon(earlier);
      return this.store(order);
    });
  }

  /** Marks every token of a user on a platform as kicked. Unknown users and platforms are no error. */
  async kick(userID: string, platformID: number): Promise<void> {
    await this.transactions.run(async () => {
      const tokens = await this.transactions.manager.findBy(UserToken, { userID, platformID });
      await this.mark(tokens, TokenState.kicked);
    });
  }

  /**
   * Marks a user's good tokens on a platform as kicked, all but some. Who has none there is no error.
   *
   * @param except tokens, as they were issued
   */
  async kickOthers(userID: string, platformID: number, except: readonly string[]): Promise<void> {
    const kept = new Set(except.map(hashOf));
    await this.transactions.run(async () => {
      const good = { userID, platformID, state: TokenState.normal };
      const tokens = await this.transactions.manager.findBy(UserToken, good);
      await this.mark(
        tokens.filter(({ tokenHash }) => !kept.has(tokenHash)),
        TokenState.kicked,
      );
    });
  }

  /** Marks tokens as kicked, whosever they are. Unknown ones and those that ended otherwise are left alone. */
  async kickTokens(tokens: readonly string[]): Promise<void> {
    const hashes = [...new Set(tokens.map(hashOf))];
    await this.transactions.run(async () => {
      const { manager } = this.transactions;
      const good = await inChunks(hashes, (some) =>
        manager.findBy(UserToken, { tokenHash: In([...some]), state: TokenState.normal }),
      );
      await this.mark(good, TokenState.kicked);
    });
  }

  /** Runs `work` in a transaction that nobody else ends or issues the user's present tokens in: what it reads of them is so. */
  locked<T>(userID: string, work: () => Promise<T>): Promise<T> {
    return this.transactions.run(async () => {
      await rowsByKey(this.transactions.manager, UserToken, ['userID'], [[userID]], { lock: true });
      return work();
    });
  }

  /** Ends every token of users, as if it had never been issued. */
  async forgetUsers(userIDs: readonly string[]): Promise<void> {
    const { manager } = this.transactions;
    const tokens = await inChunks(userIDs, (some) => manager.findBy(UserToken, { userID: In([...some]) }));
    await this.drop(tokens);
  }

  /**
   * Who the bearer is. Costs no query for a token that was seen before.
   *
   * @throws TokenMalformed, TokenBadSignature, TokenExpired, TokenNotYetValid, TokenKicked, TokenNotInStore
   */
  async verify(token: string): Promise<Actor> {
    const known = await this.known.get(hashOf(token), () => this.load(token));
    return this.bearerOf(known);
  }

  /** The bearer of a token whose signature was just checked by the caller. @throws TokenMalformed, TokenKicked, TokenNotInStore, TokenBadSignature */
  async accept(token: string, payload: unknown): Promise<Actor> {
    return this.bearerOf(await this.known.get(hashOf(token), () => this.find(token, claimsOf(payload))));
  }

  /** The bearer of a token seen before, without any query; undefined when it has to be looked at. */
  recall(token: string): Actor | undefined {
    const known = this.known.peek(hashOf(token));
    return known && known.expiresAt > Date.now() ? this.actorOf(known) : undefined;
  }

  /** What a valid token says. @throws as {@link TokensService.verify} */
  async inspect(token: string): Promise<Claims> {
    await this.verify(token);
    return claimsOf(this.jwt.decode(token));
  }

  /** A guess, without any query, of the dialect a token was issued in: undefined when it tells nothing. */
  dialectHint(token: string): 'v1' | 'v2' | 'v3' | 'legacy' | undefined {
    const known = this.known.peek(hashOf(token));
    if (known) return `v${known.dialect}`;
    const payload: unknown = this.jwt.decode(token);
    if (typeof payload !== 'object' || payload === null) return undefined;
    if ('UserID' in payload) return 'v3';
    return 'UID' in payload ? 'legacy' : undefined;
  }

  /** What the JWT library objects to in a token, in our words. */
  failureOf(token: string, objection: unknown): Error {
    const { name, message } = objection as Error;
    if (name === 'TokenExpiredError') return new TokenExpired();
    if (name === 'NotBeforeError') return new TokenNotYetValid();
    if (name !== 'JsonWebTokenError' && name !== 'SyntaxError') return objection as Error;
    const wellFormed = typeof this.jwt.decode(token) === 'object' && this.jwt.decode(token) !== null;
    return wellFormed && UNTRUSTED.has(message) ? new TokenBadSignature() : new TokenMalformed();
  }

  private async store({ userID, platformID, appMangerLevel, dialect }: IssueToken): Promise<IssuedToken> {
    const now = Date.now();
    const issuedAt = Math.floor(now / 1000);
    const lifetime = dialect === 3 ? this.settings.tokenLifetime : this.settings.legacyTokenLifetime;
    const jti = randomBytes(9).toString('base64url');
    const payload = payloadOf(dialect, { userID, platformID, appMangerLevel, jti }, issuedAt, lifetime);
    const token = this.jwt.sign(payload, { secret: this.keys.signing, algorithm: 'HS256' });
    const expiredTime = issuedAt + lifetime;
    await insertRows(this.transactions.manager, UserToken, [
      {
        tokenHash: hashOf(token),
        userID,
        platformID,
        state: TokenState.normal,
        dialect,
        issuedAt: now,
        expiresAt: expiredTime * 1000,
      },
    ]);
    return { token, expiredTime, expireTimeSeconds: lifetime };
  }

  private async load(token: string): Promise<KnownToken | undefined> {
    let payload: unknown;
    try {
      payload = this.jwt.verify<object>(token, { secret: this.keys.of(token), algorithms: ['HS256'] });
    } catch (error) {
      throw this.failureOf(token, error);
    }
    return this.find(token, claimsOf(payload));
  }

  private async find(token: string, claims: Claims): Promise<KnownToken | undefined> {
    const [row] = await rowsByKey(this.transactions.manager, UserToken, ['tokenHash'], [[hashOf(token)]]);
    if (!row || row.expiresAt <= Date.now()) return undefined;
    if (row.state === TokenState.kicked) throw new TokenKicked();
    if (row.state !== TokenState.normal) throw new TokenBadSignature();
    return { ...claims, expiresAt: row.expiresAt, dialect: row.dialect as TokenDialect };
  }

  private bearerOf(known: KnownToken | undefined): Actor {
    const now = Date.now();
    if (known && known.exp * 1000 <= now) throw new TokenExpired();
    if (!known || known.expiresAt <= now) throw new TokenNotInStore();
    return this.actorOf(known);
  }

  private actorOf({ userID, platformID, appMangerLevel }: Claims): Actor {
    return { userID, platformID, isAdmin: appMangerLevel === AppLevel.admin && this.settings.adminUserIDs.has(userID) };
  }

  private async mark(tokens: readonly UserToken[], state: number): Promise<void> {
    await this.change(tokens, { state });
  }

  private async drop(tokens: readonly UserToken[]): Promise<void> {
    for (const some of chunks(tokens)) {
      await this.transactions.manager.delete(UserToken, { tokenHash: In(some.map(({ tokenHash }) => tokenHash)) });
    }
    this.forget(tokens);
  }

  private async endSoon(tokens: readonly UserToken[]): Promise<void> {
    const latest = Date.now() + REPLACED_ADMIN_TOKEN_MS;
    const replaced = tokens.filter(
      ({ platformID, expiresAt }) => platformID === ADMIN_PLATFORM_ID && expiresAt > latest,
    );
    await this.change(replaced, { expiresAt: latest });
  }

  private async change(tokens: readonly UserToken[], changes: Partial<UserToken>): Promise<void> {
    for (const some of chunks(tokens)) {
      const tokenHash = In(some.map((token) => token.tokenHash));
      await this.transactions.manager.update(UserToken, { tokenHash }, changes);
    }
    this.forget(tokens);
  }

  private forget(tokens: readonly UserToken[]): void {
    this.known.forget(tokens.map(({ tokenHash }) => tokenHash));
  }
}

/** The token that was hashed last: a request looks its own up more than once. */
let last = { token: '', hash: hash('sha256', '') };

function hashOf(token: string): string {
  if (token !== last.token) last = { token, hash: hash('sha256', token) };
  return last.hash;
}
