import { setImmediate as turn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { Actor } from '../core/actor.js';
import { groupBy } from '../core/collections.js';
import { type Page, pageBounds } from '../core/pages.js';
import { assertSelf } from '../core/permissions.js';
import { goJson, hashOf } from '../sync/id-hash.js';
import type { User } from '../users/user.entity.js';
import { UsersService } from '../users/users.service.js';
import { assertAmongMembers, assertMember } from './group-access.policy.js';
import type { GroupMember } from './group-member.entity.js';
import { GroupQueriesRepository } from './group-queries.repository.js';
import type { Group } from './group.entity.js';
import { GroupIDsNotFound } from './group.errors.js';
import { GroupsService, type GroupSummary } from './groups.service.js';
import { memberView } from './wire/v3-views.js';

/** A member as others see him: what his row leaves empty is his profile's. */
export interface ShownMember {
  member: GroupMember;
  user: User | undefined;
}

/** A group with its owner's name. */
export interface OwnedGroup extends GroupSummary {
  /** Name inside the group, else the profile's; "" when there is no owner. */
  ownerName: string;
}

/** What a client needs to see whether the members it knows are the members there are. */
export interface GroupAbstract {
  groupID: string;
  memberCount: number;
  /** Of the members sorted by userID, as bytes: {@link memberListHash}. */
  memberListHash: bigint;
}

/** Which groups to look for. */
export interface GroupSearch {
  /** This group, dismissed or not; the rest is ignored then. */
  groupID: string;
  /** Part of the name, upper and lower case alike; "" for any. */
  groupName: string;
  page: Page;
}

/** A page of a group's members. */
export interface MemberSearch {
  groupID: string;
  /** Part of the member's name, upper and lower case alike; "" for any. */
  keyword: string;
  page: Page;
}

/** Members whose rows are in memory at a time when many groups are read whole. */
const MEMBERS_AT_ONCE = 20_000;

/** Looking up groups and their members. */
@Injectable()
export class GroupQueries {
  constructor(
    private readonly users: UsersService,
    private readonly groups: GroupsService,
    private readonly rows: GroupQueriesRepository,
  ) {}

  /** Groups by ID, in the order given, unknown IDs left out. Open to everybody, since joining begins with it. */
  async find(groupIDs: readonly string[]): Promise<GroupSummary[]> {
    return this.summarizeAll(await this.inOrder(groupIDs));
  }

  /**
   * Groups by ID or by part of their name, newest first. By name, an administrator searches all groups, others those they
   * are in; dismissed ones are not found.
   */
  async search(
    actor: Actor,
    { groupID, groupName, page }: GroupSearch,
  ): Promise<{ total: number; groups: OwnedGroup[] }> {
    if (groupID) {
      const groups = await this.find([groupID]);
      return { total: groups.length, groups: await this.withOwners(groups) };
    }
    const scope = { memberID: actor.isAdmin ? undefined : actor.userID, name: groupName };
    const total = await this.rows.countGroups(scope);
    const bounds = pageBounds(page, total);
    const ids = bounds.limit === 0 ? [] : await this.rows.groupIDPage(scope, 'newest', bounds);
    return { total, groups: await this.withOwners(await this.find(ids)) };
  }

  /** SELF: a page of the groups a user is in, by name, then by age. Dismissed ones are left out. @throws NotPermitted */
  async joined(
    actor: Actor,
    { userID, page }: { userID: string; page: Page },
  ): Promise<{ total: number; groups: GroupSummary[] }> {
    assertSelf(actor, userID);
    const scope = { memberID: userID };
    const total = await this.rows.countGroups(scope);
    const bounds = pageBounds(page, total);
    const ids = bounds.limit === 0 ? [] : await this.rows.groupIDPage(scope, 'name', bounds);
    return { total, groups: await this.find(ids) };
  }

  /** MEMBER of each: how many members the groups have and their hash, in the order given. @throws NotPermitted, GroupIDsNotFound */
  async abstracts(actor: Actor, groupIDs: readonly string[]): Promise<GroupAbstract[]> {
    await this.assertMemberOfAll(actor, groupIDs);
    const known = new Set((await this.rows.groups(groupIDs)).map(({ groupID }) => groupID));
    const missing = groupIDs.filter((groupID) => !known.has(groupID));
    if (missing.length > 0) throw new GroupIDsNotFound(missing);
    const counts = await this.rows.count(groupIDs);
    const abstracts: GroupAbstract[] = [];
    for (const some of slicesBySize(groupIDs, (groupID) => counts.get(groupID)?.memberCount ?? 0)) {
      const shown = groupBy(await this.show(await this.rows.membersOf(some)), ({ member }) => member.groupID);
      for (const groupID of some) {
        const members = shown.get(groupID) ?? [];
        abstracts.push({ groupID, memberCount: members.length, memberListHash: memberListHash(members) });
      }
      await turn(); // others are served between two slices
    }
    return abstracts;
  }

  /** MEMBER: members by ID, in the order given, who is no member left out. @throws NotPermitted */
  async members(
    actor: Actor,
    { groupID, userIDs }: { groupID: string; userIDs: readonly string[] },
  ): Promise<ShownMember[]> {
    await this.assertMemberOf(actor, groupID);
    return [...(await this.findMembers(groupID, userIDs)).values()];
  }

  /** MEMBER: a page of the members: by role, then by the time they joined. @throws NotPermitted */
  async memberPage(
    actor: Actor,
    { groupID, keyword, page }: MemberSearch,
  ): Promise<{ total: number; members: ShownMember[] }> {
    await this.assertMemberOf(actor, groupID);
    const { total, ids } = keyword
      ? await this.foundMemberIDs({ groupID, name: keyword }, page)
      : await this.memberIDPage(groupID, page);
    return { total, members: [...(await this.findMembers(groupID, ids)).values()] };
  }

  /** Any member: the IDs of all members: by role, then by the time they joined. @throws NotPermitted */
  async memberIDs(actor: Actor, groupID: string): Promise<string[]> {
    if (!actor.isAdmin) assertAmongMembers(actor, await this.groups.findMember(groupID, actor.userID));
    return this.rows.memberIDs(groupID);
  }

  /** The IDs of a group's owner and administrators. */
  async managerIDs(groupID: string): Promise<string[]> {
    return (await this.rows.managers(groupID)).map(({ userID }) => userID);
  }

  /** The IDs of the groups a user is in: by his role, then by the time he joined. */
  joinedIDs(userID: string): Promise<string[]> {
    return this.rows.joinedGroupIDs(userID);
  }

  /** As {@link GroupQueries.members}, by userID; who may ask is the caller's business. */
  async findMembers(groupID: string, userIDs: readonly string[]): Promise<Map<string, ShownMember>> {
    const asked = [...new Set(userIDs)];
    const shown = await this.show(await this.rows.members(groupID, asked));
    const byID = new Map(shown.map((one) => [one.member.userID, one]));
    return new Map(
      asked.flatMap((userID): [string, ShownMember][] => {
        const found = byID.get(userID);
        return found ? [[userID, found]] : [];
      }),
    );
  }

  /** Groups with what is counted, by one query for all of them. The order is kept. */
  async summarizeAll(groups: readonly Group[]): Promise<GroupSummary[]> {
    const counts = await this.rows.count(groups.map(({ groupID }) => groupID));
    return groups.map((group) => ({ group, memberCount: 0, ownerUserID: '', ...counts.get(group.groupID) }));
  }

  /** MEMBER. @throws NotPermitted */
  async assertMemberOf(actor: Actor, groupID: string): Promise<void> {
    if (!actor.isAdmin) assertMember(actor, await this.groups.findMember(groupID, actor.userID));
  }

  /** MEMBER of each. @throws NotPermitted */
  async assertMemberOfAll(actor: Actor, groupIDs: readonly string[]): Promise<void> {
    await this.assertOfAll(actor, groupIDs, assertMember);
  }

  /** What `assert` says of the caller's membership in each of the groups. */
  async assertOfAll(
    actor: Actor,
    groupIDs: readonly string[],
    assert: (actor: Actor, self: GroupMember | undefined) => void,
  ): Promise<void> {
    if (actor.isAdmin) return;
    const mine = await this.rows.memberships(actor.userID, groupIDs);
    const byGroup = new Map(mine.map((member) => [member.groupID, member]));
    for (const groupID of groupIDs) assert(actor, byGroup.get(groupID));
  }

  /** Groups by ID, each once, in the order given. */
  async inOrder(groupIDs: readonly string[]): Promise<Group[]> {
    const asked = [...new Set(groupIDs)];
    const byID = new Map((await this.rows.groups(asked)).map((group) => [group.groupID, group]));
    return asked.map((groupID) => byID.get(groupID)).filter((group) => group !== undefined);
  }

  private async memberIDPage(groupID: string, page: Page): Promise<{ total: number; ids: string[] }> {
    const roles = await this.rows.roleCounts(groupID);
    const total = [...roles.values()].reduce((sum, count) => sum + count, 0);
    const bounds = pageBounds(page, total);
    return { total, ids: bounds.limit === 0 ? [] : await this.rows.memberIDPage(groupID, roles, bounds) };
  }

  private async foundMemberIDs(
    scope: { groupID: string; name: string },
    page: Page,
  ): Promise<{ total: number; ids: string[] }> {
    const total = await this.rows.countMembers(scope);
    const bounds = pageBounds(page, total);
    return { total, ids: bounds.limit === 0 ? [] : await this.rows.foundMemberIDs(scope, bounds) };
  }

  private async show(members: readonly GroupMember[]): Promise<ShownMember[]> {
    const users = await this.users.getAll(members.map(({ userID }) => userID));
    return members.map((member) => ({ member, user: users.get(member.userID) }));
  }

  private async withOwners(groups: readonly GroupSummary[]): Promise<OwnedGroup[]> {
    const owners = await this.show(await this.rows.owners(groups.map(({ group }) => group.groupID)));
    const names = new Map(
      owners.map(({ member, user }) => [member.groupID, member.nickname || (user?.nickname ?? '')]),
    );
    return groups.map((summary) => ({ ...summary, ownerName: names.get(summary.group.groupID) ?? '' }));
  }
}

/** The hash clients make of the members they know, as they are shown them. Source: contract/v3/group.md, get_group_abstract_info. */
function memberListHash(members: readonly ShownMember[]): bigint {
  return members.length === 0 ? 0n : hashOf(goJson(members.map(({ member, user }) => memberView(member, user))));
}

/** The groups in slices that have no more members together than are read at once, but at least one group each. */
function slicesBySize(groupIDs: readonly string[], sizeOf: (groupID: string) => number): string[][] {
  const slices: string[][] = [];
  let room = 0;
  for (const groupID of groupIDs) {
    const size = sizeOf(groupID);
    const last = slices.at(-1);
    if (last && size <= room) last.push(groupID);
    else slices.push([groupID]);
    room = (last && size <= room ? room : MEMBERS_AT_ONCE) - size;
  }
  return slices;
}
