import type { User } from '../../users/user.entity.js';
import type { GroupMember } from '../group-member.entity.js';
import type { GroupSummary } from '../groups.service.js';

/** Objects v3 shows groups and their members as, in answers and in notifications alike, every member always there. */

/** GroupInfo. Source: contract/v3/common.md section 12. */
export function groupInfoView({ group, memberCount, ownerUserID }: GroupSummary): object {
  return {
    groupID: group.groupID,
    groupName: group.groupName,
    notification: group.notification,
    introduction: group.introduction,
    faceURL: group.faceURL,
    ownerUserID,
    createTime: group.createTime,
    memberCount,
    ex: group.ex,
    status: group.status,
    creatorUserID: group.creatorUserID,
    groupType: group.groupType,
    needVerification: group.needVerification,
    lookMemberInfo: group.lookMemberInfo,
    applyMemberFriend: group.applyMemberFriend,
    notificationUpdateTime: group.notificationUpdateTime,
    notificationUserID: group.notificationUserID,
  };
}

/** GroupMemberFullInfo: what the member row leaves empty comes from the profile. Source: contract/v3/common.md section 12. */
export function memberView(member: GroupMember, user?: User): object {
  return {
    groupID: member.groupID,
    userID: member.userID,
    roleLevel: member.roleLevel,
    joinTime: member.joinTime,
    nickname: member.nickname || (user?.nickname ?? ''),
    faceURL: member.faceURL || (user?.faceURL ?? ''),
    appMangerLevel: 0,
    joinSource: member.joinSource,
    operatorUserID: member.operatorUserID,
    ex: member.ex,
    muteEndTime: member.muteEndTime,
    inviterUserID: member.inviterUserID,
  };
}
