import { Injectable } from '@nestjs/common';
import { In, MoreThanOrEqual } from 'typeorm';
import { GroupStatus, Role } from '../core/protocol.js';
import { inChunks } from '../database/bulk.js';
import { type Condition, contains } from '../database/contains.js';
import { rowsByKey } from '../database/rows.js';
import { Transactions } from '../database/transactions.js';
import { GroupMember } from './group-member.entity.js';
import { Group } from './group.entity.js';

/** Which groups a list is about; those that were dismissed never are. */
interface GroupScope {
  /** Only groups this user is in. */
  memberID?: string | undefined;
  /** Only groups whose name has this in it, upper and lower case alike. */
  name?: string | undefined;
}

/** Which members of a group a list is about. */
interface MemberScope {
  groupID: string;
  /** What the member's name, in the group or else in the profile, has in it, upper and lower case alike. */
  name: string;
}

/** The part of a list that is asked for. */
interface Bounds {
  offset: number;
  limit: number;
}

/** Orders of lists of groups. */
const GROUP_ORDER = {
  newest: 'g.createTime DESC, g.groupID DESC',
  name: 'g.groupName, g.createTime, g.groupID',
} as const;

/** Owner first, then administrators, each by the time they joined. An index serves it. */
const MEMBER_ORDER = 'm.roleLevel DESC, m.joinTime, m.userID';

/** What is counted of one group. */
interface GroupCount {
  memberCount: number;
  /** "" when there is none. */
  ownerUserID: string;
}

/** How groups and members are looked up, many at a time. */
@Injectable()
export class GroupQueriesRepository {
  constructor(private readonly transactions: Transactions) {}

  /** Unknown IDs are left out; the order is the database's. */
  groups(groupIDs: readonly string[]): Promise<Group[]> {
    const keys = groupIDs.map((groupID) => [groupID]);
    return rowsByKey(this.manager, Group, ['groupID'], keys);
  }

  /** What is counted of the groups, from the index alone; a group without members is missing. */
  async count(groupIDs: readonly string[]): Promise<Map<string, GroupCount>> {
    const rows = await inChunks(groupIDs, (some) =>
      this.query(
        'SELECT groupID, COUNT(*) AS memberCount, ' +
          `MAX(CASE WHEN roleLevel = ${Role.owner} THEN userID ELSE '' END) AS ownerUserID ` +
          `FROM im_group_members WHERE groupID IN (${some.map(() => '?').join(', ')}) GROUP BY groupID`,
        some,
      ),
    );
    return new Map(
      rows.map(({ groupID, memberCount, ownerUserID }) => [
        String(groupID),
        { memberCount: Number(memberCount), ownerUserID: String(ownerUserID) },
      ]),
    );
  }

  /** The owners of the groups. */
  owners(groupIDs: readonly string[]): Promise<GroupMember[]> {
    const keys = groupIDs.map((groupID) => [groupID, Role.owner]);
    return rowsByKey(this.manager, GroupMember, ['groupID', 'roleLevel'], keys);
  }

  /** Those of the groups the user is in, with what he is there. */
  memberships(userID: string, groupIDs: readonly string[]): Promise<GroupMember[]> {
    const keys = groupIDs.map((groupID) => [userID, groupID]);
    return rowsByKey(this.manager, GroupMember, ['userID', 'groupID'], keys);
  }

  async countGroups(scope: GroupScope): Promise<number> {
    const { sql, parameters } = this.fromGroups(scope);
    const [row] = await this.query(`SELECT COUNT(*) AS total ${sql}`, parameters);
    return Number(row.total);
  }

  async groupIDPage(scope: GroupScope, order: keyof typeof GROUP_ORDER, bounds: Bounds): Promise<string[]> {
    const { sql, parameters } = this.fromGroups(scope);
    const rows = await this.query(
      `SELECT g.groupID ${sql} ORDER BY ${GROUP_ORDER[order]} LIMIT ${bounds.limit} OFFSET ${bounds.offset}`,
      parameters,
    );
    return rows.map(({ groupID }) => String(groupID));
  }

  /** The groups a user is in: those he owns first, then those he administers, each by the time he joined. */
  async joinedGroupIDs(userID: string): Promise<string[]> {
    const rows = await this.manager.find(GroupMember, {
      select: { groupID: true },
      where: { userID },
      order: { roleLevel: 'DESC', joinTime: 'ASC', groupID: 'ASC' },
    });
    return rows.map(({ groupID }) => groupID);
  }

  /** Who of the users is a member. */
  members(groupID: string, userIDs: readonly string[]): Promise<GroupMember[]> {
    const keys = userIDs.map((userID) => [groupID, userID]);
    return rowsByKey(this.manager, GroupMember, ['groupID', 'userID'], keys);
  }

  /** All members of the groups, by groupID, then by userID as bytes. */
  membersOf(groupIDs: readonly string[]): Promise<GroupMember[]> {
    return inChunks(groupIDs, (some) =>
      this.manager.find(GroupMember, {
        where: { groupID: In([...some]) },
        order: { groupID: 'ASC', userID: 'ASC' },
      }),
    );
  }

  /** The owner and the administrators of a group. */
  managers(groupID: string): Promise<GroupMember[]> {
    return this.manager.findBy(GroupMember, { groupID, roleLevel: MoreThanOrEqual(Role.admin) });
  }

  /** Every member's ID, in order. */
  async memberIDs(groupID: string): Promise<string[]> {
    const rows = await this.query(
      `SELECT m.userID FROM im_group_members m WHERE m.groupID = ? ORDER BY ${MEMBER_ORDER}`,
      [groupID],
    );
    return rows.map(({ userID }) => String(userID));
  }

  /** How many members have each role, the highest role first. */
  async roleCounts(groupID: string): Promise<Map<number, number>> {
    const rows = await this.query(
      'SELECT roleLevel, COUNT(*) AS members FROM im_group_members WHERE groupID = ? GROUP BY roleLevel ORDER BY roleLevel DESC',
      [groupID],
    );
    return new Map(rows.map(({ roleLevel, members }) => [Number(roleLevel), Number(members)]));
  }

  /**
   * A page of all members' IDs, in order. Role by role, because the order falls by role and rises by time, which no index
   * does on every engine.
   *
   * @param roles as {@link GroupQueriesRepository.roleCounts} answers them
   */
  async memberIDPage(groupID: string, roles: ReadonlyMap<number, number>, bounds: Bounds): Promise<string[]> {
    const ids: string[] = [];
    let { offset } = bounds;
    for (const [roleLevel, count] of roles) {
      const limit = bounds.limit - ids.length;
      if (offset < count && limit > 0) {
        const rows = await this.query(
          'SELECT userID FROM im_group_members WHERE groupID = ? AND roleLevel = ? ' +
            `ORDER BY joinTime, userID LIMIT ${limit} OFFSET ${offset}`,
          [groupID, roleLevel],
        );
        ids.push(...rows.map(({ userID }) => String(userID)));
      }
      offset = Math.max(0, offset - count);
    }
    return ids;
  }

  async countMembers(scope: MemberScope): Promise<number> {
    const { sql, parameters } = this.fromMembers(scope);
    const [row] = await this.query(`SELECT COUNT(*) AS total ${sql}`, parameters);
    return Number(row.total);
  }

  async foundMemberIDs(scope: MemberScope, { offset, limit }: Bounds): Promise<string[]> {
    const { sql, parameters } = this.fromMembers(scope);
    const rows = await this.query(
      `SELECT m.userID ${sql} ORDER BY ${MEMBER_ORDER} LIMIT ${limit} OFFSET ${offset}`,
      parameters,
    );
    return rows.map(({ userID }) => String(userID));
  }

  private fromGroups({ memberID, name }: GroupScope): Condition {
    const mine = memberID !== undefined;
    const named = name ? contains(this.manager, 'g.groupName', name) : undefined;
    return {
      sql:
        `FROM ${mine ? 'im_group_members m JOIN im_groups g ON g.groupID = m.groupID' : 'im_groups g'} ` +
        `WHERE g.status <> ${GroupStatus.dismissed}${mine ? ' AND m.userID = ?' : ''}${named ? ` AND ${named.sql}` : ''}`,
      parameters: [...(mine ? [memberID] : []), ...(named?.parameters ?? [])],
    };
  }

  private fromMembers({ groupID, name }: MemberScope): Condition {
    const named = contains(this.manager, "(CASE WHEN m.nickname <> '' THEN m.nickname ELSE u.nickname END)", name);
    return {
      sql: `FROM im_group_members m LEFT JOIN im_users u ON u.userID = m.userID WHERE m.groupID = ? AND ${named.sql}`,
      parameters: [groupID, ...named.parameters],
    };
  }

  private query(sql: string, parameters: readonly unknown[]): Promise<Record<string, unknown>[]> {
    return this.manager.query(sql, [...parameters]);
  }

  private get manager() {
    return this.transactions.manager;
  }
}
