import { Injectable } from '@nestjs/common';
import type { Actor } from '../core/actor.js';
import { FriendSource } from '../core/protocol.js';
import { isDuplicateKey } from '../database/failures.js';
import { RowCache } from '../database/row-cache.js';
import { Transactions } from '../database/transactions.js';
import { ImEvents } from '../events/events.js';
import { OnImEvent } from '../events/on-im-event.js';
import { UserNotFound } from '../users/user.errors.js';
import { UsersDeleted } from '../users/user.events.js';
import { UsersService } from '../users/users.service.js';
import type { Friend } from './friend.entity.js';
import { AlreadyBlocked, CannotBefriendSelf, CannotBlockSelf, FriendOwnerNotFound } from './friend.errors.js';
import { FriendsImported, UserBlocked } from './friend.events.js';
import { FriendRepository } from './friend.repository.js';

/** Friendships to make without asking anybody. */
export interface ImportFriends {
  ownerUserID: string;
  friendUserIDs: readonly string[];
}

/** Friendships and black lists. */
@Injectable()
export class FriendsService {
  private readonly blacks: RowCache<Set<string>>;

  constructor(
    private readonly transactions: Transactions,
    private readonly events: ImEvents,
    private readonly users: UsersService,
    private readonly friends: FriendRepository,
  ) {
    this.blacks = new RowCache(transactions, 50_000);
  }

  /**
   * Makes one user a friend of the owner, in both directions. Being friends already is success.
   *
   * @throws UserNotFound, FriendOwnerNotFound, CannotBefriendSelf
   */
  async importOne(actor: Actor, ownerUserID: string, friendUserID: string): Promise<void> {
    const [failed] = await this.importMany(actor, { ownerUserID, friendUserIDs: [friendUserID] });
    if (failed === undefined) return;
    throw friendUserID === ownerUserID ? new CannotBefriendSelf(ownerUserID) : new UserNotFound(friendUserID);
  }

  /**
   * Makes users friends of the owner, in both directions, in one transaction. Answers those that could not be: unknown
   * users and the owner himself.
   *
   * @throws FriendOwnerNotFound
   */
  async importMany(actor: Actor, { ownerUserID, friendUserIDs }: ImportFriends): Promise<string[]> {
    const asked = [...new Set(friendUserIDs)];
    return this.transactions.run(async () => {
      const registered = await this.users.hold([ownerUserID, ...asked]);
      if (!registered.has(ownerUserID)) throw new FriendOwnerNotFound(ownerUserID);
      const possible = asked.filter((userID) => registered.has(userID) && userID !== ownerUserID);
      const mutual = await this.friends.mutualWith(ownerUserID, possible);
      const added = possible.filter((userID) => !mutual.has(userID));
      await this.friends.addMissing(added.flatMap((userID) => friendship(ownerUserID, userID, actor)));
      if (added.length > 0) await this.events.publish(new FriendsImported(ownerUserID, added, actor.userID));
      const made = new Set(possible);
      return asked.filter((userID) => !made.has(userID));
    });
  }

  /**
   * Puts a user on the owner's black list; a friendship stays as it is.
   *
   * @throws UserNotFound, CannotBlockSelf, AlreadyBlocked
   */
  async block(actor: Actor, ownerUserID: string, blackUserID: string): Promise<void> {
    await this.transactions.run(async () => {
      const registered = await this.users.hold([ownerUserID, blackUserID]);
      for (const userID of [blackUserID, ownerUserID]) if (!registered.has(userID)) throw new UserNotFound(userID);
      if (ownerUserID === blackUserID) throw new CannotBlockSelf(ownerUserID);
      const black = {
        ownerUserID,
        blackUserID,
        createTime: Date.now(),
        addSource: 0,
        operatorUserID: actor.userID,
        ex: '',
      };
      try {
        await this.friends.addBlack(black);
      } catch (error) {
        if (isDuplicateKey(error)) throw new AlreadyBlocked(ownerUserID, blackUserID);
        throw error;
      }
      this.blacks.forget([ownerUserID]);
      await this.events.publish(new UserBlocked(ownerUserID, blackUserID));
    });
  }

  /** Who is deleted has no friends, blocks nobody and is blocked by nobody. */
  @OnImEvent(UsersDeleted, { phase: 'in-transaction' })
  async forgetUsers({ userIDs }: UsersDeleted): Promise<void> {
    this.blacks.forget(await this.friends.removeAllOf(userIDs));
  }

  /** True when `ownerUserID` blocks `userID`. Remembered: costs no query most of the time. */
  async isBlocked(ownerUserID: string, userID: string): Promise<boolean> {
    const blocked = await this.blacks.get(ownerUserID, () => this.friends.blockedBy(ownerUserID));
    return blocked?.has(userID) ?? false;
  }

  /** Which of the owners block `userID`. */
  blockersAmong(ownerUserIDs: readonly string[], userID: string): Promise<Set<string>> {
    return this.friends.blocking(ownerUserIDs, userID);
  }

  /** Which of the owners list `userID` as a friend. */
  friendsAmong(ownerUserIDs: readonly string[], userID: string): Promise<Set<string>> {
    return this.friends.listing(ownerUserIDs, userID);
  }

  /** True when `ownerUserID` lists `userID` as a friend. */
  isFriend(ownerUserID: string, userID: string): Promise<boolean> {
    return this.friends.isListed(ownerUserID, userID);
  }
}

/** Both directions. */
function friendship(a: string, b: string, actor: Actor): Friend[] {
  return [
    [a, b],
    [b, a],
  ].map(([ownerUserID, friendUserID]) => ({
    ownerUserID: ownerUserID,
    friendUserID: friendUserID,
    remark: '',
    createTime: Date.now(),
    addSource: FriendSource.imported,
    operatorUserID: actor.userID,
    ex: '',
    isPinned: false,
  }));
}
