import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { chunks, inChunks, insertRows } from '../database/bulk.js';
import { Transactions } from '../database/transactions.js';
import { Black } from './black.entity.js';
import { Friend } from './friend.entity.js';

/** How friendships and black lists are stored. */
@Injectable()
export class FriendRepository {
  constructor(private readonly transactions: Transactions) {}

  /** Adds directed friendships; those that are there stay as they are. */
  async addMissing(friends: readonly Friend[]): Promise<void> {
    await insertRows(this.manager, Friend, friends, 'ignore');
  }

  /** Which of the users are friends of the owner in both directions. */
  async mutualWith(ownerUserID: string, userIDs: readonly string[]): Promise<Set<string>> {
    const listed = await inChunks(userIDs, (some) =>
      this.manager.findBy(Friend, { ownerUserID, friendUserID: In([...some]) }),
    );
    const listing = await inChunks(userIDs, (some) =>
      this.manager.findBy(Friend, { ownerUserID: In([...some]), friendUserID: ownerUserID }),
    );
    const back = new Set(listing.map((friend) => friend.ownerUserID));
    return new Set(listed.map((friend) => friend.friendUserID).filter((userID) => back.has(userID)));
  }

  /** True when the owner lists the user, whether or not the user lists the owner. */
  isListed(ownerUserID: string, friendUserID: string): Promise<boolean> {
    return this.manager.existsBy(Friend, { ownerUserID, friendUserID });
  }

  /** Which of the owners list the user. */
  async listing(ownerUserIDs: readonly string[], friendUserID: string): Promise<Set<string>> {
    const rows = await inChunks(ownerUserIDs, (some) =>
      this.manager.find(Friend, {
        select: { ownerUserID: true },
        where: { ownerUserID: In([...some]), friendUserID },
      }),
    );
    return new Set(rows.map(({ ownerUserID }) => ownerUserID));
  }

  /** Which of the owners block the user. */
  async blocking(ownerUserIDs: readonly string[], blackUserID: string): Promise<Set<string>> {
    const rows = await inChunks(ownerUserIDs, (some) =>
      this.manager.find(Black, { select: { ownerUserID: true }, where: { ownerUserID: In([...some]), blackUserID } }),
    );
    return new Set(rows.map(({ ownerUserID }) => ownerUserID));
  }

  async addBlack(black: Black): Promise<void> {
    await insertRows(this.manager, Black, [black]);
  }

  /** Removes the users' friendships and black list entries, in both directions. Answers whose black lists changed. */
  async removeAllOf(userIDs: readonly string[]): Promise<string[]> {
    const changed = new Set(userIDs);
    for (const some of chunks(userIDs)) {
      const users = In([...some]);
      await this.manager.delete(Friend, { ownerUserID: users });
      await this.manager.delete(Friend, { friendUserID: users });
      const blocking = await this.manager.find(Black, { select: { ownerUserID: true }, where: { blackUserID: users } });
      for (const { ownerUserID } of blocking) changed.add(ownerUserID);
      await this.manager.delete(Black, { ownerUserID: users });
      await this.manager.delete(Black, { blackUserID: users });
    }
    return [...changed];
  }

  /** Everybody a user blocks. */
  async blockedBy(ownerUserID: string): Promise<Set<string>> {
    const rows = await this.manager.find(Black, { select: { blackUserID: true }, where: { ownerUserID } });
    return new Set(rows.map(({ blackUserID }) => blackUserID));
  }

  private get manager() {
    return this.transactions.manager;
  }
}
