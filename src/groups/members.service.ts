import { Injectable } from '@nestjs/common';
import type { Actor } from '../core/actor.js';
import { groupBy } from '../core/collections.js';
import { ArgumentInvalid, type ImError, NotPermitted } from '../core/errors.js';
import { assertSelf } from '../core/permissions.js';
import { JoinSource, Role } from '../core/protocol.js';
import { Transactions } from '../database/transactions.js';
import { ImEvents } from '../events/events.js';
import { UserNotFound } from '../users/user.errors.js';
import { UsersService } from '../users/users.service.js';
import { assertMember } from './group-access.policy.js';
import type { GroupMember } from './group-member.entity.js';
import { AlreadyInGroup } from './group-request.errors.js';
import type { Group } from './group.entity.js';
import { KickListEmpty, NotInGroup } from './group.errors.js';
import {
  type MemberInfo,
  MemberInfoSetting,
  MemberMuteSet,
  MemberQuit,
  MembersInfoSet,
  MembersInvited,
  MembersInviting,
  MembersKicked,
  OwnerTransferred,
} from './group.events.js';
import {
  assertKickList,
  assertMayKick,
  assertMayMute,
  assertMayQuit,
  assertMaySetMember,
  assertMayTransfer,
  assertNotDismissed,
  invitesByRequest,
  kickProblem,
} from './group.policy.js';
import { GroupRepository } from './group.repository.js';
import { GroupRequests } from './group-requests.service.js';
import { GroupsService } from './groups.service.js';
import { Membership } from './membership.js';

/** Users and the group they go into or out of. */
export interface GroupUsers {
  groupID: string;
  userIDs: readonly string[];
  /** One who cannot be taken refuses the whole (v3). Otherwise he is passed over (v1). */
  allOrNothing?: boolean;
  /** Words for who listens to the fact; not stored. */
  reason?: string;
  /** Whether it shall not show in the chat; undefined: as usual. */
  quiet?: boolean;
}

/** Another owner for a group. */
export interface TransferGroup {
  groupID: string;
  oldOwnerUserID: string;
  newOwnerUserID: string;
}

/** A member to silence, or to let write again. */
export interface MuteMember {
  groupID: string;
  userID: string;
  /** For how long, 0 to let him write again. */
  seconds: number;
}

/** A member who leaves. */
export interface QuitGroup {
  groupID: string;
  /** Default: the actor. */
  userID?: string | undefined;
}

/** What to change of a member: the members that are given. */
export interface SetMemberInfo extends Partial<MemberInfo> {
  groupID: string;
  userID: string;
}

/** Who is in a group, and as what. */
@Injectable()
export class MembersService {
  constructor(
    private readonly transactions: Transactions,
    private readonly events: ImEvents,
    private readonly users: UsersService,
    private readonly groups: GroupsService,
    private readonly requests: GroupRequests,
    private readonly membership: Membership,
    private readonly repository: GroupRepository,
  ) {}

  /**
   * Adds users to a group, without asking them; where the group wants to approve whom an ordinary member invites, requests
   * are left for them instead. Answers whom it took. Unknown users and members refuse the whole, or are passed over.
   *
   * @throws GroupNotFound, GroupDismissed, NotPermitted
   * @throws UserNotFound, ArgumentInvalid where one refuses all
   */
  async invite(actor: Actor, { groupID, userIDs, allOrNothing, reason = '', quiet }: GroupUsers): Promise<Set<string>> {
    const asked = [...new Set(userIDs)];
    await this.events.ask(new MembersInviting(actor, groupID, asked, reason));
    return this.transactions.run(async () => {
      const accounts = await this.users.hold(asked);
      const group = await this.groups.hold(groupID);
      assertNotDismissed(group);
      const self = await this.repository.member(groupID, actor.userID);
      assertMember(actor, self);
      const already = byUserID(await this.repository.members(groupID, asked));
      const problemOf = (userID: string): ImError | undefined => {
        if (!accounts.has(userID)) return new UserNotFound(userID);
        return already.has(userID) ? new AlreadyInGroup(groupID, userID) : undefined;
      };
      const newcomers = unopposed(asked, problemOf, allOrNothing);
      if (newcomers.length === 0) return new Set();
      const joining = newcomers.map((userID) => ({
        userID,
        joinSource: JoinSource.invitation,
        inviterUserID: actor.userID,
      }));
      if (invitesByRequest(actor, group, self)) {
        const wanted = joining.map((one) => ({ ...one, reqMsg: '', ex: '' }));
        await this.requests.propose(actor, group, wanted);
      } else {
        const { members, stamp } = await this.membership.add(actor, groupID, joining);
        await this.events.publish(new MembersInvited(actor, group, members, stamp, quiet));
      }
      return new Set(newcomers);
    });
  }

  /**
   * Removes members. Answers who was removed. The actor himself, who is no member, and whom the actor may not remove refuse
   * the whole, or are passed over; in the latter case an application administrator may remove the owner, and the group then
   * has none.
   *
   * @throws KickListEmpty, GroupNotFound, NotPermitted
   * @throws ArgumentInvalid, NotInGroup where one refuses all
   */
  async kick(actor: Actor, { groupID, userIDs, allOrNothing, reason, quiet }: GroupUsers): Promise<Set<string>> {
    if (userIDs.length === 0) throw new KickListEmpty();
    const asked = [...new Set(userIDs)];
    return this.transactions.run(async () => {
      const group = await this.groups.hold(groupID);
      const self = await this.repository.member(groupID, actor.userID);
      const members = byUserID(await this.repository.members(groupID, asked));
      if (allOrNothing) assertKickList(actor, asked, members);
      assertMayKick(actor, self);
      const problemOf = (userID: string): ImError | undefined => {
        const member = members.get(userID);
        return member ? kickProblem(actor, self, member) : new NotInGroup(groupID, userID);
      };
      const kicked = unopposed(asked, problemOf, allOrNothing).map((userID) => members.get(userID) as GroupMember);
      if (kicked.length > 0) {
        const stamp = await this.membership.remove(groupID, kicked);
        await this.events.publish(new MembersKicked(actor, group, kicked, stamp, quiet, reason));
      }
      return new Set(kicked.map(({ userID }) => userID));
    });
  }

  /** Takes a member out at his own wish. @throws NotPermitted, GroupNotFound, NotInGroup */
  async quit(actor: Actor, { groupID, userID = actor.userID }: QuitGroup): Promise<void> {
    assertSelf(actor, userID);
    await this.transactions.run(async () => {
      const group = await this.groups.hold(groupID);
      const member = await this.member(groupID, userID);
      assertMayQuit(member);
      const stamp = await this.membership.remove(groupID, [member]);
      await this.events.publish(new MemberQuit(actor, group, member, stamp));
    });
  }

  /**
   * Gives a group another owner; the old one gets the role the new one had. A muted member may write again before he owns
   * the group. Where the owner is gone, an application administrator may name any member as the old one.
   *
   * @throws GroupNotFound, GroupDismissed, NotPermitted
   * @throws ArgumentInvalid when they are the same, or one is no member, or the old one is not the owner
   */
  async transfer(actor: Actor, { groupID, oldOwnerUserID, newOwnerUserID }: TransferGroup): Promise<void> {
    await this.transactions.run(async () => {
      await this.users.hold([oldOwnerUserID, newOwnerUserID]);
      const group = await this.groups.hold(groupID);
      assertNotDismissed(group);
      if (oldOwnerUserID === newOwnerUserID) throw new ArgumentInvalid('OldOwnerUserID == NewOwnerUserID');
      const owner = await this.repository.owner(groupID);
      assertMayTransfer(actor, oldOwnerUserID, owner);
      const members = byUserID(await this.repository.members(groupID, [oldOwnerUserID, newOwnerUserID]));
      const [before, after] = [members.get(oldOwnerUserID), members.get(newOwnerUserID)];
      if (!before || !after) {
        const missing = [oldOwnerUserID, newOwnerUserID].filter((userID) => !members.has(userID));
        throw new ArgumentInvalid(`user not in group ${missing.join(', ')}`);
      }
      if (owner && owner.userID !== oldOwnerUserID) throw new ArgumentInvalid('OldOwnerUserID is not the group owner');
      if (after.muteEndTime > Date.now()) await this.writeMute(actor, group, after, 0);
      const newOwner = { ...after, roleLevel: Role.owner, muteEndTime: 0 };
      const oldOwner = owner ? { ...before, roleLevel: after.roleLevel } : before;
      const stamp = await this.membership.update(groupID, [newOwner, oldOwner], { sorted: true });
      await this.events.publish(new OwnerTransferred(actor, group, newOwner, oldOwner, stamp));
    });
  }

  /**
   * Keeps a member from writing for a while, or with 0 lets him write again.
   *
   * @throws GroupNotFound, NotInGroup, NotPermitted
   */
  async setMute(actor: Actor, { groupID, userID, seconds }: MuteMember): Promise<void> {
    await this.transactions.run(async () => {
      await this.users.hold([userID]);
      const group = await this.groups.hold(groupID);
      const target = await this.member(groupID, userID);
      const self = actor.isAdmin ? undefined : await this.member(groupID, actor.userID);
      assertMayMute(actor, self, target, { unmuting: seconds === 0 });
      await this.writeMute(actor, group, target, seconds);
    });
  }

  /**
   * Sets what is given of members' names in their groups and of their roles: all of it or nothing.
   *
   * @throws NotPermitted, ArgumentInvalid
   */
  async setInfo(actor: Actor, wanted: readonly SetMemberInfo[]): Promise<void> {
    for (const { groupID, userID, ...changes } of wanted) {
      await this.events.ask(new MemberInfoSetting(actor, groupID, userID, changes));
    }
    await this.transactions.run(async () => {
      await this.users.hold(wanted.map(({ userID }) => userID));
      // One order for everybody who changes several groups, so that two of them cannot wait for each other.
      const groups = [...groupBy(wanted, ({ groupID }) => groupID)].sort(([a], [b]) => (a < b ? -1 : 1));
      for (const [groupID, ofGroup] of groups) await this.setInfoIn(actor, groupID, ofGroup);
    });
  }

  private async setInfoIn(actor: Actor, groupID: string, wanted: readonly SetMemberInfo[]): Promise<void> {
    const group = await this.repository.lock(groupID);
    const self = await this.repository.member(groupID, actor.userID);
    if (!actor.isAdmin && !self) throw new NotPermitted('user not in group');
    const members = byUserID(
      await this.repository.members(
        groupID,
        wanted.map(({ userID }) => userID),
      ),
    );
    const set = wanted.map(({ userID, nickname, faceURL, ex, roleLevel }) => {
      const given = { nickname, faceURL, ex, roleLevel };
      const member = members.get(userID);
      if (!member) throw new ArgumentInvalid('user not in group', 'members');
      assertMaySetMember(actor, self, member, roleLevel);
      const changes = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
      return { member: { ...member, ...changes }, changes };
    });
    const written = set.filter(({ changes }) => Object.keys(changes).length > 0);
    if (!group || written.length === 0) return;
    const sorted = wanted.some(({ roleLevel }) => roleLevel !== undefined);
    const rows = written.map(({ member }) => member);
    const stamp = await this.membership.update(groupID, rows, { sorted });
    await this.events.publish(new MembersInfoSet(actor, group, written, stamp, sorted));
  }

  private async writeMute(actor: Actor, group: Group, target: GroupMember, seconds: number): Promise<void> {
    const member = { ...target, muteEndTime: seconds > 0 ? Date.now() + seconds * 1000 : 0 };
    const stamp = await this.membership.update(group.groupID, [member]);
    await this.events.publish(new MemberMuteSet(actor, group, member, seconds, stamp));
  }

  /** @throws NotInGroup */
  private async member(groupID: string, userID: string): Promise<GroupMember> {
    const member = await this.repository.member(groupID, userID);
    if (!member) throw new NotInGroup(groupID, userID);
    return member;
  }
}

function byUserID(members: readonly GroupMember[]): Map<string, GroupMember> {
  return new Map(members.map((member) => [member.userID, member]));
}

/** The users nothing stands against. @throws the first problem, where one refuses all */
function unopposed(
  userIDs: readonly string[],
  problemOf: (userID: string) => ImError | undefined,
  allOrNothing = false,
): string[] {
  return userIDs.filter((userID) => {
    const problem = problemOf(userID);
    if (problem && allOrNothing) throw problem;
    return !problem;
  });
}
