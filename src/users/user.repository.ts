import { Injectable } from '@nestjs/common';
import { In, MoreThan, Not } from 'typeorm';
import { AppLevel } from '../core/protocol.js';
import { chunks, inChunks, insertRows, type OnConflict } from '../database/bulk.js';
import { Transactions } from '../database/transactions.js';
import { User } from './user.entity.js';

/** How accounts are stored. */
@Injectable()
export class UserRepository {
  constructor(private readonly transactions: Transactions) {}

  async insert(users: readonly User[], onConflict?: OnConflict<User>): Promise<void> {
    await insertRows(this.manager, User, users, onConflict);
  }

  async find(userID: string): Promise<User | undefined> {
    return (await this.manager.findOneBy(User, { userID })) ?? undefined;
  }

  /** Unknown IDs are left out; the order is the database's. */
  findAll(userIDs: readonly string[]): Promise<User[]> {
    return inChunks(userIDs, (some) => this.manager.findBy(User, { userID: In([...some]) }));
  }

  /** Which of the IDs are registered. */
  async existing(userIDs: readonly string[]): Promise<Set<string>> {
    const rows = await inChunks(userIDs, (some) =>
      this.manager.find(User, { select: { userID: true }, where: { userID: In([...some]) } }),
    );
    return new Set(rows.map(({ userID }) => userID));
  }

  /** As {@link UserRepository.findAll}; the rows are kept from other writers until the transaction ends, in one order for everybody. */
  lockAll(userIDs: readonly string[]): Promise<User[]> {
    // SQLite has one writer at a time anyway, and no row locks.
    if (this.manager.dataSource.options.type === 'better-sqlite3') return this.findAll(userIDs);
    return inChunks([...userIDs].sort(), (some) =>
      this.manager.find(User, {
        where: { userID: In([...some]) },
        order: { userID: 'ASC' },
        lock: { mode: 'pessimistic_write' },
      }),
    );
  }

  async update(userID: string, changes: Partial<User>): Promise<void> {
    await this.manager.update(User, { userID }, changes);
  }

  async delete(userIDs: readonly string[]): Promise<void> {
    for (const some of chunks(userIDs)) await this.manager.delete(User, { userID: In([...some]) });
  }

  count(): Promise<number> {
    return this.manager.count(User);
  }

  /** Newest first, ties by userID. */
  page(offset: number, limit: number): Promise<User[]> {
    return this.manager.find(User, { order: { createTime: 'DESC', userID: 'ASC' }, skip: offset, take: limit });
  }

  /** IDs after `userID` in ascending order: the next slice of all. */
  async idsAfter(userID: string, limit: number): Promise<string[]> {
    const rows = await this.manager.find(User, {
      select: { userID: true },
      where: { userID: MoreThan(userID) },
      order: { userID: 'ASC' },
      take: limit,
    });
    return rows.map((row) => row.userID);
  }

  /** Gives the administrator's level to exactly these users. */
  async setAdmins(userIDs: readonly string[]): Promise<void> {
    const admins = In([...userIDs]);
    await this.manager.update(
      User,
      { userID: Not(admins), appMangerLevel: AppLevel.admin },
      { appMangerLevel: AppLevel.user },
    );
    await this.manager.update(
      User,
      { userID: admins, appMangerLevel: Not(AppLevel.admin) },
      { appMangerLevel: AppLevel.admin },
    );
  }

  private get manager() {
    return this.transactions.manager;
  }
}
