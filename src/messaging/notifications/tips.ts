import type { Actor } from '../../core/actor.js';
import { AppLevel, Role } from '../../core/protocol.js';
import type { GroupMember } from '../../groups/group-member.entity.js';
import { memberView } from '../../groups/wire/v3-views.js';
import type { User } from '../../users/user.entity.js';

/** Objects inside notifications. Source: contract/notifications.md section 8. */

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
  if (actor.isAdmin) {
    return { ...memberView({ ...stranger, roleLevel: Role.admin }, user), appMangerLevel: AppLevel.admin };
  }
  return memberView(member ?? { ...stranger, operatorUserID: actor.userID }, user);
}
