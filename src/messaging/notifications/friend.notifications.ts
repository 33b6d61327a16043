import { Injectable } from '@nestjs/common';
import { ContentType } from '../../core/protocol.js';
import { OnImEvent } from '../../events/on-im-event.js';
import { FriendsImported } from '../../friends/friend.events.js';
import { Notifier } from './notifier.js';

/** Friend tips carry no version: clients then ask for the changes. Source: contract/notifications.md section 4. */
const NO_FRIEND_VERSION = { friendVersion: 0, friendVersionID: '' };

/** What users hear of changes among their friends. Source: contract/notifications.md section 4. */
@Injectable()
export class FriendNotifications {
  constructor(private readonly notifier: Notifier) {}

  /** 1201, one per friendship, from the friend to the owner. */
  @OnImEvent(FriendsImported, { phase: 'in-transaction' })
  async imported({ ownerUserID, friendUserIDs }: FriendsImported): Promise<void> {
    await this.notifier.tell(
      friendUserIDs.map((friendUserID) => ({
        contentType: ContentType.friendApproved,
        sendID: friendUserID,
        recvID: ownerUserID,
        detail: {
          fromToUserID: { fromUserID: ownerUserID, toUserID: friendUserID },
          handleMsg: '',
          ...NO_FRIEND_VERSION,
          request: null,
        },
      })),
    );
  }
}
