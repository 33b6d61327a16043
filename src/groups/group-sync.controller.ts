import { CurrentActor } from '../access/current-actor.js';
import type { Actor } from '../core/actor.js';
import { ImCall, ImController, Input } from '../dialects/im-call.js';
import type { Changes, FullIDs, KnownVersion } from '../sync/views.js';
import { GroupSync, type KnownMembers, type MemberChanges } from './group-sync.service.js';
import type { GroupSummary } from './groups.service.js';
import {
  getFullGroupMemberUserIDsV3,
  getFullJoinGroupIDsV3,
  getIncrementalGroupMembersBatchV3,
  getIncrementalGroupMembersV3,
  getIncrementalJoinGroupsV3,
} from './wire/v3-sync.js';

@ImController('groups')
export class GroupSyncController {
  constructor(private readonly sync: GroupSync) {}

  @ImCall({
    path: 'group/get_incremental_join_groups',
    summary: 'Tells what changed among the groups a user is in',
    v3: getIncrementalJoinGroupsV3,
    by: 'token',
  })
  joinedGroups(
    @CurrentActor() actor: Actor,
    @Input() input: { userID: string; known: KnownVersion },
  ): Promise<Changes<GroupSummary>> {
    return this.sync.joinedGroups(actor, input);
  }

  @ImCall({
    path: 'group/get_incremental_group_members',
    summary: 'Tells what changed among the members of a group',
    v3: getIncrementalGroupMembersV3,
    by: 'token',
  })
  members(@CurrentActor() actor: Actor, @Input() input: KnownMembers): Promise<MemberChanges> {
    return this.sync.members(actor, input);
  }

  @ImCall({
    path: 'group/get_incremental_group_members_batch',
    summary: 'Tells what changed among the members of several groups',
    v3: getIncrementalGroupMembersBatchV3,
    by: 'token',
  })
  membersOfAll(@CurrentActor() actor: Actor, @Input() input: KnownMembers[]): Promise<Map<string, MemberChanges>> {
    return this.sync.membersOfAll(actor, input);
  }

  @ImCall({
    path: 'group/get_full_group_member_user_ids',
    summary: 'Lists the IDs of all members of a group, unless the caller has them',
    v3: getFullGroupMemberUserIDsV3,
    by: 'token',
  })
  memberIDs(@CurrentActor() actor: Actor, @Input() input: { groupID: string; idHash: bigint }): Promise<FullIDs> {
    return this.sync.memberIDs(actor, input);
  }

  @ImCall({
    path: 'group/get_full_join_group_ids',
    summary: 'Lists the IDs of the groups a user is in, unless the caller has them',
    v3: getFullJoinGroupIDsV3,
    by: 'token',
  })
  joinedGroupIDs(@CurrentActor() actor: Actor, @Input() input: { userID: string; idHash: bigint }): Promise<FullIDs> {
    return this.sync.joinedGroupIDs(actor, input);
  }
}
