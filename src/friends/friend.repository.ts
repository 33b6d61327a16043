import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { chunks, insertRows } from '../database/bulk.js';
import { forUpdate } from '../database/for-update.js';
import { rowsByKey } from '../database/rows.js';
import { Transactions } from '../database/transactions.js';
import { Friend } from './friend.entity.js';

/** Who of some users stands on a user's list, and on whose of their lists he stands. */
export interface Between {
  listed: Set<string>;
  listing: Set<string>;
}

/** The order within the pinned and within the others; both are read by the index `im_friends_in_order`. */
const OLDEST_FIRST = ['createTime', 'friendUserID'] as const;

/** How friendships are stored. */
@Injectable()
export class FriendRepository {
  constructor(private readonly transactions: Transactions) {}

  /** Adds directed friendships; those that are there stay as they are. */
  async addMissing(friends: readonly Friend[]): Promise<void> {
    await insertRows(this.manager, Friend, friends, 'ignore');
  }

  /** Which directions there are between a user and others. */
  async between(ownerUserID: string, userIDs: readonly string[]): Promise<Between> {
    const listed = await this.listed(ownerUserID, userIDs);
    const keys = userIDs.map((userID) => [ownerUserID, userID]);
    const listing = await rowsByKey(this.manager, Friend, ['friendUserID', 'ownerUserID'], keys);
    return {
      listed: new Set(listed.map((friend) => friend.friendUserID)),
      listing: new Set(listing.map((friend) => friend.ownerUserID)),
    };
  }

  async isListed(ownerUserID: string, friendUserID: string): Promise<boolean> {
    return (await this.listed(ownerUserID, [friendUserID])).length > 0;
  }

  /** Who of the users is on the owner's list; the order is the database's. */
  listed(ownerUserID: string, friendUserIDs: readonly string[]): Promise<Friend[]> {
    const keys = friendUserIDs.map((friendUserID) => [ownerUserID, friendUserID]);
    return rowsByKey(this.manager, Friend, ['ownerUserID', 'friendUserID'], keys);
  }

  count(ownerUserID: string): Promise<number> {
    return this.manager.countBy(Friend, { ownerUserID });
  }

  /** A part of the owner's list: pinned first, then by age. No index goes down and up at once, so each part is read alone. */
  async page(ownerUserID: string, offset: number, limit: number): Promise<Friend[]> {
    const pinned = await this.manager.countBy(Friend, { ownerUserID, isPinned: true });
    const read = async (isPinned: boolean, skip: number, take: number): Promise<Friend[]> =>
      take > 0
        ? rowsByKey(this.manager, Friend, ['ownerUserID', 'isPinned'], [[ownerUserID, isPinned]], {
            order: OLDEST_FIRST,
            page: { offset: skip, limit: take },
          })
        : [];
    const above = await read(true, offset, offset < pinned ? limit : 0);
    return [...above, ...(await read(false, Math.max(0, offset - pinned), limit - above.length))];
  }

  /** All IDs on the owner's list, in the order of {@link FriendRepository.page}. As rows: there may be very many. */
  async ids(ownerUserID: string): Promise<string[]> {
    const read = (isPinned: 0 | 1): Promise<{ friendUserID: string }[]> =>
      this.manager.query(
        'SELECT friendUserID FROM im_friends WHERE ownerUserID = ? AND isPinned = ? ORDER BY createTime, friendUserID',
        [ownerUserID, isPinned],
      );
    return [...(await read(1)), ...(await read(0))].map(({ friendUserID }) => friendUserID);
  }

  async update(ownerUserID: string, friendUserIDs: readonly string[], changes: Partial<Friend>): Promise<void> {
    for (const some of chunks(friendUserIDs)) {
      await this.manager.update(Friend, { ownerUserID, friendUserID: In([...some]) }, changes);
    }
  }

  async remove(ownerUserID: string, friendUserID: string): Promise<void> {
    await this.manager.delete(Friend, { ownerUserID, friendUserID });
  }

  /** Removes the users' lists, and the users from the lists of others. Answers the latter entries. */
  async removeAllOf(userIDs: readonly string[]): Promise<Pick<Friend, 'ownerUserID' | 'friendUserID'>[]> {
    const entries: Friend[] = [];
    for (const some of chunks(userIDs)) {
      const users = In([...some]);
      await this.manager.delete(Friend, { ownerUserID: users });
      const select = { ownerUserID: true, friendUserID: true };
      entries.push(...(await this.manager.find(Friend, { select, where: { friendUserID: users } })));
      await this.manager.delete(Friend, { friendUserID: users });
    }
    return entries;
  }

  /** Everybody who lists a user as a friend, and lists him until the transaction ends. */
  async lockOwnersListing(friendUserID: string): Promise<string[]> {
    const rows = await this.manager.find(Friend, {
      select: { ownerUserID: true, friendUserID: true },
      where: { friendUserID },
      ...forUpdate(this.manager),
    });
    return rows.map(({ ownerUserID }) => ownerUserID);
  }

  private get manager() {
    return this.transactions.manager;
  }
}
