import { Injectable } from '@nestjs/common';
import type { Actor } from '../../core/actor.js';
import { ContentType } from '../../core/protocol.js';
import { chunks } from '../../database/bulk.js';
import { OnImEvent } from '../../events/on-im-event.js';
import { FriendProfileChanged } from '../../friends/profile-changes.js';
import { MemberProfileChanged, type ProfileShown } from '../../groups/profile-changes.js';
import { groupInfoView, memberView } from '../../groups/wire/v3-views.js';
import type { User } from '../../users/user.entity.js';
import { UserUpdated } from '../../users/user.events.js';
import { UsersService } from '../../users/users.service.js';
import { Notifier } from './notifier.js';
import { operatorTip } from './tips.js';

/** Notifications made at a time, so that a user whom very many list does not fill the memory. */
const SLICE = 1_000;

/** Who hears of a changed profile. Source: contract/notifications.md sections 4, 5 and 7. */
@Injectable()
export class UserNotifications {
  constructor(
    private readonly users: UsersService,
    private readonly notifier: Notifier,
  ) {}

  /** 1303, to the user. */
  @OnImEvent(UserUpdated, { phase: 'in-transaction' })
  async updated({ actor, userID }: UserUpdated): Promise<void> {
    await this.notifier.tell([
      { contentType: ContentType.userInfoUpdated, sendID: senderOf(actor, userID), recvID: userID, detail: { userID } },
    ]);
  }

  /** 1209, to everybody who lists the user as a friend. */
  @OnImEvent(FriendProfileChanged, { phase: 'in-transaction' })
  async friendChanged({ actor, userID, ownerUserIDs }: FriendProfileChanged): Promise<void> {
    const sendID = senderOf(actor, userID);
    for (const slice of chunks(ownerUserIDs, SLICE)) {
      await this.notifier.tell(
        slice.map((recvID) => ({
          contentType: ContentType.friendInfoUpdated,
          sendID,
          recvID,
          detail: { userID },
          // They have 1303.
          notToSender: true,
        })),
      );
    }
  }

  /** 1516, to every group in which the user shows by his profile. */
  @OnImEvent(MemberProfileChanged, { phase: 'in-transaction' })
  async memberChanged({ actor, userID, shown }: MemberProfileChanged): Promise<void> {
    const users = await this.users.getAll([actor.userID, userID]);
    for (const slice of chunks(shown, SLICE)) {
      await this.notifier.tell(
        slice.map((one) => ({
          contentType: ContentType.groupMemberInfoSet,
          sendID: senderOf(actor, userID),
          groupID: one.member.groupID,
          detail: memberInfoSet(actor, one, users),
        })),
      );
    }
  }
}

/** A host application may act on nobody's behalf; then the change is the user's own. */
function senderOf(actor: Actor, userID: string): string {
  return actor.userID || userID;
}

/** GroupMemberInfoSetTips. Who acts is the member himself or an administrator: nobody else may set a profile. */
function memberInfoSet(
  actor: Actor,
  { summary, member, stamp }: ProfileShown,
  users: ReadonlyMap<string, User>,
): object {
  return {
    group: groupInfoView(summary),
    opUser: operatorTip(member.groupID, actor, member, users.get(actor.userID)),
    operationTime: 0,
    changedUser: memberView(member, users.get(member.userID)),
    groupMemberVersion: stamp.version,
    groupMemberVersionID: stamp.versionID,
    groupSortVersion: 0,
  };
}
