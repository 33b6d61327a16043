import { Injectable } from '@nestjs/common';
import type { Actor } from '../core/actor.js';
import { ArgumentInvalid } from '../core/errors.js';
import { newDecimalGroupID } from '../core/ids.js';
import { assertSelf } from '../core/permissions.js';
import { GroupStatus, Role } from '../core/protocol.js';
import { isDuplicateKey } from '../database/failures.js';
import { RowCache } from '../database/row-cache.js';
import { Transactions } from '../database/transactions.js';
import { ImEvents } from '../events/events.js';
import { OnImEvent } from '../events/on-im-event.js';
import { UserNotFound } from '../users/user.errors.js';
import { UsersDeleted } from '../users/user.events.js';
import { UsersService } from '../users/users.service.js';
import { type CreateGroup, foundersOf, joiningOf, newGroup } from './founding.js';
import { assertGroupAdmin } from './group-access.policy.js';
import type { GroupMember } from './group-member.entity.js';
import type { Group } from './group.entity.js';
import { GroupIDTaken, GroupNotFound, GroupOwnerInvalid, GroupOwnerNotFound } from './group.errors.js';
import {
  GroupCreated,
  GroupCreating,
  GroupEnded,
  type GroupInfo,
  GroupInfoSet,
  GroupInfoSetting,
  GroupMuteSet,
} from './group.events.js';
import { assertMayDismiss, assertMaySetInfo, assertNotDismissed } from './group.policy.js';
import { GroupRepository } from './group.repository.js';
import { Membership } from './membership.js';

/** What to change of what a group says of itself: the members that are given. */
export interface SetGroupInfo extends Partial<GroupInfo> {
  groupID: string;
}

/** A group to dismiss. */
export interface DismissGroup {
  groupID: string;
  /** Remove the members without telling them. */
  untold?: boolean;
  /** Whether it shall not show in the chat; undefined: as usual. */
  quiet?: boolean;
}

/** What a group has besides its row. */
export interface GroupSummary {
  group: Group;
  memberCount: number;
  /** "" when the owner was removed. */
  ownerUserID: string;
}

/** Groups: creating, describing, muting and dismissing them. Who is in them is the business of {@link MembersService}. */
@Injectable()
export class GroupsService {
  private readonly known: RowCache<Group>;

  constructor(
    private readonly transactions: Transactions,
    private readonly events: ImEvents,
    private readonly users: UsersService,
    private readonly groups: GroupRepository,
    private readonly membership: Membership,
  ) {
    this.known = new RowCache(transactions, 'groups', 50_000);
  }

  /**
   * Creates a group with its members. The actor is not added: below an application administrator he owns it.
   *
   * @throws NotPermitted when somebody else is to own it
   * @throws GroupOwnerInvalid when not exactly one member is the owner
   * @throws GroupOwnerNotFound when the owner is not registered
   * @throws ArgumentInvalid, UserNotFound for a member named twice, or not registered, where one refuses all
   * @throws GroupIDTaken
   */
  async create(actor: Actor, order: CreateGroup): Promise<GroupSummary> {
    const founders = foundersOf(order);
    const [owner] = founders;
    if (owner) assertSelf(actor, owner.userID);
    if (order.allOrNothing && founders.length < order.members.length) {
      throw new ArgumentInvalid('group member repeated', 'memberUserIDs');
    }
    const owners = founders.filter(({ role }) => role === Role.owner);
    if (!owner || owners.length !== 1) throw new GroupOwnerInvalid(owners.length);
    const group = newGroup(actor, order, order.groupID ?? (await this.unusedID()));
    const userIDs = founders.map(({ userID }) => userID);
    await this.events.ask(new GroupCreating(actor, group, userIDs));
    return this.transactions.run(async () => {
      const users = await this.users.hold(userIDs);
      const missing = userIDs.find((userID) => !users.has(userID));
      if (missing !== undefined && order.allOrNothing) throw new UserNotFound(missing);
      if (!users.has(owner.userID)) throw new GroupOwnerNotFound(owner.userID);
      await this.insert(group);
      const joining = joiningOf(actor, order, { founders, users });
      const { members, stamp } = await this.membership.add(actor, group.groupID, joining);
      await this.events.publish(new GroupCreated(actor, group, members, stamp, order.quiet));
      return { group, memberCount: members.length, ownerUserID: owner.userID };
    });
  }

  /**
   * Sets what is given of what a group says of itself. Nothing given: nothing happens.
   *
   * @throws NotInGroup, NotPermitted, GroupNotFound, GroupDismissed
   * @throws ArgumentInvalid for a name of nothing but blanks
   */
  async setInfo(actor: Actor, { groupID, ...given }: SetGroupInfo): Promise<void> {
    const changes = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
    const { groupName, notification }: Partial<GroupInfo> = changes;
    if (groupName?.trim() === '') throw new ArgumentInvalid('group name is empty', 'groupName');
    assertMaySetInfo(actor, groupID, await this.findMember(groupID, actor.userID));
    await this.events.ask(new GroupInfoSetting(actor, groupID, changes));
    await this.transactions.run(async () => {
      const group = await this.hold(groupID);
      assertMaySetInfo(actor, groupID, await this.findMember(groupID, actor.userID));
      assertNotDismissed(group);
      if (Object.keys(changes).length === 0) return;
      const announced =
        notification === undefined ? {} : { notificationUpdateTime: Date.now(), notificationUserID: actor.userID };
      const changed = await this.save(group, { ...changes, ...announced });
      const stamp = await this.membership.noteGroup(groupID);
      await this.events.publish(new GroupInfoSet(actor, changed, changes, stamp));
    });
  }

  /**
   * Lets only the owner and administrators write in a group, or everybody again.
   *
   * @throws NotPermitted, GroupNotFound, GroupDismissed
   */
  async setMuted(actor: Actor, groupID: string, muted: boolean): Promise<void> {
    await this.transactions.run(async () => {
      const group = await this.groups.lock(groupID);
      assertGroupAdmin(actor, await this.findMember(groupID, actor.userID));
      if (!group) throw new GroupNotFound(groupID);
      assertNotDismissed(group);
      const changed = await this.save(group, { status: muted ? GroupStatus.muted : GroupStatus.ok });
      const stamp = await this.membership.noteGroup(groupID);
      await this.events.publish(new GroupMuteSet(actor, changed, muted, stamp));
    });
  }

  /**
   * Ends a group: its members are told and removed, its row and its messages are kept.
   *
   * @throws GroupNotFound, GroupDismissed, NotPermitted
   */
  async dismiss(actor: Actor, { groupID, untold = false, quiet }: DismissGroup): Promise<void> {
    await this.transactions.run(async () => {
      const group = await this.hold(groupID);
      assertNotDismissed(group);
      assertMayDismiss(actor, await this.findMember(groupID, actor.userID));
      const dismissed = await this.save(group, { status: GroupStatus.dismissed });
      const members = await this.groups.allMembers(groupID);
      await this.events.publish(new GroupEnded(actor, dismissed, members, untold, quiet));
      await this.membership.removeAll(groupID, members);
    });
  }

  /** Who is deleted is in no group any more. */
  @OnImEvent(UsersDeleted, { phase: 'in-transaction' })
  async forgetUsers({ userIDs }: UsersDeleted): Promise<void> {
    await this.membership.removeFromAll(userIDs);
  }

  /** The group, undefined when there is none. Remembered: costs no query most of the time. */
  find(groupID: string): Promise<Group | undefined> {
    return this.known.get(groupID, () => this.groups.find(groupID));
  }

  /** A membership, undefined when the user is not in the group. Remembered: costs no query most of the time. */
  findMember(groupID: string, userID: string): Promise<GroupMember | undefined> {
    return this.membership.find(groupID, userID);
  }

  /** Those of the users who are members, by ID. */
  async findMembers(groupID: string, userIDs: readonly string[]): Promise<Map<string, GroupMember>> {
    const members = await this.groups.members(groupID, [...new Set(userIDs)]);
    return new Map(members.map((member) => [member.userID, member]));
  }

  /** A user's memberships in those of the groups he is in, by group. */
  async memberships(userID: string, groupIDs: readonly string[]): Promise<Map<string, GroupMember>> {
    const members = await this.groups.memberships(userID, [...new Set(groupIDs)]);
    return new Map(members.map((member) => [member.groupID, member]));
  }

  /** The IDs of all members, in no order; none when there is no such group. Remembered, like a single membership. */
  async memberIDs(groupID: string): Promise<readonly string[]> {
    return (await this.memberIDsOf([groupID])).get(groupID) ?? [];
  }

  /** The IDs of all members of each group, in one statement for those that are not remembered. */
  memberIDsOf(groupIDs: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
    return this.membership.memberIDsOf(groupIDs);
  }

  /** Which of the users are members. */
  async membersAmong(groupID: string, userIDs: readonly string[]): Promise<Set<string>> {
    return new Set((await this.groups.members(groupID, userIDs)).map(({ userID }) => userID));
  }

  /** The group with what is counted. */
  async summarize(group: Group): Promise<GroupSummary> {
    const owner = await this.groups.owner(group.groupID);
    return { group, memberCount: await this.groups.memberCount(group.groupID), ownerUserID: owner?.userID ?? '' };
  }

  /** The group, kept from changing until the open transaction ends, as are its members. @throws GroupNotFound */
  async hold(groupID: string): Promise<Group> {
    const group = await this.groups.lock(groupID);
    if (!group) throw new GroupNotFound(groupID);
    return group;
  }

  private async insert(group: Group): Promise<void> {
    if (await this.groups.find(group.groupID)) throw new GroupIDTaken(group.groupID);
    try {
      await this.groups.insert(group);
    } catch (error) {
      // Somebody took it between our look and our write.
      if (isDuplicateKey(error)) throw new GroupIDTaken(group.groupID);
      throw error;
    }
  }

  private async save(group: Group, changes: Partial<Group>): Promise<Group> {
    await this.groups.update(group.groupID, changes);
    this.known.forget([group.groupID]);
    return { ...group, ...changes };
  }

  private async unusedID(): Promise<string> {
    for (;;) {
      const groupID = newDecimalGroupID();
      if (!(await this.groups.find(groupID))) return groupID;
    }
  }
}
