import { Injectable } from '@nestjs/common';
import { type FindOptionsWhere, In, MoreThan, MoreThanOrEqual, Not, type SelectQueryBuilder } from 'typeorm';
import { AppLevel } from '../core/protocol.js';
import { chunks, inChunks, insertRows, type OnConflict } from '../database/bulk.js';
import { Transactions } from '../database/transactions.js';
import { User } from './user.entity.js';

/** Which accounts are looked for: those that match either. Without both: all. */
export interface UserFilter {
  /** Part of the userID. Upper and lower case of a letter are the same; on SQLite only of ASCII letters. */
  userID?: string | undefined;
  /** Part of the nickname, likewise. */
  nickname?: string | undefined;
}

/** Which notification accounts are looked for: those that match all that is given, to the letter. */
export interface AccountFilter {
  userID?: string;
  nickname?: string;
  level?: number | undefined;
}

function accountsBy({ level, ...match }: AccountFilter): FindOptionsWhere<User> {
  return { ...match, appMangerLevel: level ?? MoreThanOrEqual(AppLevel.notificationAccount) };
}

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

  count(filter: UserFilter): Promise<number> {
    return this.matching(filter).getCount();
  }

  /** Newest first, ties by userID. */
  page(filter: UserFilter, offset: number, limit: number): Promise<User[]> {
    return this.matching(filter)
      .orderBy({ 'user.createTime': 'DESC', 'user.userID': 'ASC' })
      .skip(offset)
      .take(limit)
      .getMany();
  }

  /** IDs, oldest first, ties by userID. */
  async pageOfIDs(offset: number, limit: number): Promise<string[]> {
    const rows = await this.manager.find(User, {
      select: { userID: true },
      order: { createTime: 'ASC', userID: 'ASC' },
      skip: offset,
      take: limit,
    });
    return rows.map(({ userID }) => userID);
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

  countAccounts(filter: AccountFilter): Promise<number> {
    return this.manager.countBy(User, accountsBy(filter));
  }

  /** By level, then by userID. */
  accounts(filter: AccountFilter, offset: number, limit: number): Promise<User[]> {
    const order = { appMangerLevel: 'ASC', userID: 'ASC' } as const;
    return this.manager.find(User, { where: accountsBy(filter), order, skip: offset, take: limit });
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

  /** A text is looked for as it is: nothing in it is a pattern. */
  private matching(filter: UserFilter): SelectQueryBuilder<User> {
    const wanted = (['userID', 'nickname'] as const).filter((name) => filter[name]);
    const query = this.manager.createQueryBuilder(User, 'user');
    if (wanted.length === 0) return query;
    const like = wanted.map((name) => `LOWER(user.${name}) LIKE LOWER(:${name}) ESCAPE '!'`).join(' OR ');
    const parameters = wanted.map((name) => [name, `%${filter[name]?.replaceAll(/[!%_]/g, '!$&')}%`] as const);
    return query.where(like, Object.fromEntries(parameters));
  }

  private get manager() {
    return this.transactions.manager;
  }
}
