import { Injectable } from '@nestjs/common';
import type { Claims, TokenDialect } from '../access/claims.js';
import { type IssuedToken, TokensService } from '../access/tokens.service.js';
import { ArgumentInvalid, NotPermitted } from '../core/errors.js';
import { ADMIN_PLATFORM_ID, AppLevel } from '../core/protocol.js';
import { ImSettings } from '../core/settings.js';
import { Transactions } from '../database/transactions.js';
import { ImEvents } from '../events/events.js';
import { OnImEvent } from '../events/on-im-event.js';
import { UsersDeleted } from '../users/user.events.js';
import { type NewUser, UsersService } from '../users/users.service.js';
import { NotAnAdminID } from './auth.errors.js';
import { UserLoggedOut } from './auth.events.js';

/** Who wants a token, where, and in which dialect. */
export interface Login {
  userID: string;
  platformID: number;
  dialect: TokenDialect;
}

/** Tokens for users and administrators. An account is held while its token is issued: a token must not outlive its user. */
@Injectable()
export class AuthService {
  constructor(
    private readonly settings: ImSettings,
    private readonly transactions: Transactions,
    private readonly events: ImEvents,
    private readonly users: UsersService,
    private readonly tokens: TokensService,
  ) {}

  /** Registers a user and issues a first token: both or neither. @throws as `UsersService.registerOrAdopt` */
  async register(newcomer: NewUser, login: Omit<Login, 'userID'>): Promise<IssuedToken> {
    return this.transactions.run(async () => {
      await this.users.registerOrAdopt(newcomer);
      return this.login({ ...login, userID: newcomer.userID });
    });
  }

  /** Issues a token beside the user's others. @throws UserNotFound */
  login({ userID, platformID, dialect }: Login): Promise<IssuedToken> {
    return this.transactions.run(async () => {
      const { appMangerLevel } = await this.users.holdOne(userID);
      return this.tokens.issue({ userID, platformID, appMangerLevel, dialect });
    });
  }

  /** Issues an administrator token for platform 10. Source: contract/v3/auth.md. @throws NotAnAdminID, UserNotFound */
  async loginAdmin(userID: string): Promise<IssuedToken> {
    if (!this.settings.adminUserIDs.has(userID)) throw new NotAnAdminID(userID, this.settings.adminUserIDs);
    return this.transactions.run(async () => {
      const { appMangerLevel } = await this.users.holdOne(userID);
      return this.tokens.issueExclusive({ userID, platformID: ADMIN_PLATFORM_ID, appMangerLevel, dialect: 3 });
    });
  }

  /**
   * Issues a user's token under the multi-login policy. Source: contract/v3/auth.md.
   *
   * @throws NotPermitted for the administrator platform and for administrators
   * @throws UserNotFound
   * @throws ArgumentInvalid for notification accounts, which do not log in
   */
  async loginUser(userID: string, platformID: number): Promise<IssuedToken> {
    if (platformID === ADMIN_PLATFORM_ID) {
      throw new NotPermitted('platformID invalid. platformID must not be adminPlatformID');
    }
    if (this.settings.adminUserIDs.has(userID)) throw new NotPermitted("don't get Admin token");
    return this.transactions.run(async () => {
      const { appMangerLevel } = await this.users.holdOne(userID);
      if (appMangerLevel >= AppLevel.notificationAccount) {
        throw new ArgumentInvalid('app account can`t get token', 'userID');
      }
      return this.tokens.issueExclusive({ userID, platformID, appMangerLevel, dialect: 3 });
    });
  }

  /** What a valid token says. @throws the token errors of `TokensService.verify` */
  parse(token: string): Promise<Claims> {
    return this.tokens.inspect(token);
  }

  /** Ends every token of a user on a platform. Unknown users are no error. */
  async forceLogout(userID: string, platformID: number): Promise<void> {
    await this.transactions.run(async () => {
      await this.tokens.kick(userID, platformID);
      await this.events.publish(new UserLoggedOut(userID, platformID));
    });
  }

  /** Who is deleted can do nothing any more. */
  @OnImEvent(UsersDeleted, { phase: 'in-transaction' })
  async endTokens({ userIDs }: UsersDeleted): Promise<void> {
    await this.tokens.forgetUsers(userIDs);
  }
}
