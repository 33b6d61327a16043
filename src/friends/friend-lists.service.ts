import { Injectable } from '@nestjs/common';
import type { Actor } from '../core/actor.js';
import { assertDistinct } from '../core/lists.js';
import { type Page, pageBounds } from '../core/pages.js';
import { assertOneOf, assertSelf } from '../core/permissions.js';
import { Incremental } from '../sync/incremental.js';
import type { Changes, FullIDs, KnownVersion } from '../sync/views.js';
import type { User } from '../users/user.entity.js';
import { UsersService } from '../users/users.service.js';
import type { Black } from './black.entity.js';
import { BlackRepository } from './black.repository.js';
import type { Friend } from './friend.entity.js';
import { FriendRepository } from './friend.repository.js';

/** An entry of a friend list with the friend's account. */
export interface ListedFriend {
  friend: Friend;
  user: User | undefined;
}

/** What a user is to somebody. */
export interface UserRelation {
  user: User;
  /** On the owner's friend list. */
  friend: Friend | undefined;
  /** On the owner's black list. */
  black: Black | undefined;
}

/** Reading friend lists: pinned friends first, then the others, each from the oldest on. Source: contract/v3/friend.md. */
@Injectable()
export class FriendListsService {
  constructor(
    private readonly users: UsersService,
    private readonly incremental: Incremental,
    private readonly friends: FriendRepository,
    private readonly blacks: BlackRepository,
  ) {}

  /** A page of a user's friends. @throws NotPermitted */
  async page(actor: Actor, userID: string, page: Page): Promise<{ total: number; friends: ListedFriend[] }> {
    assertSelf(actor, userID);
    const total = await this.friends.count(userID);
    const { offset, limit } = pageBounds(page, total);
    return { total, friends: limit === 0 ? [] : await this.withUsers(await this.friends.page(userID, offset, limit)) };
  }

  /** The IDs of all of a user's friends. @throws NotPermitted */
  async ids(actor: Actor, userID: string): Promise<string[]> {
    assertSelf(actor, userID);
    return this.friends.ids(userID);
  }

  /**
   * Those of the users who are friends of the owner, in the order asked.
   *
   * @throws NotPermitted
   * @throws ArgumentInvalid when a user is named twice
   */
  async designated(actor: Actor, ownerUserID: string, friendUserIDs: readonly string[]): Promise<ListedFriend[]> {
    assertSelf(actor, ownerUserID);
    assertDistinct(friendUserIDs, 'friend userID repeated', 'friendUserIDs');
    const found = await this.loadAll(ownerUserID, friendUserIDs);
    return friendUserIDs.map((userID) => found.get(userID)).filter((one) => one !== undefined);
  }

  /** What each of the users is to the owner, in the order asked; unknown users are left out. @throws NotPermitted */
  async relations(actor: Actor, ownerUserID: string, userIDs: readonly string[]): Promise<UserRelation[]> {
    assertSelf(actor, ownerUserID);
    const users = await this.users.getAll(userIDs);
    const friends = await this.friends.listed(ownerUserID, userIDs);
    const friendByID = new Map(friends.map((friend) => [friend.friendUserID, friend]));
    const blacks = await this.blacks.listed(ownerUserID, userIDs);
    const blackByID = new Map(blacks.map((black) => [black.blackUserID, black]));
    return userIDs
      .map((userID) => users.get(userID))
      .filter((user) => user !== undefined)
      .map((user) => ({ user, friend: friendByID.get(user.userID), black: blackByID.get(user.userID) }));
  }

  /** Which of two users is on the other's list. @throws NotPermitted to somebody who is neither */
  async between(
    actor: Actor,
    userID1: string,
    userID2: string,
  ): Promise<{ inUser1Friends: boolean; inUser2Friends: boolean }> {
    assertOneOf(actor, [userID1, userID2]);
    const { listed, listing } = await this.friends.between(userID1, [userID2]);
    return { inUser1Friends: listed.has(userID2), inUser2Friends: listing.has(userID2) };
  }

  /**
   * What changed in a user's friend list since a version.
   *
   * @throws NotPermitted
   * @throws UserNotFound for an administrator who asks about nobody
   */
  async changes(actor: Actor, userID: string, known: KnownVersion): Promise<Changes<ListedFriend>> {
    assertSelf(actor, userID);
    await this.users.get(userID);
    const load = (ids: string[]): Promise<Map<string, ListedFriend>> => this.loadAll(userID, ids);
    return this.incremental.changes('friends', { ownerID: userID, known, load });
  }

  /** The IDs of all of a user's friends, with where the list stands. @throws as {@link FriendListsService.changes} */
  async fullIDs(actor: Actor, userID: string, idHash: bigint): Promise<FullIDs> {
    assertSelf(actor, userID);
    await this.users.get(userID);
    return this.incremental.fullIDs('friends', { ownerID: userID, idHash, load: () => this.friends.ids(userID) });
  }

  private async loadAll(ownerUserID: string, friendUserIDs: readonly string[]): Promise<Map<string, ListedFriend>> {
    const listed = await this.withUsers(await this.friends.listed(ownerUserID, friendUserIDs));
    return new Map(listed.map((one) => [one.friend.friendUserID, one]));
  }

  private async withUsers(friends: readonly Friend[]): Promise<ListedFriend[]> {
    const users = await this.users.getAll(friends.map(({ friendUserID }) => friendUserID));
    return friends.map((friend) => ({ friend, user: users.get(friend.friendUserID) }));
  }
}
