import { Injectable } from '@nestjs/common';
import type { Actor } from '../core/actor.js';
import { assertSelf } from '../core/permissions.js';
import { Incremental } from '../sync/incremental.js';
import { VersionLog, type VersionStamp } from '../sync/version-log.js';
import type { Changes, FullIDs, KnownVersion } from '../sync/views.js';
import { GroupStatus } from '../core/protocol.js';
import { UsersService } from '../users/users.service.js';
import { assertAmongMembers } from './group-access.policy.js';
import { GroupQueries, type ShownMember } from './group-queries.service.js';
import type { Group } from './group.entity.js';
import { GroupNotFound } from './group.errors.js';
import { assertNotDismissed } from './group.policy.js';
import { GroupsService, type GroupSummary } from './groups.service.js';

/** What a client says of the copy of a group's members it has. */
export interface KnownMembers extends KnownVersion {
  groupID: string;
}

/** What changed among the members of a group. */
export interface MemberChanges extends Changes<ShownMember> {
  /** There when anything changed, or when everything is to be fetched. */
  group: GroupSummary | undefined;
}

/** When the changes of several groups together are this many, the rest is left for the next request. */
const ENOUGH_CHANGES = 500;

/** What clients synchronise of groups by version. Source: contract/sync.md section 1. */
@Injectable()
export class GroupSync {
  constructor(
    private readonly users: UsersService,
    private readonly groups: GroupsService,
    private readonly queries: GroupQueries,
    private readonly versions: VersionLog,
    private readonly incremental: Incremental,
  ) {}

  /** SELF: what changed among the groups a user is in. @throws NotPermitted, UserNotFound */
  async joinedGroups(
    actor: Actor,
    { userID, known }: { userID: string; known: KnownVersion },
  ): Promise<Changes<GroupSummary>> {
    assertSelf(actor, userID);
    await this.users.get(userID);
    return this.incremental.changes('joined-groups', {
      ownerID: userID,
      known,
      load: async (ids) => new Map((await this.queries.find(ids)).map((summary) => [summary.group.groupID, summary])),
    });
  }

  /** MEMBER: what changed among the members of a group. @throws NotPermitted, GroupNotFound, GroupDismissed */
  async members(actor: Actor, known: KnownMembers): Promise<MemberChanges> {
    await this.queries.assertMemberOf(actor, known.groupID);
    const group = await this.group(known.groupID);
    assertNotDismissed(group);
    const [changes] = await this.withGroups([{ group, changes: await this.memberChanges(known) }]);
    return changes[1];
  }

  /**
   * MEMBER of each: what changed among the members of several groups, in the order given. Dismissed groups are left out,
   * and so are those that come after many changes: the client asks for them again.
   *
   * @throws NotPermitted, GroupNotFound
   */
  async membersOfAll(actor: Actor, known: readonly KnownMembers[]): Promise<Map<string, MemberChanges>> {
    const asked = new Map<string, KnownMembers>();
    for (const one of known) if (!asked.has(one.groupID)) asked.set(one.groupID, one);
    const groupIDs = [...asked.keys()];
    await this.queries.assertMemberOfAll(actor, groupIDs);
    const groups = new Map((await this.queries.inOrder(groupIDs)).map((group) => [group.groupID, group]));
    const stamps = await this.versions.stamps('group-members', groupIDs);
    const answered: { group: Group; changes: Changes<ShownMember> }[] = [];
    let count = 0;
    for (const one of asked.values()) {
      const group = groups.get(one.groupID);
      if (!group) throw new GroupNotFound(one.groupID);
      if (group.status === GroupStatus.dismissed) continue;
      const changes = await this.memberChanges(one, stamps.get(one.groupID));
      answered.push({ group, changes });
      count += changes.delta.deleted.length + changes.inserted.length + changes.updated.length;
      if (count >= ENOUGH_CHANGES) break;
    }
    return new Map(await this.withGroups(answered));
  }

  /** Any member: the IDs of all members, unless the client has them. @throws NotPermitted, GroupNotFound */
  async memberIDs(actor: Actor, { groupID, idHash }: { groupID: string; idHash: bigint }): Promise<FullIDs> {
    assertAmongMembers(actor, await this.groups.findMember(groupID, actor.userID));
    await this.group(groupID);
    const load = (): Promise<string[]> => this.queries.memberIDs(actor, groupID);
    return this.incremental.fullIDs('group-members', { ownerID: groupID, idHash, load });
  }

  /** SELF: the IDs of the groups a user is in, unless the client has them. @throws NotPermitted, UserNotFound */
  async joinedGroupIDs(actor: Actor, { userID, idHash }: { userID: string; idHash: bigint }): Promise<FullIDs> {
    assertSelf(actor, userID);
    await this.users.get(userID);
    const load = (): Promise<string[]> => this.queries.joinedIDs(userID);
    return this.incremental.fullIDs('joined-groups', { ownerID: userID, idHash, load });
  }

  private memberChanges({ groupID, ...known }: KnownMembers, stamp?: VersionStamp): Promise<Changes<ShownMember>> {
    return this.incremental.changes('group-members', {
      ownerID: groupID,
      known,
      load: (ids) => this.queries.findMembers(groupID, ids),
      ...(stamp ? { stamp } : {}),
    });
  }

  /** Puts the groups to changes that need them, all at once. */
  private async withGroups(
    answered: readonly { group: Group; changes: Changes<ShownMember> }[],
  ): Promise<[string, MemberChanges][]> {
    const wanted = answered.filter(({ changes }) => showsGroup(changes)).map(({ group }) => group);
    const summaries = await this.queries.summarizeAll(wanted);
    const byID = new Map(summaries.map((summary) => [summary.group.groupID, summary]));
    return answered.map(({ group: { groupID }, changes }) => [groupID, { ...changes, group: byID.get(groupID) }]);
  }

  private async group(groupID: string): Promise<Group> {
    const group = await this.groups.find(groupID);
    if (!group) throw new GroupNotFound(groupID);
    return group;
  }
}

function showsGroup({ delta }: Changes<ShownMember>): boolean {
  const { full, groupChanged, sortVersion, deleted, inserted, updated } = delta;
  return full || groupChanged || sortVersion > 0 || deleted.length + inserted.length + updated.length > 0;
}
