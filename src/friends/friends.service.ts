import { Injectable } from '@nestjs/common';
import type { Actor } from '../core/actor.js';
import { RecordNotFound } from '../core/errors.js';
import { assertSelf } from '../core/permissions.js';
import { FriendSource } from '../core/protocol.js';
import { Transactions } from '../database/transactions.js';
import { ImEvents } from '../events/events.js';
import { OnImEvent } from '../events/on-im-event.js';
import { UserNotFound } from '../users/user.errors.js';
import { UsersDeleted } from '../users/user.events.js';
import { UsersService } from '../users/users.service.js';
import type { Friend } from './friend.entity.js';
import { CannotBefriendSelf, FriendOwnerNotFound } from './friend.errors.js';
import {
  FriendDeleted,
  FriendRemarkSet,
  FriendRemarkSetting,
  FriendsImported,
  FriendsImporting,
  FriendsUpdated,
} from './friend.events.js';
import { FriendRepository } from './friend.repository.js';
import { Friendships } from './friendships.js';

/** Friendships to make without asking anybody. */
export interface ImportFriends {
  ownerUserID: string;
  friendUserIDs: readonly string[];
}

/** An entry of a user's friend list. */
export interface FriendPair {
  ownerUserID: string;
  friendUserID: string;
}

/** Entries of a user's friend list that are changed alike; what is left out stays as it is. */
export interface UpdateFriends extends ImportFriends {
  changes: Partial<Pick<Friend, 'isPinned' | 'remark' | 'ex'>>;
}

/** Friendships: making them without a request, changing and ending them. Source: contract/v3/friend.md. */
@Injectable()
export class FriendsService {
  constructor(
    private readonly transactions: Transactions,
    private readonly events: ImEvents,
    private readonly users: UsersService,
    private readonly friendships: Friendships,
    private readonly friends: FriendRepository,
  ) {}

  /**
   * Makes one user a friend of the owner, in both directions. Being friends already is success.
   *
   * @throws UserNotFound, FriendOwnerNotFound, CannotBefriendSelf
   */
  async importOne(actor: Actor, ownerUserID: string, friendUserID: string): Promise<void> {
    const [failed] = await this.importMany(actor, { ownerUserID, friendUserIDs: [friendUserID] });
    if (failed === undefined) return;
    throw failed === ownerUserID ? new CannotBefriendSelf(ownerUserID) : new UserNotFound(failed);
  }

  /**
   * Makes users friends of the owner, in both directions, in one transaction. Answers those that could not be: unknown
   * users and the owner himself.
   *
   * @throws FriendOwnerNotFound
   */
  async importMany(actor: Actor, { ownerUserID, friendUserIDs }: ImportFriends): Promise<string[]> {
    const asked = [...new Set(await this.askToImport(actor, { ownerUserID, friendUserIDs }))];
    return this.transactions.run(async () => {
      const registered = await this.users.hold([ownerUserID, ...asked]);
      if (!registered.has(ownerUserID)) throw new FriendOwnerNotFound(ownerUserID);
      const possible = asked.filter((userID) => registered.has(userID) && userID !== ownerUserID);
      await this.befriend(actor, ownerUserID, possible);
      const made = new Set(possible);
      return asked.filter((userID) => !made.has(userID));
    });
  }

  /**
   * As {@link FriendsService.importMany}, but all of them or none: every user must exist, be named once, and not be the owner.
   *
   * @throws UserNotFound naming the first that is not so
   */
  async importAll(actor: Actor, { ownerUserID, friendUserIDs }: ImportFriends): Promise<void> {
    const asked = await this.askToImport(actor, { ownerUserID, friendUserIDs });
    await this.transactions.run(async () => {
      const free = await this.users.hold([ownerUserID, ...asked]);
      // An account answers for one name only, so the owner and who is named twice are missing the second time.
      for (const userID of [ownerUserID, ...asked]) if (!free.delete(userID)) throw new UserNotFound(userID);
      await this.befriend(actor, ownerUserID, asked);
    });
  }

  /**
   * Strikes a friend off the owner's list, and not the owner off the friend's. Who is no friend is struck off already.
   *
   * @throws NotPermitted
   */
  async remove(actor: Actor, { ownerUserID, friendUserID }: FriendPair): Promise<void> {
    assertSelf(actor, ownerUserID);
    await this.transactions.run(async () => {
      await this.users.hold([ownerUserID]);
      if (!(await this.isFriend(ownerUserID, friendUserID))) return;
      await this.friendships.remove(ownerUserID, friendUserID);
      await this.events.publish(new FriendDeleted(ownerUserID, friendUserID));
    });
  }

  /**
   * Sets how the owner calls a friend; "" removes the remark.
   *
   * @throws NotPermitted
   * @throws RecordNotFound when they are not friends
   */
  async setRemark(actor: Actor, { ownerUserID, friendUserID, remark }: FriendPair & { remark: string }): Promise<void> {
    assertSelf(actor, ownerUserID);
    const intent = new FriendRemarkSetting(actor, ownerUserID, friendUserID, remark);
    await this.events.ask(intent);
    await this.transactions.run(async () => {
      await this.users.hold([ownerUserID]);
      if (!(await this.isFriend(ownerUserID, friendUserID))) {
        throw new RecordNotFound(`User ${friendUserID} is not a friend of ${ownerUserID}`);
      }
      await this.friendships.update(ownerUserID, [friendUserID], { remark: intent.remark });
      await this.events.publish(new FriendRemarkSet(ownerUserID, friendUserID, intent.remark));
    });
  }

  /**
   * Changes several entries of the owner's list alike. Who is no friend is passed over.
   *
   * @throws NotPermitted
   */
  async update(actor: Actor, { ownerUserID, friendUserIDs, changes }: UpdateFriends): Promise<void> {
    assertSelf(actor, ownerUserID);
    await this.transactions.run(async () => {
      await this.users.hold([ownerUserID]);
      const found = await this.friends.listed(ownerUserID, friendUserIDs);
      const there = new Set(found.map(({ friendUserID }) => friendUserID));
      const changed = friendUserIDs.filter((userID) => there.has(userID));
      if (changed.length === 0) return;
      if (Object.keys(changes).length > 0) await this.friendships.update(ownerUserID, changed, changes);
      await this.events.publish(new FriendsUpdated(ownerUserID, changed, changes));
    });
  }

  /** True when `ownerUserID` lists `userID` as a friend; that one need not list him. */
  isFriend(ownerUserID: string, userID: string): Promise<boolean> {
    return this.friends.isListed(ownerUserID, userID);
  }

  /** Which of the owners list `userID` as a friend. */
  async friendsAmong(ownerUserIDs: readonly string[], userID: string): Promise<Set<string>> {
    return (await this.friends.between(userID, ownerUserIDs)).listing;
  }

  /** Who is deleted has no friends, and is nobody's friend. */
  @OnImEvent(UsersDeleted, { phase: 'in-transaction' })
  async forgetUsers({ userIDs }: UsersDeleted): Promise<void> {
    await this.friendships.removeAllOf(userIDs);
  }

  /** Whom the hooks let be imported. */
  private async askToImport(actor: Actor, { ownerUserID, friendUserIDs }: ImportFriends): Promise<readonly string[]> {
    const intent = new FriendsImporting(actor, ownerUserID, friendUserIDs);
    await this.events.ask(intent);
    return intent.friendUserIDs;
  }

  private async befriend(actor: Actor, ownerUserID: string, friendUserIDs: readonly string[]): Promise<void> {
    const origin = { addSource: FriendSource.imported, operatorUserID: actor.userID };
    const added = await this.friendships.add(ownerUserID, friendUserIDs, origin);
    if (added.length > 0) await this.events.publish(new FriendsImported(ownerUserID, added, actor.userID));
  }
}
