import { Injectable } from '@nestjs/common';
import { ContentType, SessionType } from '../../core/protocol.js';
import { OnImEvent } from '../../events/on-im-event.js';
import type { Conversation } from '../conversation.entity.js';
import {
  ConversationsCleared,
  MessageRevoked,
  MessagesDeleted,
  MessagesRead,
  ReadPositionMoved,
} from '../history/history.events.js';
import { type Notice, Notifier } from './notifier.js';

/** Whom a notice goes to. */
type Address = Pick<Notice, 'sendID' | 'recvID' | 'groupID' | 'sessionType'>;

/** What users hear of what happened to messages. Source: contract/notifications.md sections 5 and 6. */
@Injectable()
export class MessageNotifications {
  constructor(private readonly notifier: Notifier) {}

  /** 2101, to whoever could read the message. */
  @OnImEvent(MessageRevoked, { phase: 'in-transaction' })
  async revoked({ actor, message, revocation }: MessageRevoked): Promise<void> {
    const { sendID, recvID, groupID, sessionType, conversationID, clientMsgID, seq } = message;
    // An administrator is no side of the chat: both hear of it in the sender's name.
    const byReceiver = revocation.userID === recvID && recvID !== sendID;
    const sides = byReceiver ? { sendID: recvID, recvID: sendID } : { sendID, recvID };
    const group = sessionType === SessionType.group;
    await this.notifier.tell([
      {
        contentType: ContentType.messageRevoked,
        ...(group ? { sendID: revocation.userID, groupID } : { ...sides, sessionType: sessionType as SessionType }),
        detail: {
          revokerUserID: actor.userID || revocation.userID,
          clientMsgID,
          revokeTime: revocation.time,
          sesstionType: sessionType,
          seq,
          conversationID,
          isAdminRevoke: actor.isAdmin,
        },
      },
    ]);
  }

  /** 2200, to the peer or the group. Who left the group reads for himself alone. */
  @OnImEvent(MessagesRead, { phase: 'in-transaction' })
  async read({ userID, conversation, seqs, hasReadSeq }: MessagesRead): Promise<void> {
    const left = conversation.groupID !== '' && conversation.maxSeq > 0;
    const to = left ? toSelf(userID) : toAll(userID, conversation);
    await this.tellRead(to, { userID, conversation, seqs, hasReadSeq });
  }

  /** 2200, to the user's own devices. */
  @OnImEvent(ReadPositionMoved, { phase: 'in-transaction' })
  async moved({ userID, conversation, hasReadSeq }: ReadPositionMoved): Promise<void> {
    await this.tellRead(toSelf(userID), { userID, conversation, seqs: [], hasReadSeq });
  }

  /** 2102 */
  @OnImEvent(MessagesDeleted, { phase: 'in-transaction' })
  async deleted({ userID, conversation, seqs, reach }: MessagesDeleted): Promise<void> {
    const { conversationID } = conversation;
    await this.notifier.tell([
      {
        contentType: ContentType.messagesDeleted,
        ...(reach === 'everybody' ? toAll(userID, conversation) : toSelf(userID)),
        detail: { userID, conversationID, seqs },
      },
    ]);
  }

  /** 1703: one to oneself about all of them, or one to the users of each. */
  @OnImEvent(ConversationsCleared, { phase: 'in-transaction' })
  async cleared({ userID, conversations, reach }: ConversationsCleared): Promise<void> {
    const notice = (to: Address, some: readonly Conversation[]): Notice => ({
      contentType: ContentType.conversationsCleared,
      ...to,
      detail: { userID, conversationIDs: some.map(({ conversationID }) => conversationID) },
    });
    await this.notifier.tell(
      reach === 'everybody'
        ? conversations.map((one) => notice(toAll(userID, one), [one]))
        : [notice(toSelf(userID), conversations)],
    );
  }

  private async tellRead(
    to: Address,
    { userID, conversation, seqs, hasReadSeq }: Pick<MessagesRead, 'userID' | 'conversation' | 'seqs' | 'hasReadSeq'>,
  ): Promise<void> {
    const { conversationID } = conversation;
    await this.notifier.tell([
      {
        contentType: ContentType.readReceipt,
        ...to,
        detail: { markAsReadUserID: userID, conversationID, seqs, hasReadSeq },
        // To oneself it is a signal: what devices miss of it they find in the read states.
        ...(to.recvID === userID ? { reliable: false } : {}),
      },
    ]);
  }
}

/** To the user's own devices. */
function toSelf(userID: string): Address {
  return { sendID: userID, recvID: userID, sessionType: SessionType.single };
}

/** To everybody in the conversation. */
function toAll(userID: string, { conversationType, userID: peerID, groupID }: Conversation): Address {
  return groupID
    ? { sendID: userID, groupID }
    : { sendID: userID, recvID: peerID, sessionType: conversationType as SessionType };
}
