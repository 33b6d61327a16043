import { Injectable } from '@nestjs/common';
import type { Actor } from '../core/actor.js';
import { groupBy } from '../core/collections.js';
import { assertDistinct } from '../core/lists.js';
import { type Page, pageBounds } from '../core/pages.js';
import { assertSelf } from '../core/permissions.js';
import { RowCache } from '../database/row-cache.js';
import { Transactions } from '../database/transactions.js';
import { ImEvents } from '../events/events.js';
import { OnImEvent } from '../events/on-im-event.js';
import { Incremental } from '../sync/incremental.js';
import { ChangeState, VersionLog } from '../sync/version-log.js';
import type { Changes, KnownVersion } from '../sync/views.js';
import type { User } from '../users/user.entity.js';
import { UserNotFound } from '../users/user.errors.js';
import { UsersDeleted } from '../users/user.events.js';
import { UsersService } from '../users/users.service.js';
import type { Black } from './black.entity.js';
import { BlackRepository } from './black.repository.js';
import { AlreadyBlocked, CannotBlockSelf } from './friend.errors.js';
import { UserBlocked, UserBlocking, UserUnblocked } from './friend.events.js';

/** An entry of a user's black list. */
export interface BlackPair {
  ownerUserID: string;
  blackUserID: string;
}

/** An entry of a black list with the blocked user's account. */
export interface ListedBlack {
  black: Black;
  user: User | undefined;
}

/** Black lists. Every change of one is noted in its version log. Source: contract/v3/friend.md. */
@Injectable()
export class BlacksService {
  private readonly known: RowCache<Set<string>>;

  constructor(
    private readonly transactions: Transactions,
    private readonly events: ImEvents,
    private readonly users: UsersService,
    private readonly versions: VersionLog,
    private readonly incremental: Incremental,
    private readonly blacks: BlackRepository,
  ) {
    this.known = new RowCache(transactions, 'blacks', 50_000);
  }

  /**
   * Puts a user on the owner's black list; a friendship stays as it is.
   *
   * @throws NotPermitted, UserNotFound, CannotBlockSelf, AlreadyBlocked
   */
  async block(actor: Actor, { ownerUserID, blackUserID, ex = '' }: BlackPair & { ex?: string }): Promise<void> {
    assertSelf(actor, ownerUserID);
    await this.events.ask(new UserBlocking(actor, ownerUserID, blackUserID));
    await this.transactions.run(async () => {
      const registered = await this.users.hold([ownerUserID, blackUserID]);
      for (const userID of [blackUserID, ownerUserID]) if (!registered.has(userID)) throw new UserNotFound(userID);
      if (ownerUserID === blackUserID) throw new CannotBlockSelf(ownerUserID);
      if (await this.blacks.find(ownerUserID, blackUserID)) throw new AlreadyBlocked(ownerUserID, blackUserID);
      await this.blacks.insert({
        ownerUserID,
        blackUserID,
        createTime: Date.now(),
        addSource: 0,
        operatorUserID: actor.userID,
        ex,
      });
      await this.note(ownerUserID, blackUserID, ChangeState.insert);
      await this.events.publish(new UserBlocked(ownerUserID, blackUserID));
    });
  }

  /** Takes a user off the owner's black list. Who is not on it is off it already. @throws NotPermitted */
  async unblock(actor: Actor, { ownerUserID, blackUserID }: BlackPair): Promise<void> {
    assertSelf(actor, ownerUserID);
    await this.transactions.run(async () => {
      await this.users.hold([ownerUserID]);
      if (!(await this.blacks.find(ownerUserID, blackUserID))) return;
      await this.blacks.remove(ownerUserID, blackUserID);
      await this.note(ownerUserID, blackUserID, ChangeState.delete);
      await this.events.publish(new UserUnblocked(ownerUserID, blackUserID));
    });
  }

  /** True when `ownerUserID` blocks `userID`. Remembered: costs no query most of the time. */
  async isBlocked(ownerUserID: string, userID: string): Promise<boolean> {
    const blocked = await this.known.get(ownerUserID, () => this.blacks.blockedBy(ownerUserID));
    return blocked?.has(userID) ?? false;
  }

  /** Which of the owners block `userID`. */
  blockersAmong(ownerUserIDs: readonly string[], userID: string): Promise<Set<string>> {
    return this.blacks.blocking(ownerUserIDs, userID);
  }

  /** A page of a user's black list, oldest first. @throws NotPermitted */
  async page(actor: Actor, userID: string, page: Page): Promise<{ total: number; blacks: ListedBlack[] }> {
    assertSelf(actor, userID);
    const total = await this.blacks.count(userID);
    const { offset, limit } = pageBounds(page, total);
    return { total, blacks: limit === 0 ? [] : await this.withUsers(await this.blacks.page(userID, offset, limit)) };
  }

  /**
   * Those of the users whom the owner blocks, in the order asked.
   *
   * @throws NotPermitted
   * @throws ArgumentInvalid when a user is named twice
   */
  async designated(actor: Actor, ownerUserID: string, userIDs: readonly string[]): Promise<ListedBlack[]> {
    assertSelf(actor, ownerUserID);
    assertDistinct(userIDs, 'userIDList repeated', 'userIDList');
    const found = await this.loadAll(ownerUserID, userIDs);
    return userIDs.map((userID) => found.get(userID)).filter((one) => one !== undefined);
  }

  /**
   * What changed in a user's black list since a version.
   *
   * @throws NotPermitted
   * @throws UserNotFound for an administrator who asks about nobody
   */
  async changes(actor: Actor, userID: string, known: KnownVersion): Promise<Changes<ListedBlack>> {
    assertSelf(actor, userID);
    await this.users.get(userID);
    const load = (ids: string[]): Promise<Map<string, ListedBlack>> => this.loadAll(userID, ids);
    return this.incremental.changes('blacks', { ownerID: userID, known, load });
  }

  /** Who is deleted blocks nobody and is blocked by nobody. */
  @OnImEvent(UsersDeleted, { phase: 'in-transaction' })
  async forgetUsers({ userIDs }: UsersDeleted): Promise<void> {
    const byOwner = groupBy(await this.blacks.removeAllOf(userIDs), ({ ownerUserID }) => ownerUserID);
    this.known.forget([...userIDs, ...byOwner.keys()]);
    await this.versions.drop('blacks', userIDs);
    await this.versions.record(
      'blacks',
      [...byOwner].map(([ownerID, entries]) => ({
        ownerID,
        elementIDs: entries.map(({ blackUserID }) => blackUserID),
        state: ChangeState.delete,
      })),
    );
  }

  private async note(ownerUserID: string, blackUserID: string, state: 1 | 2): Promise<void> {
    this.known.forget([ownerUserID]);
    await this.versions.record('blacks', [{ ownerID: ownerUserID, elementIDs: [blackUserID], state }]);
  }

  private async loadAll(ownerUserID: string, blackUserIDs: readonly string[]): Promise<Map<string, ListedBlack>> {
    const listed = await this.withUsers(await this.blacks.listed(ownerUserID, blackUserIDs));
    return new Map(listed.map((one) => [one.black.blackUserID, one]));
  }

  private async withUsers(blacks: readonly Black[]): Promise<ListedBlack[]> {
    const users = await this.users.getAll(blacks.map(({ blackUserID }) => blackUserID));
    return blacks.map((black) => ({ black, user: users.get(black.blackUserID) }));
  }
}
