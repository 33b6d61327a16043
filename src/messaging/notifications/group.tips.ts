import { Injectable } from '@nestjs/common';
import type { Actor } from '../../core/actor.js';
import type { GroupMember } from '../../groups/group-member.entity.js';
import type { Group } from '../../groups/group.entity.js';
import { GroupsService } from '../../groups/groups.service.js';
import { groupInfoView, memberView } from '../../groups/wire/v3-views.js';
import type { VersionStamp } from '../../sync/version-log.js';
import type { User } from '../../users/user.entity.js';
import { UsersService } from '../../users/users.service.js';
import type { Notice } from './notifier.js';
import { operatorTip } from './tips.js';

/** What a notification about a group says besides what happened. */
export interface GroupScene {
  group: object;
  opUser: object;
  /** `groupMemberVersion` and `groupMemberVersionID`. */
  versions: object;
  /** A member as tips show it; its user must have been among those asked for. */
  show: (member: GroupMember) => object;
  /** A notification to the group from who acted. */
  notice: (contentType: number, detail: object, more?: Partial<Notice>) => Notice;
}

/** Gathers the objects that all notifications about groups have in common. Source: contract/notifications.md section 7. */
@Injectable()
export class GroupTips {
  constructor(
    private readonly users: UsersService,
    private readonly groups: GroupsService,
  ) {}

  /**
   * @param members whose profiles `show` will need
   * @param stamp of `group-members` after the change, absent when it was not touched
   */
  async scene(
    actor: Actor,
    group: Readonly<Group>,
    { members = [], stamp }: { members?: readonly GroupMember[]; stamp?: VersionStamp | undefined } = {},
  ): Promise<GroupScene> {
    const { groupID } = group;
    const users: ReadonlyMap<string, User> = await this.users.getAll([
      actor.userID,
      ...members.map(({ userID }) => userID),
    ]);
    const self = await this.groups.findMember(groupID, actor.userID);
    return {
      group: groupInfoView(await this.groups.summarize(group)),
      opUser: operatorTip(groupID, actor, self, users.get(actor.userID)),
      versions: { groupMemberVersion: stamp?.version ?? 0, groupMemberVersionID: stamp?.versionID ?? '' },
      show: (member) => memberView(member, users.get(member.userID)),
      notice: (contentType, detail, more) => ({
        contentType,
        // A host application may act on nobody's behalf.
        sendID: actor.userID || group.creatorUserID,
        groupID,
        detail,
        ...more,
      }),
    };
  }
}
