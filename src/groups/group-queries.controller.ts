import { CurrentActor } from '../access/current-actor.js';
import type { Actor } from '../core/actor.js';
import type { Page } from '../core/pages.js';
import { ImCall, ImController, Input } from '../dialects/im-call.js';
import {
  type GroupAbstract,
  GroupQueries,
  type GroupSearch,
  type MemberSearch,
  type OwnedGroup,
  type ShownMember,
} from './group-queries.service.js';
import type { GroupSummary } from './groups.service.js';
import {
  getGroupAbstractInfoV3,
  getGroupMemberListV3,
  getGroupMembersInfoV3,
  getGroupMemberUserIDV3,
  getGroupsInfoV3,
  getGroupsV3,
  getJoinedGroupListV3,
} from './wire/v3-queries.js';

@ImController('groups')
export class GroupQueriesController {
  constructor(private readonly queries: GroupQueries) {}

  @ImCall({ path: 'group/get_groups_info', summary: 'Reads groups by ID', v3: getGroupsInfoV3, by: 'token' })
  find(@Input() groupIDs: string[]): Promise<GroupSummary[]> {
    return this.queries.find(groupIDs);
  }

  @ImCall({
    path: 'group/get_groups',
    summary:
      'Searches groups by ID or name, newest first; others than administrators find only groups they are in by name',
    v3: getGroupsV3,
    by: 'token',
  })
  search(@CurrentActor() actor: Actor, @Input() input: GroupSearch): Promise<{ total: number; groups: OwnedGroup[] }> {
    return this.queries.search(actor, input);
  }

  @ImCall({
    path: 'group/get_group_members_info',
    summary: 'Reads members of a group by ID',
    v3: getGroupMembersInfoV3,
    by: 'token',
  })
  members(
    @CurrentActor() actor: Actor,
    @Input() input: { groupID: string; userIDs: string[] },
  ): Promise<ShownMember[]> {
    return this.queries.members(actor, input);
  }

  @ImCall({
    path: 'group/get_group_member_list',
    summary: 'Reads a page of the members of a group, or searches them by name',
    v3: getGroupMemberListV3,
    by: 'token',
  })
  memberPage(
    @CurrentActor() actor: Actor,
    @Input() input: MemberSearch,
  ): Promise<{ total: number; members: ShownMember[] }> {
    return this.queries.memberPage(actor, input);
  }

  @ImCall({
    path: 'group/get_joined_group_list',
    summary: 'Reads a page of the groups a user is in',
    v3: getJoinedGroupListV3,
    by: 'token',
  })
  joined(
    @CurrentActor() actor: Actor,
    @Input() input: { userID: string; page: Page },
  ): Promise<{ total: number; groups: GroupSummary[] }> {
    return this.queries.joined(actor, input);
  }

  @ImCall({
    path: 'group/get_group_abstract_info',
    summary: 'Counts and hashes the members of groups, to see whether a copy of them is up to date',
    v3: getGroupAbstractInfoV3,
    by: 'token',
  })
  abstracts(@CurrentActor() actor: Actor, @Input() groupIDs: string[]): Promise<GroupAbstract[]> {
    return this.queries.abstracts(actor, groupIDs);
  }

  @ImCall({
    path: 'group/get_group_member_user_id',
    summary: 'Lists the IDs of all members of a group',
    v3: getGroupMemberUserIDV3,
    by: 'token',
  })
  memberIDs(@CurrentActor() actor: Actor, @Input() groupID: string): Promise<string[]> {
    return this.queries.memberIDs(actor, groupID);
  }
}
