import { Injectable } from '@nestjs/common';
import type { Actor } from '../core/actor.js';
import { ArgumentInvalid } from '../core/errors.js';
import { newDecimalUserID } from '../core/ids.js';
import { type Page, pageBounds } from '../core/pages.js';
import { AppLevel } from '../core/protocol.js';
import type { User } from './user.entity.js';
import { UserAlreadyRegistered } from './user.errors.js';
import { type AccountFilter, UserRepository } from './user.repository.js';
import { UsersService } from './users.service.js';

/** An account that writes to users and never logs in. */
export interface NewNotificationAccount {
  /** "" for one of the server's choice. */
  userID: string;
  nickname: string;
  faceURL: string;
  /** 3 and more. */
  appMangerLevel: number;
}

/** Notification accounts that are looked for. */
export interface FindAccounts {
  /** A userID; where nobody has it, a nickname. "" for all. */
  keyword: string;
  level: number | undefined;
  page: Page;
}

/** Times a free userID is looked for. */
const MAX_ATTEMPTS = 5;

/** Accounts of the system's own: they notify, and nobody logs in to them. Source: contract/v3/user.md. */
@Injectable()
export class NotificationAccountsService {
  constructor(
    private readonly users: UsersService,
    private readonly repository: UserRepository,
  ) {}

  /**
   * Creates an account.
   *
   * @throws ArgumentInvalid for a level below 3 and an impossible userID
   * @throws UserAlreadyRegistered
   */
  async add(account: NewNotificationAccount): Promise<User> {
    if (account.appMangerLevel < AppLevel.notificationAccount) {
      throw new ArgumentInvalid('app level not supported', 'appMangerLevel');
    }
    for (let attempt = 1; ; attempt += 1) {
      const userID = account.userID || newDecimalUserID();
      try {
        const [added] = await this.users.register([{ ...account, userID }]);
        return added;
      } catch (error) {
        const chosen = account.userID !== '';
        if (chosen || attempt >= MAX_ATTEMPTS || !(error instanceof UserAlreadyRegistered)) throw error;
      }
    }
  }

  /** Changes what is not empty. @throws UserNotFound */
  async update(
    actor: Actor,
    userID: string,
    { nickname, faceURL }: { nickname: string; faceURL: string },
  ): Promise<void> {
    await this.users.update(actor, userID, { nickname: nickname || undefined, faceURL: faceURL || undefined });
  }

  /** A page of the accounts that match, by level and userID. */
  async search({ keyword, level, page }: FindAccounts): Promise<{ total: number; accounts: User[] }> {
    if (level !== undefined && level < AppLevel.notificationAccount) return { total: 0, accounts: [] };
    if (!keyword) return this.page({ level }, page);
    const found = await this.page({ level, userID: keyword }, page);
    return found.total > 0 ? found : this.page({ level, nickname: keyword }, page);
  }

  private async page(filter: AccountFilter, page: Page): Promise<{ total: number; accounts: User[] }> {
    const total = await this.repository.countAccounts(filter);
    const { offset, limit } = pageBounds(page, total);
    return { total, accounts: limit === 0 ? [] : await this.repository.accounts(filter, offset, limit) };
  }
}
