import type { Actor } from '../../core/actor.js';
import { AppLevel, Role } from '../../core/protocol.js';
import type { GroupMember } from '../../groups/group-member.entity.js';
import type { GroupSummary } from '../../groups/groups.service.js';
import type { User } from '../../users/user.entity.js';

/** Objects inside notifications, with every member always there. Source: contract/notifications.md section 8. */

/** GroupInfo. */
export function groupTip({ group, memberCount, ownerUserID }: GroupSummary): object {
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

/** GroupMemberFullInfo: what the member row leaves empty comes from the profile. */
export function memberTip(member: GroupMember, user: User | undefined, appMangerLevel = 0): object {
  return {
    groupID: member.groupID,
    userID: member.userID,
    roleLevel: member.roleLevel,
    joinTime: member.joinTime,
    nickname: member.nickname || (user?.nickname ?? ''),
    faceURL: member.faceURL || (user?.faceURL ?? ''),
    appMangerLevel,
    joinSource: member.joinSource,
    operatorUserID: member.operatorUserID,
    ex: member.ex,
    muteEndTime: member.muteEndTime,
    inviterUserID: member.inviterUserID,
  };
}

/** Who acted: an administrator, a member, or somebody who is neither. Source: contract/notifications.md section 7. */
export function operatorTip(
  groupID: string,
  actor: Actor,
  member: GroupMember | undefined,
  user: User | undefined,
): object {
  const stranger: GroupMember = {
    groupID,
    userID: actor.userID,
    nickname: '',
    faceURL: '',
    roleLevel: 0,
    joinTime: 0,
    joinSource: 0,
    inviterUserID: '',
    operatorUserID: '',
    muteEndTime: 0,
    ex: '',
  };
  if (actor.isAdmin) return memberTip({ ...stranger, roleLevel: Role.admin }, user, AppLevel.admin);
  return member ? memberTip(member, user) : memberTip({ ...stranger, operatorUserID: actor.userID }, user);
}
