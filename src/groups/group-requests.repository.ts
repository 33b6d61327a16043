import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { HandleResult, Role } from '../core/protocol.js';
import { chunks, insertRows } from '../database/bulk.js';
import { Transactions } from '../database/transactions.js';
import { GroupMember } from './group-member.entity.js';
import { GroupRequest } from './group-request.entity.js';

/** Which requests a list is about; what is left out does not matter. */
export interface RequestScope {
  /** Of groups this user owns or administers. */
  managerID?: string | undefined;
  groupIDs?: readonly string[] | undefined;
  userIDs?: readonly string[] | undefined;
  handleResults?: readonly number[] | undefined;
  /** Made after this moment, in epoch milliseconds. */
  after?: number | undefined;
}

/** How requests to be let into groups are stored. */
@Injectable()
export class GroupRequestRepository {
  constructor(private readonly transactions: Transactions) {}

  /** Stores requests, each in place of the user's earlier one to the group. */
  async save(requests: readonly GroupRequest[]): Promise<void> {
    await insertRows(this.manager, GroupRequest, requests, {
      update: [
        'handleResult',
        'reqMsg',
        'handleMsg',
        'reqTime',
        'handleUserID',
        'handleTime',
        'joinSource',
        'inviterUserID',
        'ex',
      ],
    });
  }

  async find(groupID: string, userID: string): Promise<GroupRequest | undefined> {
    return (await this.manager.findOneBy(GroupRequest, { groupID, userID })) ?? undefined;
  }

  async count(scope: RequestScope): Promise<number> {
    const row = await this.within(scope).select('COUNT(*)', 'total').getRawOne<{ total: number | string }>();
    return Number(row?.total);
  }

  /** Newest first. */
  page(scope: RequestScope, { offset, limit }: { offset: number; limit: number }): Promise<GroupRequest[]> {
    return this.within(scope)
      .orderBy('request.reqTime', 'DESC')
      .addOrderBy('request.groupID', 'DESC')
      .addOrderBy('request.userID', 'DESC')
      .offset(offset)
      .limit(limit)
      .getMany();
  }

  /** How many requests to the groups a user owns or administers wait for an answer. */
  countPending(managerID: string, after: number): Promise<number> {
    return this.count({ managerID, handleResults: [HandleResult.pending], after });
  }

  async removeOf(userIDs: readonly string[]): Promise<void> {
    for (const some of chunks(userIDs)) await this.manager.delete(GroupRequest, { userID: In([...some]) });
  }

  private within({ managerID, groupIDs, userIDs, handleResults, after }: RequestScope) {
    const query = this.manager.createQueryBuilder(GroupRequest, 'request');
    if (managerID !== undefined) {
      query.innerJoin(
        GroupMember,
        'self',
        'self.groupID = request.groupID AND self.userID = :managerID AND self.roleLevel >= :role',
        { managerID, role: Role.admin },
      );
    }
    if (groupIDs) query.andWhere('request.groupID IN (:...groupIDs)', { groupIDs });
    if (userIDs) query.andWhere('request.userID IN (:...userIDs)', { userIDs });
    if (handleResults) query.andWhere('request.handleResult IN (:...handleResults)', { handleResults });
    if (after !== undefined) query.andWhere('request.reqTime > :after', { after });
    return query;
  }

  private get manager() {
    return this.transactions.manager;
  }
}
