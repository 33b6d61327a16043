import { Injectable } from '@nestjs/common';
import { groupBy } from '../core/collections.js';
import { ChangeState, VersionLog } from '../sync/version-log.js';
import type { Friend } from './friend.entity.js';
import { FriendRepository } from './friend.repository.js';

/** How two users became friends. */
export type Origin = Pick<Friend, 'addSource' | 'operatorUserID'>;

/**
 * Who is on whose list of friends: the only writer of these rows. Every change is noted in the version logs of the lists it
 * touches, in the transaction of the caller, who holds the accounts.
 */
@Injectable()
export class Friendships {
  constructor(
    private readonly versions: VersionLog,
    private readonly friends: FriendRepository,
  ) {}

  /** Makes users friends of one user, adding what is missing in each direction. Answers for whom something was missing. */
  async add(userID: string, others: readonly string[], origin: Origin): Promise<string[]> {
    const { listed, listing } = await this.friends.between(userID, others);
    const newToHim = others.filter((other) => !listed.has(other));
    const newToThem = others.filter((other) => !listing.has(other));
    await this.friends.addMissing([
      ...newToHim.map((other) => entry(userID, other, origin)),
      ...newToThem.map((other) => entry(other, userID, origin)),
    ]);
    await this.versions.record('friends', [
      ...(newToHim.length > 0 ? [{ ownerID: userID, elementIDs: newToHim, state: ChangeState.insert }] : []),
      ...newToThem.map((other) => ({ ownerID: other, elementIDs: [userID], state: ChangeState.insert })),
    ]);
    return others.filter((other) => !listed.has(other) || !listing.has(other));
  }

  /** Strikes a friend off one list; the other one keeps its entry. */
  async remove(ownerUserID: string, friendUserID: string): Promise<void> {
    await this.friends.remove(ownerUserID, friendUserID);
    await this.versions.record('friends', [
      { ownerID: ownerUserID, elementIDs: [friendUserID], state: ChangeState.delete },
    ]);
  }

  /** Changes entries of one list alike. */
  async update(
    ownerUserID: string,
    friendUserIDs: readonly string[],
    changes: Partial<Pick<Friend, 'remark' | 'ex' | 'isPinned'>>,
  ): Promise<void> {
    await this.friends.update(ownerUserID, friendUserIDs, changes);
    const sorted = changes.isPinned !== undefined;
    await this.versions.record('friends', [
      { ownerID: ownerUserID, elementIDs: friendUserIDs, state: ChangeState.update, sorted },
    ]);
  }

  /** Forgets the lists of deleted users, and strikes them off all others. */
  async removeAllOf(userIDs: readonly string[]): Promise<void> {
    const entries = await this.friends.removeAllOf(userIDs);
    await this.versions.drop('friends', userIDs);
    const byOwner = groupBy(entries, ({ ownerUserID }) => ownerUserID);
    await this.versions.record(
      'friends',
      [...byOwner].map(([ownerID, struck]) => ({
        ownerID,
        elementIDs: struck.map(({ friendUserID }) => friendUserID),
        state: ChangeState.delete,
      })),
    );
  }
}

function entry(ownerUserID: string, friendUserID: string, origin: Origin): Friend {
  return { ownerUserID, friendUserID, remark: '', createTime: Date.now(), ex: '', isPinned: false, ...origin };
}
