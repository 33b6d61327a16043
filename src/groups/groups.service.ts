import { Injectable } from '@nestjs/common';
import type { Actor } from '../core/actor.js';
import { newDecimalGroupID } from '../core/ids.js';
import { GroupStatus, JoinSource, Role } from '../core/protocol.js';
import { RowCache } from '../database/row-cache.js';
import { Transactions } from '../database/transactions.js';
import { ImEvents } from '../events/events.js';
import { OnImEvent } from '../events/on-im-event.js';
import { UsersDeleted } from '../users/user.events.js';
import { UsersService } from '../users/users.service.js';
import type { GroupMember } from './group-member.entity.js';
import type { Group } from './group.entity.js';
import { GroupNotFound, GroupOwnerInvalid, GroupOwnerNotFound, KickListEmpty } from './group.errors.js';
import { GroupCreated, GroupCreating, MembersInvited, MembersKicked } from './group.events.js';
import { assertMayInvite, assertMayKick, assertNotDismissed, mayBeKicked } from './group.policy.js';
import { GroupRepository } from './group.repository.js';
import { Membership } from './membership.js';

/** A member of a group to be created. */
export interface Founder {
  userID: string;
  role: Role;
}

/** A group to create. */
export interface CreateGroup {
  /** Default: up to ten decimal digits. */
  groupID?: string;
  groupName: string;
  introduction?: string;
  /** The announcement. */
  notification?: string;
  faceURL?: string;
  ex?: string;
  /** Exactly one owner. Whoever is named twice counts once; who is not registered is left out, but not the owner. */
  members: readonly Founder[];
  /** Members get their profile's name and avatar of this moment, as v1 had it, instead of following the profile. */
  copyProfiles?: boolean;
}

/** Users and the group they go into or out of. */
export interface GroupUsers {
  groupID: string;
  userIDs: readonly string[];
}

/** What a group has besides its row. */
export interface GroupSummary {
  group: Group;
  memberCount: number;
  /** "" when the owner was removed. */
  ownerUserID: string;
}

/** Groups and who is in them. */
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
    this.known = new RowCache(transactions, 50_000);
  }

  /**
   * Creates a group with its members. The actor is not added.
   *
   * @throws GroupOwnerInvalid when not exactly one member is the owner
   * @throws GroupOwnerNotFound when the owner is not registered
   */
  async create(actor: Actor, order: CreateGroup): Promise<Group> {
    const founders = uniqueFounders(order.members);
    const owners = founders.filter(({ role }) => role === Role.owner);
    const [owner] = owners;
    if (!owner || owners.length > 1) throw new GroupOwnerInvalid(owners.length);
    const group = newGroup(actor, order);
    await this.events.ask(
      new GroupCreating(
        actor,
        group,
        founders.map(({ userID }) => userID),
      ),
    );
    await this.transactions.run(async () => {
      const users = await this.users.getAll(founders.map(({ userID }) => userID));
      if (!users.has(owner.userID)) throw new GroupOwnerNotFound(owner.userID);
      const joining = founders
        .filter(({ userID }) => users.has(userID))
        .map(({ userID, role }) => {
          const profile = order.copyProfiles ? users.get(userID) : undefined;
          const { nickname, faceURL } = profile ?? {};
          return { userID, role, joinSource: JoinSource.byAdmin, inviterUserID: actor.userID, nickname, faceURL };
        });
      await this.groups.insert(group);
      const { members, stamp } = await this.membership.add(actor, group.groupID, joining);
      await this.events.publish(new GroupCreated(actor, group, members, stamp));
    });
    return group;
  }

  /**
   * Adds users to a group, without asking them. Answers who was added: unknown users and members are passed over.
   *
   * @throws GroupNotFound, GroupDismissed, NotPermitted
   */
  async invite(actor: Actor, { groupID, userIDs }: GroupUsers): Promise<Set<string>> {
    return this.transactions.run(async () => {
      const group = await this.lock(groupID);
      assertNotDismissed(group);
      assertMayInvite(actor, await this.groups.member(groupID, actor.userID));
      const asked = [...new Set(userIDs)];
      const registered = await this.users.registered(asked);
      const already = new Set((await this.groups.members(groupID, asked)).map(({ userID }) => userID));
      const newcomers = asked.filter((userID) => registered.has(userID) && !already.has(userID));
      if (newcomers.length > 0) {
        const { members, stamp } = await this.membership.add(
          actor,
          groupID,
          newcomers.map((userID) => ({ userID, joinSource: JoinSource.invitation, inviterUserID: actor.userID })),
        );
        await this.events.publish(new MembersInvited(actor, group, members, stamp));
      }
      return new Set(newcomers);
    });
  }

  /**
   * Removes members. Answers who was removed: the actor himself, who is no member, and whom the actor may not remove are
   * passed over. An application administrator may remove the owner; the group then has none.
   *
   * @throws KickListEmpty, GroupNotFound, NotPermitted
   */
  async kick(actor: Actor, { groupID, userIDs }: GroupUsers): Promise<Set<string>> {
    if (userIDs.length === 0) throw new KickListEmpty();
    return this.transactions.run(async () => {
      const group = await this.lock(groupID);
      const self = await this.groups.member(groupID, actor.userID);
      assertMayKick(actor, self);
      const members = await this.groups.members(groupID, [...new Set(userIDs)]);
      const kicked = members.filter((member) => mayBeKicked(actor, self, member));
      if (kicked.length > 0) {
        const stamp = await this.membership.remove(groupID, kicked);
        await this.events.publish(new MembersKicked(actor, group, kicked, stamp));
      }
      return new Set(kicked.map(({ userID }) => userID));
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

  /** The IDs of all members. */
  memberIDs(groupID: string): Promise<string[]> {
    return this.groups.memberIDs(groupID);
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

  private async lock(groupID: string): Promise<Group> {
    const group = await this.groups.lock(groupID);
    if (!group) throw new GroupNotFound(groupID);
    return group;
  }
}

/** Each user once, in the highest role he is named in; the owner first, then administrators. */
function uniqueFounders(founders: readonly Founder[]): Founder[] {
  const unique = new Map<string, Founder>();
  for (const founder of founders) {
    const named = unique.get(founder.userID);
    if (!named || named.role < founder.role) unique.set(founder.userID, founder);
  }
  return [...unique.values()].sort((a, b) => b.role - a.role);
}

function newGroup(actor: Actor, order: CreateGroup): Group {
  const now = Date.now();
  const notification = order.notification ?? '';
  return {
    groupID: order.groupID ?? newDecimalGroupID(),
    groupName: order.groupName,
    notification,
    introduction: order.introduction ?? '',
    faceURL: order.faceURL ?? '',
    createTime: now,
    ex: order.ex ?? '',
    status: GroupStatus.ok,
    creatorUserID: actor.userID,
    groupType: 2,
    needVerification: 0,
    lookMemberInfo: 0,
    applyMemberFriend: 0,
    notificationUpdateTime: notification ? now : 0,
    notificationUserID: notification ? actor.userID : '',
  };
}
