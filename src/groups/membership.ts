import { Injectable } from '@nestjs/common';
import type { Actor } from '../core/actor.js';
import { groupBy } from '../core/collections.js';
import { Role } from '../core/protocol.js';
import { RowCache } from '../database/row-cache.js';
import { Transactions } from '../database/transactions.js';
import { ChangeState, GROUP_MARKER, VersionLog, type VersionStamp } from '../sync/version-log.js';
import type { GroupMember } from './group-member.entity.js';
import { GroupRepository } from './group.repository.js';

/** How somebody comes into a group. */
export interface Joining {
  userID: string;
  role?: Role;
  /** One of `JoinSource`, 0 when unknown. */
  joinSource: number;
  inviterUserID: string;
  /** "" follows the profile. */
  nickname?: string;
  faceURL?: string;
}

/** IDs of members that are remembered, of all groups together: some 100 MB. */
const MAX_KNOWN_IDS = 2_000_000;

/**
 * Who is in which group: the only writer of member rows. Every change is noted in the version logs of the group and of the
 * users, and forgotten by the cache, in the transaction of the caller, who holds the group's row.
 */
@Injectable()
export class Membership {
  private readonly known: RowCache<GroupMember>;
  private readonly knownIDs: RowCache<readonly string[]>;

  constructor(
    transactions: Transactions,
    private readonly versions: VersionLog,
    private readonly groups: GroupRepository,
  ) {
    this.known = new RowCache(transactions, 'members', 200_000);
    this.knownIDs = new RowCache(transactions, 'memberIDs', MAX_KNOWN_IDS, (userIDs) => userIDs.length + 1);
  }

  /** A membership, undefined when the user is not in the group. Remembered: costs no query most of the time. */
  find(groupID: string, userID: string): Promise<GroupMember | undefined> {
    return this.known.get(memberKey({ groupID, userID }), () => this.groups.member(groupID, userID));
  }

  /**
   * The IDs of all members of each group, in no order. Remembered: every message to a group asks for them. They are shared
   * by all who ask.
   */
  memberIDsOf(groupIDs: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
    return this.knownIDs.getAll(groupIDs, (missing) => this.groups.memberIDsOf(missing));
  }

  /** Adds users who are no members. Answers their rows and where the group's member log stands. */
  async add(
    actor: Actor,
    groupID: string,
    joining: readonly Joining[],
  ): Promise<{ members: GroupMember[]; stamp: VersionStamp }> {
    const joinTime = Date.now();
    const members = joining.map(({ userID, role = Role.member, joinSource, inviterUserID, nickname, faceURL }) => ({
      groupID,
      userID,
      nickname: nickname ?? '',
      faceURL: faceURL ?? '',
      roleLevel: role,
      joinTime,
      joinSource,
      inviterUserID,
      operatorUserID: actor.userID,
      muteEndTime: 0,
      ex: '',
    }));
    await this.groups.addMembers(members);
    this.forget(members);
    await this.noteJoinedGroups(members, ChangeState.insert);
    return { members, stamp: await this.noteMembers(groupID, members, ChangeState.insert) };
  }

  /** Removes members. Answers where the group's member log stands. */
  async remove(groupID: string, members: readonly GroupMember[]): Promise<VersionStamp> {
    await this.groups.removeMembers(
      groupID,
      members.map(({ userID }) => userID),
    );
    this.forget(members);
    await this.noteJoinedGroups(members, ChangeState.delete);
    return this.noteMembers(groupID, members, ChangeState.delete);
  }

  /** Removes everybody from a group that is dismissed; its member log goes with them. */
  async removeAll(groupID: string, members: readonly GroupMember[]): Promise<void> {
    await this.groups.removeAllMembers(groupID);
    this.forget(members);
    await this.noteJoinedGroups(members, ChangeState.delete);
    await this.versions.drop('group-members', [groupID]);
  }

  /**
   * Stores what members of one group shall be now. The caller holds their accounts, so that nobody who is deleted
   * meanwhile comes back. Answers where the group's member log stands.
   *
   * @param sorted their order changed: roles did
   */
  async update(
    groupID: string,
    members: readonly GroupMember[],
    { sorted = false }: { sorted?: boolean } = {},
  ): Promise<VersionStamp> {
    await this.groups.saveMembers(members);
    this.known.forget(members.map(memberKey));
    return this.noteMembers(groupID, members, ChangeState.update, sorted);
  }

  /** Notes that the group itself changed: its members learn of it by their log. */
  async noteGroup(groupID: string): Promise<VersionStamp> {
    const change = { ownerID: groupID, elementIDs: [GROUP_MARKER], state: ChangeState.update };
    return (await this.versions.record('group-members', [change])).get(groupID) as VersionStamp;
  }

  /** Removes users from all their groups. */
  async removeFromAll(userIDs: readonly string[]): Promise<void> {
    const removed = await this.groups.removeFromAll(userIDs);
    this.forget(removed);
    await this.versions.drop('joined-groups', userIDs);
    const byGroup = groupBy(removed, ({ groupID }) => groupID);
    await this.versions.record(
      'group-members',
      [...byGroup].map(([ownerID, members]) => ({
        ownerID,
        elementIDs: members.map(({ userID }) => userID),
        state: ChangeState.delete,
      })),
    );
  }

  /** Forgets who came or left. */
  private forget(members: readonly GroupMember[]): void {
    this.known.forget(members.map(memberKey));
    this.knownIDs.forget([...new Set(members.map(({ groupID }) => groupID))]);
  }

  private async noteMembers(
    groupID: string,
    members: readonly GroupMember[],
    state: 1 | 2 | 3,
    sorted = false,
  ): Promise<VersionStamp> {
    const change = { ownerID: groupID, elementIDs: members.map(({ userID }) => userID), state, sorted };
    return (await this.versions.record('group-members', [change])).get(groupID) as VersionStamp;
  }

  private async noteJoinedGroups(members: readonly GroupMember[], state: 1 | 2): Promise<void> {
    const changes = members.map(({ userID, groupID }) => ({ ownerID: userID, elementIDs: [groupID], state }));
    await this.versions.record('joined-groups', changes);
  }
}

function memberKey({ groupID, userID }: Pick<GroupMember, 'groupID' | 'userID'>): string {
  return `${groupID}\0${userID}`;
}
