import { Injectable } from '@nestjs/common';
import { ContentType, Role } from '../../core/protocol.js';
import { chunks } from '../../database/bulk.js';
import { OnImEvent } from '../../events/on-im-event.js';
import {
  MemberMuteSet,
  MemberQuit,
  MembersInfoSet,
  MembersInvited,
  MembersKicked,
  OwnerTransferred,
} from '../../groups/group.events.js';
import { GroupConversations } from '../group-conversations.js';
import { GroupTips, MEMBERS_PER_NOTIFICATION, shownUnless } from './group.tips.js';
import { Notifier } from './notifier.js';

/** What members of a group hear of each other. Source: contract/notifications.md section 7. */
@Injectable()
export class MemberNotifications {
  constructor(
    private readonly tips: GroupTips,
    private readonly conversations: GroupConversations,
    private readonly notifier: Notifier,
  ) {}

  /** The conversation for the new members, 1509 for every fifty of them, then 1300 to each. */
  @OnImEvent(MembersInvited, { phase: 'in-transaction' })
  async invited({ actor, group, members, stamp, quiet }: MembersInvited): Promise<void> {
    const invited = members.map(({ userID }) => userID);
    await this.conversations.join(group.groupID, invited);
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
          shownUnless(quiet),
        ),
      ),
    );
    await this.conversations.tellOfJoined(group.groupID, invited);
  }

  /** 1508, which the removed members still read, then their conversations end. */
  @OnImEvent(MembersKicked, { phase: 'in-transaction' })
  async kicked({ actor, group, members, stamp, quiet }: MembersKicked): Promise<void> {
    const scene = await this.tips.scene(actor, group, { members, stamp });
    const kicked = members.map(({ userID }) => userID);
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
          { ...shownUnless(quiet), alsoTo: kicked },
        ),
      ),
    );
    await this.conversations.leave(group.groupID, kicked);
  }

  /** 1504, which who left still reads, then his conversation ends. */
  @OnImEvent(MemberQuit, { phase: 'in-transaction' })
  async quit({ actor, group, member, stamp }: MemberQuit): Promise<void> {
    const scene = await this.tips.scene(actor, group, { members: [member], stamp });
    const tip = { group: scene.group, quitUser: scene.show(member), operationTime: 0, ...scene.versions };
    const left = [member.userID];
    await this.notifier.tell([scene.notice(ContentType.memberQuit, tip, { alsoTo: left })]);
    await this.conversations.leave(group.groupID, left);
  }

  /** 1507. */
  @OnImEvent(OwnerTransferred, { phase: 'in-transaction' })
  async transferred({ actor, group, newOwner, oldOwner, stamp }: OwnerTransferred): Promise<void> {
    const scene = await this.tips.scene(actor, group, { members: [newOwner, oldOwner], stamp });
    await this.notifier.tell([
      scene.notice(ContentType.groupOwnerTransferred, {
        group: scene.group,
        opUser: scene.opUser,
        newGroupOwner: scene.show(newOwner),
        oldGroupOwner: '',
        operationTime: 0,
        oldGroupOwnerInfo: scene.show(oldOwner),
        ...scene.versions,
      }),
    ]);
  }

  /** 1512 or 1513. */
  @OnImEvent(MemberMuteSet, { phase: 'in-transaction' })
  async muteSet({ actor, group, member, seconds, stamp }: MemberMuteSet): Promise<void> {
    const scene = await this.tips.scene(actor, group, { members: [member], stamp });
    const tip = { group: scene.group, opUser: scene.opUser, operationTime: 0, mutedUser: scene.show(member) };
    await this.notifier.tell([
      seconds > 0
        ? scene.notice(ContentType.groupMemberMuted, { ...tip, mutedSeconds: seconds, ...scene.versions })
        : scene.notice(ContentType.groupMemberCancelMuted, { ...tip, ...scene.versions }),
    ]);
  }

  /** For each member 1517 or 1518 when his role was set, and 1516 when his name or the like was. */
  @OnImEvent(MembersInfoSet, { phase: 'in-transaction' })
  async infoSet({ actor, group, set, stamp, sorted }: MembersInfoSet): Promise<void> {
    const members = set.map(({ member }) => member);
    const scene = await this.tips.scene(actor, group, { members, stamp });
    await this.notifier.tell(
      set.flatMap(({ member, changes: { roleLevel, ...rest } }) => {
        const tip = {
          group: scene.group,
          opUser: scene.opUser,
          operationTime: 0,
          changedUser: scene.show(member),
          ...scene.versions,
          groupSortVersion: sorted ? stamp.version : 0,
        };
        const promoted = roleLevel === Role.admin;
        const role = promoted ? ContentType.groupMemberToAdmin : ContentType.groupMemberToOrdinary;
        return [
          ...(roleLevel === undefined ? [] : [scene.notice(role, tip)]),
          ...(Object.keys(rest).length === 0 ? [] : [scene.notice(ContentType.groupMemberInfoSet, tip)]),
        ];
      }),
    );
  }
}
