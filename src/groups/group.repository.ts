import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { Role } from '../core/protocol.js';
import { chunks, inChunks, insertRows } from '../database/bulk.js';
import { forUpdate } from '../database/for-update.js';
import { rowsByKey } from '../database/rows.js';
import { Transactions } from '../database/transactions.js';
import { GroupMember } from './group-member.entity.js';
import { Group } from './group.entity.js';

/** How groups and their members are stored. */
@Injectable()
export class GroupRepository {
  constructor(private readonly transactions: Transactions) {}

  async insert(group: Group): Promise<void> {
    await insertRows(this.manager, Group, [group]);
  }

  async find(groupID: string): Promise<Group | undefined> {
    const [group] = await rowsByKey(this.manager, Group, ['groupID'], [[groupID]]);
    return group;
  }

  async update(groupID: string, changes: Partial<Group>): Promise<void> {
    await this.manager.update(Group, { groupID }, changes);
  }

  /** The group, kept from changing until the transaction ends, so that changes of its members follow one another. */
  async lock(groupID: string): Promise<Group | undefined> {
    const [group] = await rowsByKey(this.manager, Group, ['groupID'], [[groupID]], { lock: true });
    return group;
  }

  async addMembers(members: readonly GroupMember[]): Promise<void> {
    await insertRows(this.manager, GroupMember, members);
  }

  async member(groupID: string, userID: string): Promise<GroupMember | undefined> {
    const [member] = await this.members(groupID, [userID]);
    return member;
  }

  /** Who of the users is a member. */
  members(groupID: string, userIDs: readonly string[]): Promise<GroupMember[]> {
    const keys = userIDs.map((userID) => [groupID, userID]);
    return rowsByKey(this.manager, GroupMember, ['groupID', 'userID'], keys);
  }

  /** In which of the groups a user is. */
  memberships(userID: string, groupIDs: readonly string[]): Promise<GroupMember[]> {
    const keys = groupIDs.map((groupID) => [userID, groupID]);
    return rowsByKey(this.manager, GroupMember, ['userID', 'groupID'], keys);
  }

  /** Memberships of a user in which name or avatar is the profile's; they last until the transaction ends. */
  lockMembershipsByProfile(userID: string): Promise<GroupMember[]> {
    return this.manager.find(GroupMember, {
      where: [
        { userID, nickname: '' },
        { userID, faceURL: '' },
      ],
      order: { groupID: 'ASC' },
      ...forUpdate(this.manager),
    });
  }

  /** Removes the users from all their groups. Answers the memberships they had. */
  async removeFromAll(userIDs: readonly string[]): Promise<GroupMember[]> {
    const removed: GroupMember[] = [];
    for (const some of chunks(userIDs)) {
      const theirs = { userID: In([...some]) };
      removed.push(...(await this.manager.findBy(GroupMember, theirs)));
      await this.manager.delete(GroupMember, theirs);
    }
    return removed;
  }

  /** The IDs of all members of each group. */
  async memberIDsOf(groupIDs: readonly string[]): Promise<Map<string, string[]>> {
    const found = new Map<string, string[]>(groupIDs.map((groupID) => [groupID, []]));
    const rows = await inChunks(groupIDs, (some) =>
      this.manager.find(GroupMember, {
        select: { groupID: true, userID: true },
        where: { groupID: In([...some]) },
      }),
    );
    for (const { groupID, userID } of rows) found.get(groupID)?.push(userID);
    return found;
  }

  async owner(groupID: string): Promise<GroupMember | undefined> {
    return (await this.manager.findOneBy(GroupMember, { groupID, roleLevel: Role.owner })) ?? undefined;
  }

  memberCount(groupID: string): Promise<number> {
    return this.manager.countBy(GroupMember, { groupID });
  }

  async removeMembers(groupID: string, userIDs: readonly string[]): Promise<void> {
    for (const some of chunks(userIDs)) await this.manager.delete(GroupMember, { groupID, userID: In([...some]) });
  }

  /** Every member, in no order. */
  allMembers(groupID: string): Promise<GroupMember[]> {
    return rowsByKey(this.manager, GroupMember, ['groupID'], [[groupID]]);
  }

  async removeAllMembers(groupID: string): Promise<void> {
    await this.manager.delete(GroupMember, { groupID });
  }

  /** Stores what members there are shall be now, in one statement however much they differ. */
  async saveMembers(members: readonly GroupMember[]): Promise<void> {
    await insertRows(this.manager, GroupMember, members, {
      update: ['nickname', 'faceURL', 'ex', 'roleLevel', 'muteEndTime'],
    });
  }

  private get manager() {
    return this.transactions.manager;
  }
}
