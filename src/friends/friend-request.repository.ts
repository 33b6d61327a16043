import { Injectable } from '@nestjs/common';
import { type FindOptionsWhere, In, MoreThan } from 'typeorm';
import { FriendAnswer } from '../core/protocol.js';
import { chunks, insertRows } from '../database/bulk.js';
import { Transactions } from '../database/transactions.js';
import { FriendRequest } from './friend-request.entity.js';

/** Whose requests are listed, and of these only some. */
export interface RequestFilter {
  /** `toUserID`: those a user received; `fromUserID`: those he sent. */
  side: 'fromUserID' | 'toUserID';
  userID: string;
  /** Only with these results; empty: with any. */
  handleResults: readonly number[];
}

/** How requests to be friends are stored. */
@Injectable()
export class FriendRequestRepository {
  constructor(private readonly transactions: Transactions) {}

  /** Stores a request in place of an earlier one of the same two users. */
  async put(request: FriendRequest): Promise<void> {
    await insertRows(this.manager, FriendRequest, [request], {
      update: ['handleResult', 'reqMsg', 'createTime', 'handlerUserID', 'handleMsg', 'handleTime', 'ex'],
    });
  }

  async find(fromUserID: string, toUserID: string): Promise<FriendRequest | undefined> {
    return (await this.manager.findOneBy(FriendRequest, { fromUserID, toUserID })) ?? undefined;
  }

  count(filter: RequestFilter): Promise<number> {
    return this.manager.countBy(FriendRequest, matching(filter));
  }

  /** Newest first. */
  page(filter: RequestFilter, offset: number, limit: number): Promise<FriendRequest[]> {
    const other = filter.side === 'toUserID' ? 'fromUserID' : 'toUserID';
    return this.manager.find(FriendRequest, {
      where: matching(filter),
      order: { createTime: 'DESC', [other]: 'DESC' },
      skip: offset,
      take: limit,
    });
  }

  /** Requests a user received after a moment and has not answered. */
  countOpen(toUserID: string, after: number): Promise<number> {
    return this.manager.countBy(FriendRequest, {
      toUserID,
      handleResult: FriendAnswer.open,
      ...(after > 0 ? { createTime: MoreThan(after) } : {}),
    });
  }

  /** Removes what the users sent and received. */
  async removeAllOf(userIDs: readonly string[]): Promise<void> {
    for (const some of chunks(userIDs)) {
      await this.manager.delete(FriendRequest, { fromUserID: In([...some]) });
      await this.manager.delete(FriendRequest, { toUserID: In([...some]) });
    }
  }

  private get manager() {
    return this.transactions.manager;
  }
}

function matching({ side, userID, handleResults }: RequestFilter): FindOptionsWhere<FriendRequest> {
  return { [side]: userID, ...(handleResults.length > 0 ? { handleResult: In([...handleResults]) } : {}) };
}
