import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { Role } from '../core/protocol.js';
import { inChunks } from '../database/bulk.js';
import { Transactions } from '../database/transactions.js';
import { GroupMember } from './group-member.entity.js';
import { Group } from './group.entity.js';
import type { GroupSummary } from './groups.service.js';

/** Reads what a changed profile touches, with a handful of statements however many groups there are. */
@Injectable()
export class ProfileChangesRepository {
  constructor(private readonly transactions: Transactions) {}

  /** Memberships of a user in which name or avatar is the profile's. */
  membershipsByProfile(userID: string): Promise<GroupMember[]> {
    return this.manager.find(GroupMember, {
      where: [
        { userID, nickname: '' },
        { userID, faceURL: '' },
      ],
      order: { groupID: 'ASC' },
    });
  }

  /** Groups by ID, with what is counted. */
  async summaries(groupIDs: readonly string[]): Promise<Map<string, GroupSummary>> {
    const groups = await inChunks(groupIDs, (some) => this.manager.findBy(Group, { groupID: In([...some]) }));
    const owners = await inChunks(groupIDs, (some) =>
      this.manager.findBy(GroupMember, { groupID: In([...some]), roleLevel: Role.owner }),
    );
    const counts = await inChunks(groupIDs, (some) =>
      this.manager
        .createQueryBuilder(GroupMember, 'member')
        .select('member.groupID', 'groupID')
        .addSelect('COUNT(*)', 'count')
        .where({ groupID: In([...some]) })
        .groupBy('member.groupID')
        .getRawMany<{ groupID: string; count: string | number }>(),
    );
    const ownerOf = new Map(owners.map(({ groupID, userID }) => [groupID, userID]));
    const countOf = new Map(counts.map(({ groupID, count }) => [groupID, Number(count)]));
    return new Map(
      groups.map((group) => {
        const { groupID } = group;
        return [groupID, { group, memberCount: countOf.get(groupID) ?? 0, ownerUserID: ownerOf.get(groupID) ?? '' }];
      }),
    );
  }

  private get manager() {
    return this.transactions.manager;
  }
}
