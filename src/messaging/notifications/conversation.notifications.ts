import { Injectable } from '@nestjs/common';
import { ContentType, SessionType } from '../../core/protocol.js';
import { OnImEvent } from '../../events/on-im-event.js';
import { ConversationsChanged, PrivateChatSwitched } from '../conversation.events.js';
import { Notifier } from './notifier.js';

/** What users hear of changes of their conversations. Source: contract/notifications.md section 5. */
@Injectable()
export class ConversationNotifications {
  constructor(private readonly notifier: Notifier) {}

  /** 1300, one per owner, from himself to himself: to his other devices. */
  @OnImEvent(ConversationsChanged, { phase: 'in-transaction' })
  async changed({ changed }: ConversationsChanged): Promise<void> {
    await this.notifier.tell(
      [...changed].map(([userID, conversationIDList]) => ({
        contentType: ContentType.conversationChanged,
        sendID: userID,
        recvID: userID,
        detail: { userID, conversationIDList },
      })),
    );
  }

  /** 1701, from who switched to his peer: a message in their chat. */
  @OnImEvent(PrivateChatSwitched, { phase: 'in-transaction' })
  async privateChat({
    userID,
    peerUserID,
    conversationID,
    isPrivate,
    conversationType,
  }: PrivateChatSwitched): Promise<void> {
    await this.notifier.tell([
      {
        contentType: ContentType.conversationPrivateChat,
        sendID: userID,
        recvID: peerUserID,
        sessionType: conversationType === SessionType.notification ? SessionType.notification : SessionType.single,
        detail: { recvID: peerUserID, sendID: userID, isPrivate, conversationID },
      },
    ]);
  }
}
