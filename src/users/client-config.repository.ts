import { Injectable } from '@nestjs/common';
import { type FindOptionsWhere, In } from 'typeorm';
import { chunks, insertRows } from '../database/bulk.js';
import { Transactions } from '../database/transactions.js';
import { ClientConfig } from './client-config.entity.js';

/** Whose entries: everybody's. */
export const EVERYBODY = '';

/** Which entries are looked for; "" looks at all. */
export interface ConfigFilter {
  userID: string;
  key: string;
}

function entriesBy({ userID, key }: ConfigFilter): FindOptionsWhere<ClientConfig> {
  return { ...(userID ? { userID } : {}), ...(key ? { configKey: key } : {}) };
}

/** How the clients' configuration is stored. */
@Injectable()
export class ClientConfigRepository {
  constructor(private readonly transactions: Transactions) {}

  async set(entries: readonly ClientConfig[]): Promise<void> {
    await insertRows(this.manager, ClientConfig, entries, { update: ['value'] });
  }

  async delete(userID: string, keys: readonly string[]): Promise<void> {
    for (const some of chunks(keys)) await this.manager.delete(ClientConfig, { userID, configKey: In([...some]) });
  }

  async deleteAllOf(userIDs: readonly string[]): Promise<void> {
    for (const some of chunks(userIDs)) await this.manager.delete(ClientConfig, { userID: In([...some]) });
  }

  /** The entries of everybody and, when there is a user, his; everybody's first. */
  entriesFor(userID: string): Promise<ClientConfig[]> {
    return this.manager.find(ClientConfig, {
      where: { userID: In([...new Set([EVERYBODY, userID])]) },
      order: { userID: 'ASC', configKey: 'ASC' },
    });
  }

  count(filter: ConfigFilter): Promise<number> {
    return this.manager.countBy(ClientConfig, entriesBy(filter));
  }

  page(filter: ConfigFilter, offset: number, limit: number): Promise<ClientConfig[]> {
    const order = { userID: 'ASC', configKey: 'ASC' } as const;
    return this.manager.find(ClientConfig, { where: entriesBy(filter), order, skip: offset, take: limit });
  }

  private get manager() {
    return this.transactions.manager;
  }
}
