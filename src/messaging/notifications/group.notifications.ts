import { Injectable } from '@nestjs/common';
import { ContentType } from '../../core/protocol.js';
import { chunks } from '../../database/bulk.js';
import { OnImEvent } from '../../events/on-im-event.js';
import { GroupCreated, MembersInvited, MembersKicked } from '../../groups/group.events.js';
import { ConversationStore } from '../conversation.store.js';
import { GroupTips } from './group.tips.js';
import { Notifier } from './notifier.js';

/** Members one notification names at most. Source: contract/notifications.md section 7. */
const MEMBERS_PER_NOTIFICATION = 50;

/** What members hear of the life of their group. Source: contract/notifications.md section 7. */
@Injectable()
export class GroupNotifications {
  constructor(
    private readonly tips: GroupTips,
    private readonly conversations: ConversationStore,
    private readonly notifier: Notifier,
  ) {}

  /** 1501, and 1519 when the new group has an announcement. */
  @OnImEvent(GroupCreated, { phase: 'in-transaction' })
  async created({ actor, group, members, stamp, quiet }: GroupCreated): Promise<void> {
    const shown = members.slice(0, MEMBERS_PER_NOTIFICATION);
    const scene = await this.tips.scene(actor, group, { members: shown, stamp });
    const { opUser, versions } = scene;
    const memberList = shown.map(scene.show);
    const created = scene.notice(
      ContentType.groupCreated,
      {
        group: scene.group,
        opUser,
        memberList,
        operationTime: group.createTime,
        groupOwnerUser: memberList[0],
        ...versions,
      },
      quiet === undefined ? {} : { chatCopy: !quiet },
    );
    const announcement = scene.notice(ContentType.groupAnnouncement, { opUser, group: scene.group, ...versions });
    await this.notifier.tell(group.notification ? [created, announcement] : [created]);
  }

  /** The conversation for the new members, then 1509 for every fifty of them. */
  @OnImEvent(MembersInvited, { phase: 'in-transaction' })
  async invited({ actor, group, members, stamp, quiet }: MembersInvited): Promise<void> {
    await this.conversations.joinGroup(
      group.groupID,
      members.map(({ userID }) => userID),
    );
    const scene = await this.tips.scene(actor, group, { members, stamp });
    await this.notifier.tell(
      [...chunks(members, MEMBERS_PER_NOTIFICATION)].map((slice) =>
        scene.notice(
          ContentType.memberInvited,
          {
            group: scene.group,
            opUser: scene.opUser,
            invitedUserList: slice.map(scene.show),
            operationTime: 0,
            ...scene.versions,
            inviterUser: scene.opUser,
          },
          quiet === undefined ? {} : { chatCopy: !quiet },
        ),
      ),
    );
  }

  /** 1508, which the removed members still read, then their conversations end. */
  @OnImEvent(MembersKicked, { phase: 'in-transaction' })
  async kicked({ actor, group, members, stamp, quiet }: MembersKicked): Promise<void> {
    const scene = await this.tips.scene(actor, group, { members, stamp });
    await this.notifier.tell(
      [...chunks(members, MEMBERS_PER_NOTIFICATION)].map((slice) =>
        scene.notice(
          ContentType.memberKicked,
          {
            group: scene.group,
            opUser: scene.opUser,
            kickedUserList: slice.map(scene.show),
            operationTime: 0,
            ...scene.versions,
          },
          quiet === undefined ? {} : { chatCopy: !quiet },
        ),
      ),
    );
    await this.conversations.leaveGroup(
      group.groupID,
      members.map(({ userID }) => userID),
    );
  }
}
