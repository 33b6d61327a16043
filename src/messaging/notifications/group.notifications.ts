import { Injectable } from '@nestjs/common';
import { ContentType } from '../../core/protocol.js';
import { OnImEvent } from '../../events/on-im-event.js';
import { GroupCreated, GroupEnded, GroupInfoSet, GroupMuteSet } from '../../groups/group.events.js';
import { GroupConversations } from '../group-conversations.js';
import { GroupTips, MEMBERS_PER_NOTIFICATION, shownUnless } from './group.tips.js';
import { Notifier } from './notifier.js';

/** What members hear of the life of their group. Source: contract/notifications.md section 7. */
@Injectable()
export class GroupNotifications {
  constructor(
    private readonly tips: GroupTips,
    private readonly conversations: GroupConversations,
    private readonly notifier: Notifier,
  ) {}

  /** 1501, and 1519 when the new group has an announcement. */
  @OnImEvent(GroupCreated, { phase: 'in-transaction' })
  async created({ actor, group, members, stamp, quiet }: GroupCreated): Promise<void> {
    const shown = members.slice(0, MEMBERS_PER_NOTIFICATION);
    const scene = await this.tips.scene(actor, group, { members: shown, stamp });
    const { opUser, versions, sender } = scene;
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
      shownUnless(quiet),
    );
    const tip = { opUser, group: scene.group, ...versions };
    const announcement = scene.notice(ContentType.groupAnnouncement, tip, { sender });
    await this.notifier.tell(group.notification ? [created, announcement] : [created]);
  }

  /** 1519, 1520 and 1502, each for its part of what was set. An announcement calls every member first. */
  @OnImEvent(GroupInfoSet, { phase: 'in-transaction' })
  async infoSet({ actor, group, changes, stamp }: GroupInfoSet): Promise<void> {
    const { groupName, notification, ...rest } = changes;
    if (notification) await this.conversations.announce(group.groupID);
    const scene = await this.tips.scene(actor, group, { stamp });
    const { opUser, versions, sender } = scene;
    const tip = { opUser, group: scene.group, ...versions };
    // Taking an announcement back is no news for the chat.
    const announcement = scene.notice(ContentType.groupAnnouncement, tip, { sender, chatCopy: notification !== '' });
    const name = scene.notice(ContentType.groupName, tip);
    const info = scene.notice(
      ContentType.groupInfoSet,
      { opUser, muteTime: 0, group: scene.group, ...versions },
      { sender },
    );
    await this.notifier.tell([
      ...(notification === undefined ? [] : [announcement]),
      ...(groupName === undefined ? [] : [name]),
      ...(Object.keys(rest).length === 0 ? [] : [info]),
    ]);
  }

  /** 1514 or 1515. */
  @OnImEvent(GroupMuteSet, { phase: 'in-transaction' })
  async muteSet({ actor, group, muted, stamp }: GroupMuteSet): Promise<void> {
    const scene = await this.tips.scene(actor, group, { stamp });
    await this.notifier.tell([
      scene.notice(muted ? ContentType.groupMuted : ContentType.groupCancelMuted, {
        group: scene.group,
        opUser: scene.opUser,
        operationTime: 0,
        ...scene.versions,
      }),
    ]);
  }

  /** 1511, which the members still read, then their conversations end. */
  @OnImEvent(GroupEnded, { phase: 'in-transaction' })
  async ended({ actor, group, members, untold, quiet }: GroupEnded): Promise<void> {
    const memberIDs = members.map(({ userID }) => userID);
    if (!untold) {
      const scene = await this.tips.scene(actor, group);
      const tip = { group: scene.group, opUser: scene.opUser, operationTime: 0 };
      const more = { ...shownUnless(quiet), alsoTo: memberIDs };
      await this.notifier.tell([scene.notice(ContentType.groupDismissed, tip, more)]);
    }
    await this.conversations.leave(group.groupID, memberIDs);
  }
}
