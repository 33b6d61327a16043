import { assertDistinct, assertNotTooMany, assertSome } from '../../core/lists.js';
import type { Page } from '../../core/pages.js';
import { ID } from '../../dialects/common-fields.js';
import { Int, Text, TextList } from '../../dialects/fields.js';
import type { V3Speech } from '../../dialects/speech.js';
import { listOrNull, Pagination, PaginationV3, v3Answer } from '../../dialects/v3-fields.js';
import type { Wire } from '../../dialects/wire.js';
import type { GroupAbstract, GroupSearch, MemberSearch, OwnedGroup, ShownMember } from '../group-queries.service.js';
import type { GroupSummary } from '../groups.service.js';
import { SAMPLE_GROUP_ID } from './v1.js';
import { groupInfoView, memberView } from './v3-views.js';

const PAGE = { pageNumber: 1, showNumber: 100 };

export const SAMPLE_GROUP = {
  groupID: SAMPLE_GROUP_ID,
  groupName: 'yourGroupName',
  notification: '',
  introduction: '',
  faceURL: '',
  ownerUserID: 'openIM654321',
  createTime: 1699241222762,
  memberCount: 2,
  ex: '',
  status: 0,
  creatorUserID: 'openIM654321',
  groupType: 2,
  needVerification: 0,
  lookMemberInfo: 0,
  applyMemberFriend: 0,
  notificationUpdateTime: 0,
  notificationUserID: '',
};

export const SAMPLE_MEMBER = {
  groupID: SAMPLE_GROUP_ID,
  userID: 'openIM123456',
  roleLevel: 20,
  joinTime: 1699241222762,
  nickname: 'system1',
  faceURL: '',
  appMangerLevel: 0,
  joinSource: 2,
  operatorUserID: 'openIM654321',
  ex: '',
  muteEndTime: 0,
  inviterUserID: 'openIM654321',
};

/** A member with what his row leaves empty. */
export function shownMemberView({ member, user }: ShownMember): object {
  return memberView(member, user);
}

export class GetGroupsInfoV3 implements Wire<string[]> {
  @TextList({ missing: 'GroupIDs is empty', example: [SAMPLE_GROUP_ID] }) groupIDs: string[];

  toInput(): string[] {
    assertSome(this.groupIDs, 'GroupIDs is empty', 'groupIDs');
    return this.groupIDs;
  }
}

export const getGroupsInfoV3: V3Speech<string[], GroupSummary[]> = {
  request: GetGroupsInfoV3,
  answer: (groups) => ({ groupInfos: listOrNull(groups.map(groupInfoView)) }),
  sample: { request: { groupIDs: [SAMPLE_GROUP_ID] }, answer: v3Answer({ groupInfos: [SAMPLE_GROUP] }) },
};

export class GetGroupsV3 implements Wire<GroupSearch> {
  @Pagination() pagination: PaginationV3;
  @Text({ need: 'optional', max: 255, description: 'Part of the name.' }) groupName: string = '';
  @ID({ need: 'optional', description: 'This group; the rest is ignored then.' }) groupID: string = '';

  toInput(): GroupSearch {
    return { groupID: this.groupID, groupName: this.groupName, page: this.pagination };
  }
}

export const getGroupsV3: V3Speech<GroupSearch, { total: number; groups: OwnedGroup[] }> = {
  request: GetGroupsV3,
  answer: ({ total, groups }) => ({
    total,
    groups: listOrNull(
      groups.map((group) => ({
        groupInfo: groupInfoView(group),
        groupOwnerUserName: group.ownerName,
        groupOwnerUserID: group.ownerUserID,
      })),
    ),
  }),
  sample: {
    request: { pagination: PAGE, groupName: 'your', groupID: '' },
    answer: v3Answer({
      total: 1,
      groups: [{ groupInfo: SAMPLE_GROUP, groupOwnerUserName: 'system2', groupOwnerUserID: 'openIM654321' }],
    }),
  },
};

export class GetGroupMembersInfoV3 implements Wire<{ groupID: string; userIDs: string[] }> {
  @ID({ missing: 'groupID is empty', example: SAMPLE_GROUP_ID }) groupID: string;
  @TextList({ missing: 'userIDs is empty', example: ['openIM123456'] }) userIDs: string[];

  toInput(): { groupID: string; userIDs: string[] } {
    assertSome(this.userIDs, 'userIDs is empty', 'userIDs');
    return { groupID: this.groupID, userIDs: this.userIDs };
  }
}

export const getGroupMembersInfoV3: V3Speech<{ groupID: string; userIDs: string[] }, ShownMember[]> = {
  request: GetGroupMembersInfoV3,
  answer: (members) => ({ members: listOrNull(members.map(shownMemberView)) }),
  sample: {
    request: { groupID: SAMPLE_GROUP_ID, userIDs: ['openIM123456'] },
    answer: v3Answer({ members: [SAMPLE_MEMBER] }),
  },
};

export class GetGroupMemberListV3 implements Wire<MemberSearch> {
  @ID({ missing: 'groupID is empty', example: SAMPLE_GROUP_ID }) groupID: string;
  @Int({ need: 'optional', min: 0, max: 5, invalid: 'filter is invalid', description: 'Ignored.' }) filter?: number;
  @Pagination() pagination: PaginationV3;
  @Text({ need: 'optional', max: 255, description: 'Part of the name.' }) keyword: string = '';

  toInput(): MemberSearch {
    return { groupID: this.groupID, keyword: this.keyword, page: this.pagination };
  }
}

export const getGroupMemberListV3: V3Speech<MemberSearch, { total: number; members: ShownMember[] }> = {
  request: GetGroupMemberListV3,
  answer: ({ total, members }) => ({ total, members: listOrNull(members.map(shownMemberView)) }),
  sample: {
    request: { groupID: SAMPLE_GROUP_ID, filter: 0, keyword: '', pagination: PAGE },
    answer: v3Answer({ total: 1, members: [SAMPLE_MEMBER] }),
  },
};

export class GetJoinedGroupListV3 implements Wire<{ userID: string; page: Page }> {
  @Pagination() pagination: PaginationV3;
  @ID({ missing: 'fromUserID is empty', example: 'openIM654321' }) fromUserID: string;

  toInput(): { userID: string; page: Page } {
    return { userID: this.fromUserID, page: this.pagination };
  }
}

export const getJoinedGroupListV3: V3Speech<{ userID: string; page: Page }, { total: number; groups: GroupSummary[] }> =
  {
    request: GetJoinedGroupListV3,
    answer: ({ total, groups }) => ({ total, groups: listOrNull(groups.map(groupInfoView)) }),
    sample: {
      request: { fromUserID: 'openIM654321', pagination: PAGE },
      answer: v3Answer({ total: 1, groups: [SAMPLE_GROUP] }),
    },
  };

export class GetGroupAbstractInfoV3 implements Wire<string[]> {
  @TextList({ missing: 'GroupID is empty', example: [SAMPLE_GROUP_ID] }) groupIDs: string[];

  toInput(): string[] {
    assertSome(this.groupIDs, 'GroupID is empty', 'groupIDs');
    assertNotTooMany(this.groupIDs, 'GroupIDs', 'groupIDs');
    assertDistinct(this.groupIDs, 'groupIDs duplicate', 'groupIDs');
    return this.groupIDs;
  }
}

/** Source: contract/v3/group.md, get_group_abstract_info. */
export const getGroupAbstractInfoV3: V3Speech<string[], GroupAbstract[]> = {
  request: GetGroupAbstractInfoV3,
  exactNumbers: true,
  answer: (abstracts) => ({
    groupAbstractInfos: listOrNull(
      abstracts.map(({ groupID, memberCount, memberListHash }) => ({
        groupID,
        groupMemberNumber: memberCount,
        groupMemberListHash: memberListHash,
      })),
    ),
  }),
  sample: {
    request: { groupIDs: [SAMPLE_GROUP_ID] },
    answer: v3Answer({
      groupAbstractInfos: [{ groupID: SAMPLE_GROUP_ID, groupMemberNumber: 2, groupMemberListHash: 8123456789012345 }],
    }),
  },
};

export class GetGroupMemberUserIDV3 implements Wire<string> {
  @ID({ missing: 'GroupID is empty', example: SAMPLE_GROUP_ID }) groupID: string;

  toInput(): string {
    return this.groupID;
  }
}

export const getGroupMemberUserIDV3: V3Speech<string, string[]> = {
  request: GetGroupMemberUserIDV3,
  answer: (userIDs) => ({ userIDs: listOrNull(userIDs) }),
  sample: { request: { groupID: SAMPLE_GROUP_ID }, answer: v3Answer({ userIDs: ['openIM654321', 'openIM123456'] }) },
};
