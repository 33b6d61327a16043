import { Injectable } from '@nestjs/common';
import { Between, type FindOptionsWhere, In, MoreThan, MoreThanOrEqual, Not } from 'typeorm';
import { AppLevel } from '../core/protocol.js';
import { chunks, insertRows, type OnConflict } from '../database/bulk.js';
import { type Condition, contains } from '../database/contains.js';
import { rowsByKey } from '../database/rows.js';
import { fewRowsEach } from '../database/spans.js';
import { Transactions } from '../database/transactions.js';
import { User } from './user.entity.js';

/** Which accounts are looked for: those that match either. Without both: all. */
export interface UserFilter {
  /** Part of the userID, upper and lower case alike. */
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

function keysOf(userIDs: readonly string[]): string[][] {
  return userIDs.map((userID) => [userID]);
}

/** How accounts are stored. */
@Injectable()
export class UserRepository {
  constructor(private readonly transactions: Transactions) {}

  async insert(users: readonly User[], onConflict?: OnConflict<User>): Promise<void> {
    await insertRows(this.manager, User, users, onConflict);
  }

  async find(userID: string): Promise<User | undefined> {
    const [user] = await this.findAll([userID]);
    return user;
  }

  /** Unknown IDs are left out; the order is the database's. */
  findAll(userIDs: readonly string[]): Promise<User[]> {
    return rowsByKey(this.manager, User, ['userID'], keysOf(userIDs));
  }

  /** Which of the IDs are registered. */
  async existing(userIDs: readonly string[]): Promise<Set<string>> {
    const rows = await this.findAll(userIDs);
    return new Set(rows.map(({ userID }) => userID));
  }

  /** As {@link UserRepository.findAll}; the rows are kept from other writers until the transaction ends, in one order for everybody. */
  lockAll(userIDs: readonly string[]): Promise<User[]> {
    return rowsByKey(this.manager, User, ['userID'], keysOf([...userIDs].sort()), { order: ['userID'], lock: true });
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

  /**
   * How many accounts match, and the IDs of a page of them: newest first, ties by userID. Every account is looked at, a few
   * at a time.
   */
  async search(
    filter: UserFilter,
    { offset, limit }: { offset: number; limit: number },
  ): Promise<{ total: number; userIDs: string[] }> {
    const { sql, parameters } = this.matching(filter);
    const statement =
      `SELECT userID FROM im_users WHERE createTime >= ? AND createTime < ? AND (${sql}) ` +
      'ORDER BY createTime DESC, userID ASC';
    const userIDs: string[] = [];
    let total = 0;
    const always = { start: 0, end: Number.MAX_SAFE_INTEGER };
    for await (const { start, end } of fewRowsEach(this.manager, { table: 'im_users', column: 'createTime' }, always)) {
      const rows = (await this.manager.query(statement, [start, end, ...parameters])) as { userID: string }[];
      const wanted = rows.slice(Math.max(0, offset - total), Math.max(0, offset + limit - total));
      for (const { userID } of wanted) userIDs.push(userID);
      total += rows.length;
    }
    return { total, userIDs };
  }

  /** Newest first, ties by userID. */
  async page(offset: number, limit: number): Promise<User[]> {
    // No index of both engines has one column falling and the other rising. So the times of the page are read by index, and
    // only accounts of these times are sorted.
    const times = await this.manager
      .createQueryBuilder(User, 'user')
      .select('user.createTime', 'createTime')
      .orderBy('user.createTime', 'DESC')
      .offset(offset)
      .limit(limit)
      .getRawMany<{ createTime: string | number }>();
    if (times.length === 0) return [];
    const newest = Number(times[0].createTime);
    const oldest = Number(times[times.length - 1].createTime);
    const newer = await this.manager.countBy(User, { createTime: MoreThan(newest) });
    return this.manager.find(User, {
      where: { createTime: Between(oldest, newest) },
      order: { createTime: 'DESC', userID: 'ASC' },
      skip: offset - newer,
      take: limit,
    });
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
    // Read raw: making an entity of each of a million rows would take twice the time.
    const rows = await this.manager
      .createQueryBuilder(User, 'user')
      .select('user.userID', 'userID')
      .where({ userID: MoreThan(userID) })
      .orderBy('user.userID')
      .limit(limit)
      .getRawMany<{ userID: string }>();
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

  /** Who has the administrator's level. */
  async adminIDs(): Promise<Set<string>> {
    const rows = await this.manager.find(User, { select: { userID: true }, where: { appMangerLevel: AppLevel.admin } });
    return new Set(rows.map(({ userID }) => userID));
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

  private matching(filter: UserFilter): Condition {
    const conditions = (['userID', 'nickname'] as const)
      .filter((name) => filter[name])
      .map((name) => contains(this.manager, name, filter[name] ?? ''));
    return {
      sql: conditions.map(({ sql }) => sql).join(' OR '),
      parameters: conditions.flatMap(({ parameters }) => parameters),
    };
  }

  private get manager() {
    return this.transactions.manager;
  }
}
