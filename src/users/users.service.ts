import { Injectable } from '@nestjs/common';
import { type Actor, systemActor } from '../core/actor.js';
import { assertSome } from '../core/lists.js';
import { type Page, pageBounds } from '../core/pages.js';
import { AppLevel } from '../core/protocol.js';
import { ImSettings } from '../core/settings.js';
import { exclusively } from '../database/exclusively.js';
import { isDuplicateKey } from '../database/failures.js';
import { RowCache } from '../database/row-cache.js';
import { Transactions } from '../database/transactions.js';
import { ImEvents } from '../events/events.js';
import type { Profile } from './profile.js';
import { User } from './user.entity.js';
import { NoUserDeleted, UserAlreadyRegistered, UserNotFound } from './user.errors.js';
import {
  UserLooksChanged,
  UsersDeleted,
  UsersRegistered,
  UsersRegistering,
  UserUpdated,
  UserUpdating,
} from './user.events.js';
import { assertNewUserIDs } from './user.policy.js';
import { type UserFilter, UserRepository } from './user.repository.js';

/** An account to create. */
export interface NewUser extends Profile {
  /** Not empty, at most 64 characters, no `:`. */
  userID: string;
  /** 1 ordinary (default), 3 and more: notification accounts. 2 cannot be given: administrators are configured. */
  appMangerLevel?: number;
}

/** IDs read at a time when all are listed. */
const ID_SLICE = 5_000;

/** Accounts: registering, reading, changing, deleting. */
@Injectable()
export class UsersService {
  private readonly accounts: RowCache<User>;

  constructor(
    private readonly settings: ImSettings,
    private readonly transactions: Transactions,
    private readonly events: ImEvents,
    private readonly users: UserRepository,
  ) {
    this.accounts = new RowCache(transactions, 'accounts', 100_000);
  }

  /**
   * Creates accounts: all of them or none.
   *
   * @throws ArgumentInvalid for an empty list, an impossible or repeated userID
   * @throws UserAlreadyRegistered when any of them exists
   */
  async register(newcomers: readonly NewUser[]): Promise<User[]> {
    assertSome(newcomers, 'users is empty', 'users');
    assertNewUserIDs(newcomers.map(({ userID }) => userID));
    const now = Date.now();
    const users = newcomers.map((newcomer) => newUser(newcomer, now));
    await this.events.ask(new UsersRegistering(users));
    await this.transactions.run(async () => {
      const known = await this.users.existing(users.map(({ userID }) => userID));
      if (known.size > 0) throw new UserAlreadyRegistered([...known]);
      try {
        await this.users.insert(users);
      } catch (error) {
        // Somebody registered one of them between our look and our write.
        if (isDuplicateKey(error)) throw new UserAlreadyRegistered(users.map(({ userID }) => userID));
        throw error;
      }
      await this.events.publish(new UsersRegistered(users));
    });
    return users;
  }

  /**
   * Registers one account, or, for an administrator, whose account is there from the start, takes over the members that
   * are not empty. Source: contract/legacy/seeds.md section 1.
   *
   * @throws as {@link UsersService.register}
   */
  async registerOrAdopt(newcomer: NewUser): Promise<void> {
    if (!this.settings.adminUserIDs.has(newcomer.userID)) {
      await this.register([newcomer]);
      return;
    }
    const { userID, appMangerLevel: _, ...profile } = newcomer;
    const given = Object.entries(profile).filter(([, value]) => value !== '' && value !== 0 && value !== undefined);
    await this.update(systemActor(userID), userID, Object.fromEntries(given));
  }

  /** Sets the members that are given, also to "" or 0. Who may is decided by the caller. @throws UserNotFound */
  async update(actor: Actor, userID: string, profile: Profile): Promise<void> {
    await this.events.ask(new UserUpdating(actor, userID, profile));
    await this.transactions.run(async () => {
      const before = await this.holdOne(userID);
      const changes = differences(before, profile);
      const changed = Object.keys(changes) as (keyof Profile)[];
      if (changed.length > 0) {
        await this.users.update(userID, changes);
        this.accounts.forget([userID]);
      }
      await this.events.publish(new UserUpdated(actor, userID, changed));
      if (changed.includes('nickname') || changed.includes('faceURL')) {
        await this.events.publish(new UserLooksChanged(actor, userID));
      }
    });
  }

  /**
   * Deletes accounts. Administrators and unknown users stay as they are and are answered, in the order asked.
   *
   * @throws NoUserDeleted when a list that is not empty had nobody to delete
   */
  async delete(userIDs: readonly string[]): Promise<string[]> {
    const asked = [...new Set(userIDs)];
    return this.transactions.run(async () => {
      const known = await this.hold(asked);
      const doomed = asked.filter((userID) => known.has(userID) && !this.settings.adminUserIDs.has(userID));
      if (doomed.length === 0 && asked.length > 0) throw new NoUserDeleted(asked);
      await this.users.delete(doomed);
      this.accounts.forget(doomed);
      if (doomed.length > 0) await this.events.publish(new UsersDeleted(doomed));
      const gone = new Set(doomed);
      return asked.filter((userID) => !gone.has(userID));
    });
  }

  /** The account, undefined when there is none. Remembered: costs no query most of the time. */
  find(userID: string): Promise<User | undefined> {
    return this.accounts.get(userID, () => this.users.find(userID));
  }

  /** The account. @throws UserNotFound */
  async get(userID: string): Promise<User> {
    const user = await this.find(userID);
    if (!user) throw new UserNotFound(userID);
    return user;
  }

  /** Accounts by ID; unknown IDs are missing in the map. Costs at most one query, and none for those remembered. */
  getAll(userIDs: readonly string[]): Promise<Map<string, User>> {
    return this.accounts.getAll(userIDs, async (missing) => {
      const users = await this.users.findAll(missing);
      return new Map(users.map((user) => [user.userID, user]));
    });
  }

  /** Which of the IDs are registered. */
  registered(userIDs: readonly string[]): Promise<Set<string>> {
    return this.users.existing([...new Set(userIDs)]);
  }

  /**
   * Accounts by ID, for a change that rests on them: until the open transaction ends they are not deleted, and who else
   * holds one of them waits. Unknown IDs are missing in the map.
   */
  async hold(userIDs: readonly string[]): Promise<Map<string, User>> {
    const users = await this.users.lockAll([...new Set(userIDs)]);
    return new Map(users.map((user) => [user.userID, user]));
  }

  /** One account, held as {@link UsersService.hold} does. @throws UserNotFound */
  async holdOne(userID: string): Promise<User> {
    const user = (await this.hold([userID])).get(userID);
    if (!user) throw new UserNotFound(userID);
    return user;
  }

  /** How many accounts there are. */
  count(): Promise<number> {
    return this.users.count();
  }

  /** A page of the accounts that match, administrators included: newest first, ties by userID. */
  page(page: Page, filter: UserFilter = {}): Promise<{ total: number; users: User[] }> {
    return this.transactions.stale(() => this.pageNow(page, filter));
  }

  private async pageNow(page: Page, filter: UserFilter): Promise<{ total: number; users: User[] }> {
    if (filter.userID || filter.nickname) {
      const { total, userIDs } = await this.users.search(filter, pageBounds(page, Number.MAX_SAFE_INTEGER));
      const found = await this.getAll(userIDs);
      return { total, users: userIDs.map((userID) => found.get(userID)).filter((user) => user !== undefined) };
    }
    const total = await this.users.count();
    const { offset, limit } = pageBounds(page, total);
    return { total, users: limit === 0 ? [] : await this.users.page(offset, limit) };
  }

  /** A page of the IDs of all accounts, oldest first, ties by userID. */
  pageOfIDs(page: Page): Promise<{ total: number; userIDs: string[] }> {
    return this.transactions.stale(async () => {
      const total = await this.users.count();
      const { offset, limit } = pageBounds(page, total);
      return { total, userIDs: limit === 0 ? [] : await this.users.pageOfIDs(offset, limit) };
    });
  }

  /** The IDs of all accounts, or of those after one, ascending, read in slices by index. */
  async *ids(after = ''): AsyncGenerator<string[]> {
    let last = after;
    for (;;) {
      const from = last;
      const slice = await this.transactions.stale(() => this.users.idsAfter(from, ID_SLICE));
      if (slice.length === 0) return;
      yield slice;
      if (slice.length < ID_SLICE) return;
      last = slice[slice.length - 1];
    }
  }

  /**
   * Creates the configured administrators that are missing, and sees to it that nobody else has their level. Of several
   * processes that start at once, one at a time. At most starts there is nothing to do, and no lock is taken.
   */
  async ensureAdmins(): Promise<void> {
    const { admins, adminUserIDs } = this.settings;
    const stored = await this.users.adminIDs();
    if (stored.size === adminUserIDs.size && [...stored].every((userID) => adminUserIDs.has(userID))) return;
    const now = Date.now();
    const accounts = admins.map((admin) => ({ ...newUser(admin, now), appMangerLevel: AppLevel.admin }));
    await exclusively(this.transactions.dataSource, 'administrators', () =>
      this.transactions.run(async () => {
        await this.users.insert(accounts, 'ignore');
        await this.users.setAdmins([...adminUserIDs]);
      }),
    );
  }
}

/** What a profile would change about an account. */
function differences(before: User, profile: Profile): Profile {
  const given = Object.entries(profile) as [keyof Profile, string | number | undefined][];
  return Object.fromEntries(given.filter(([name, value]) => value !== undefined && value !== before[name]));
}

function newUser(newcomer: NewUser, now: number): User {
  const level = newcomer.appMangerLevel ?? AppLevel.user;
  return {
    userID: newcomer.userID,
    nickname: newcomer.nickname ?? '',
    faceURL: newcomer.faceURL ?? '',
    gender: newcomer.gender ?? 0,
    phoneNumber: newcomer.phoneNumber ?? '',
    birthText: newcomer.birthText ?? '',
    birthSeconds: newcomer.birthSeconds ?? 0,
    email: newcomer.email ?? '',
    ex: newcomer.ex ?? '',
    createTime: now,
    appMangerLevel: level >= AppLevel.notificationAccount ? level : AppLevel.user,
    globalRecvMsgOpt: newcomer.globalRecvMsgOpt ?? 0,
  };
}
