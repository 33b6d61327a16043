import { Injectable } from '@nestjs/common';
import { ContentType } from '../../core/protocol.js';
import { OnImEvent } from '../../events/on-im-event.js';
import type { FriendRequest } from '../../friends/friend-request.entity.js';
import {
  FriendDeleted,
  FriendRemarkSet,
  FriendRequestAgreed,
  FriendRequested,
  FriendRequestRefused,
  FriendsImported,
  FriendsUpdated,
  UserBlocked,
  UserUnblocked,
} from '../../friends/friend.events.js';
import { friendRequestView } from '../../friends/wire/v3-views.js';
import { UsersService } from '../../users/users.service.js';
import { Notifier } from './notifier.js';

/** Friend tips carry no version: clients then ask for the changes. Source: contract/notifications.md section 4. */
const NO_FRIEND_VERSION = { friendVersion: 0, friendVersionID: '' };

/** What users hear of changes among their friends. Source: contract/notifications.md section 4. */
@Injectable()
export class FriendNotifications {
  constructor(
    private readonly users: UsersService,
    private readonly notifier: Notifier,
  ) {}

  /** 1203, to who was asked. */
  @OnImEvent(FriendRequested, { phase: 'in-transaction' })
  async requested({ request }: FriendRequested): Promise<void> {
    const { fromUserID, toUserID } = request;
    await this.tell(ContentType.friendApplication, fromUserID, toUserID, {
      fromToUserID: { fromUserID, toUserID },
      request: await this.show(request),
    });
  }

  /** 1201, from who was asked to the applicant: the first message of their chat. */
  @OnImEvent(FriendRequestAgreed, { phase: 'in-transaction' })
  async agreed({ request }: FriendRequestAgreed): Promise<void> {
    const { fromUserID, toUserID, handleMsg } = request;
    await this.tell(ContentType.friendApproved, toUserID, fromUserID, {
      fromToUserID: { fromUserID, toUserID },
      handleMsg,
      ...NO_FRIEND_VERSION,
      request: await this.show(request),
    });
  }

  /** 1202, from who was asked to the applicant. */
  @OnImEvent(FriendRequestRefused, { phase: 'in-transaction' })
  async refused({ request }: FriendRequestRefused): Promise<void> {
    const { fromUserID, toUserID, handleMsg } = request;
    await this.tell(ContentType.friendRejected, toUserID, fromUserID, {
      fromToUserID: { fromUserID, toUserID },
      handleMsg,
      request: await this.show(request),
    });
  }

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

  /** 1205. */
  @OnImEvent(FriendDeleted, { phase: 'in-transaction' })
  async deleted({ ownerUserID, friendUserID }: FriendDeleted): Promise<void> {
    await this.tellBoth(ContentType.friendDeleted, ownerUserID, friendUserID, NO_FRIEND_VERSION);
  }

  /** 1206. */
  @OnImEvent(FriendRemarkSet, { phase: 'in-transaction' })
  async remarkSet({ ownerUserID, friendUserID }: FriendRemarkSet): Promise<void> {
    const versions = { ...NO_FRIEND_VERSION, friendSortVersion: 0 };
    await this.tellBoth(ContentType.friendRemarkSet, ownerUserID, friendUserID, versions);
  }

  /** 1210, to the owner's other devices. */
  @OnImEvent(FriendsUpdated, { phase: 'in-transaction' })
  async updated({ ownerUserID, friendUserIDs }: FriendsUpdated): Promise<void> {
    await this.tell(ContentType.friendsUpdated, ownerUserID, ownerUserID, {
      fromToUserID: { fromUserID: '', toUserID: ownerUserID },
      friendIDs: friendUserIDs,
      ...NO_FRIEND_VERSION,
    });
  }

  /** 1207. */
  @OnImEvent(UserBlocked, { phase: 'in-transaction' })
  async blocked({ ownerUserID, blackUserID }: UserBlocked): Promise<void> {
    await this.tellBoth(ContentType.blackAdded, ownerUserID, blackUserID);
  }

  /** 1208. */
  @OnImEvent(UserUnblocked, { phase: 'in-transaction' })
  async unblocked({ ownerUserID, blackUserID }: UserUnblocked): Promise<void> {
    await this.tellBoth(ContentType.blackDeleted, ownerUserID, blackUserID);
  }

  private async show(request: Readonly<FriendRequest>): Promise<object> {
    return friendRequestView(request, await this.users.getAll([request.fromUserID, request.toUserID]));
  }

  /** From the owner of a list to whom an entry is about; the owner's devices hear it too. */
  private tellBoth(contentType: number, ownerUserID: string, userID: string, more: object = {}): Promise<void> {
    const fromToUserID = { fromUserID: ownerUserID, toUserID: userID };
    return this.tell(contentType, ownerUserID, userID, { fromToUserID, ...more });
  }

  private tell(contentType: number, sendID: string, recvID: string, detail: object): Promise<void> {
    return this.notifier.tell([{ contentType, sendID, recvID, detail }]);
  }
}
