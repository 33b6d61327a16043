import { Injectable } from '@nestjs/common';
import type { Actor } from '../core/actor.js';
import { type Page, pageBounds } from '../core/pages.js';
import { assertSelf } from '../core/permissions.js';
import { Transactions } from '../database/transactions.js';
import { OnImEvent } from '../events/on-im-event.js';
import type { ClientConfig } from './client-config.entity.js';
import { ClientConfigRepository, type ConfigFilter, EVERYBODY } from './client-config.repository.js';
import { UsersDeleted } from './user.events.js';
import { UsersService } from './users.service.js';

/** Configuration that administrators keep for clients: for everybody's, and for those of single users. Source: contract/v3/user.md. */
@Injectable()
export class ClientConfigService {
  constructor(
    private readonly transactions: Transactions,
    private readonly users: UsersService,
    private readonly configs: ClientConfigRepository,
  ) {}

  /** What holds for a user's clients: everybody's entries, with his own before them. "" for everybody's alone. @throws NotPermitted, UserNotFound */
  async get(actor: Actor, userID: string): Promise<Map<string, string>> {
    if (userID !== EVERYBODY) {
      assertSelf(actor, userID);
      await this.users.get(userID);
    }
    const entries = await this.configs.entriesFor(userID);
    return new Map(entries.map(({ configKey, value }) => [configKey, value]));
  }

  /** Sets entries of a user, or, with "", everybody's. @throws UserNotFound */
  async set(userID: string, entries: ReadonlyMap<string, string>): Promise<void> {
    await this.transactions.run(async () => {
      // Held, so that no entry outlives its user.
      if (userID !== EVERYBODY) await this.users.holdOne(userID);
      await this.configs.set([...entries].map(([configKey, value]) => ({ userID, configKey, value })));
    });
  }

  /** Deletes entries of a user, or, with "", everybody's. What is not there is no error. */
  async delete(userID: string, keys: readonly string[]): Promise<void> {
    await this.transactions.run(() => this.configs.delete(userID, keys));
  }

  /** A page of the entries that match, by userID and key. */
  async page(filter: ConfigFilter, page: Page): Promise<{ total: number; entries: ClientConfig[] }> {
    const total = await this.configs.count(filter);
    const { offset, limit } = pageBounds(page, total);
    return { total, entries: limit === 0 ? [] : await this.configs.page(filter, offset, limit) };
  }

  /** Who is deleted has no entries of his own. */
  @OnImEvent(UsersDeleted, { phase: 'in-transaction' })
  async forgetUsers({ userIDs }: UsersDeleted): Promise<void> {
    await this.configs.deleteAllOf(userIDs);
  }
}
