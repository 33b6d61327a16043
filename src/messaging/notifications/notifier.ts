import { Injectable } from '@nestjs/common';
import { notificationChannelID } from '../../core/ids.js';
import { MessageFrom, SessionType } from '../../core/protocol.js';
import { ImEvents } from '../../events/events.js';
import type { Message } from '../message.entity.js';
import { type AcceptedMessage, MessagesAccepted } from '../message.events.js';
import { MessageStore } from '../message.store.js';
import { type MessageOptions, outgoing, type OutgoingMessage } from '../outgoing.js';
import { NO_TEXT, NOTIFICATION_KINDS } from './kinds.js';

/** One notification: to a group, or to one user. */
export interface Notice {
  contentType: number;
  sendID: string;
  /** The group; then everybody in it is told. */
  groupID?: string;
  /** The user. */
  recvID?: string;
  /** Of whom it is, instead of 1 or 3 by the receiver: a notice about a chat with a notification account says 4. */
  sessionType?: SessionType;
  /** The tips object. Source: contract/notifications.md sections 4 to 7. */
  detail: object;
  /** Instead of what the kind says: as a message in the chat too. */
  chatCopy?: boolean;
  /** Instead of what the kind says: stored with a seq of its own. */
  reliable?: boolean;
  /** Told besides those who are in the group: who was in it until then. */
  alsoTo?: readonly string[];
  /** One of several of the same news: the sender's own devices hear of it otherwise, and once. */
  notToSender?: boolean;
  /** Shown as the sender, where the kind wants it (1502, 1519). */
  sender?: { nickname: string; faceURL: string };
}

/**
 * Tells users of changes, by messages the server writes. Called within the transaction of the change: what is stored
 * commits with it, and nobody hears of a change that did not happen. Source: contract/notifications.md section 2.
 */
@Injectable()
export class Notifier {
  constructor(
    private readonly events: ImEvents,
    private readonly messages: MessageStore,
  ) {}

  /** Stores and passes on notifications in the order given, all in one go. A chat copy follows its signal at once. */
  async tell(notices: readonly Notice[]): Promise<void> {
    await this.send(notices);
  }

  /** As {@link Notifier.tell}; answers the messages they became. */
  async send(notices: readonly Notice[]): Promise<Message[]> {
    const written = notices.map(write);
    const toStore = written.flatMap(({ signal, reliable, chatCopy }) => [
      ...(reliable ? [signal] : []),
      ...(chatCopy ? [chatCopy] : []),
    ]);
    const { answers } = toStore.length > 0 ? await this.messages.store(toStore) : { answers: [] };
    const stored = new Map(toStore.map((one, index) => [one, answers[index]]));
    const accepted = written.flatMap(({ signal, chatCopy }, index): AcceptedMessage[] => {
      const { alsoTo, notToSender } = notices[index];
      return [signal, ...(chatCopy ? [chatCopy] : [])].map((one) => ({
        message: stored.get(one) ?? one.message,
        operation: one.operation,
        alsoTo,
        notToSender,
      }));
    });
    if (accepted.length > 0) await this.events.publish(new MessagesAccepted(accepted));
    return accepted.map(({ message }) => message);
  }
}

/** What a notification becomes: the signal, stored or not, and the message in the chat. */
interface Written {
  signal: OutgoingMessage;
  reliable: boolean;
  chatCopy?: OutgoingMessage;
}

function write(notice: Notice): Written {
  const { contentType, sendID, groupID = '', detail, sender } = notice;
  const kind = NOTIFICATION_KINDS[contentType] ?? {};
  const { chatCopy = kind.chatCopy ?? false, reliable = kind.reliable ?? false } = notice;
  const push = kind.offlinePush ?? false;
  const copy = outgoing({
    contentType,
    sendID,
    groupID,
    recvID: notice.recvID ?? groupID,
    sessionType: notice.sessionType ?? (groupID ? SessionType.group : SessionType.single),
    content: JSON.stringify({ detail: JSON.stringify(detail) }),
    msgFrom: MessageFrom.system,
    options: { offlinePush: push, unreadCount: true },
    offlinePushInfo: kind.text ?? NO_TEXT,
    senderNickname: sender?.nickname,
    senderFaceURL: sender?.faceURL,
  });
  const { message } = copy;
  const options = signalOptions({ chatCopy, reliable, push });
  const signal: OutgoingMessage = {
    ...copy,
    message: {
      ...message,
      conversationID: notificationChannelID(message.conversationID),
      options: JSON.stringify(options),
    },
  };
  return { signal, reliable, ...(chatCopy ? { chatCopy: copy } : {}) };
}

/** Every key is there: a missing one would count as true. Source: contract/notifications.md 2.1, contract/messages.md 4.1. */
function signalOptions({
  chatCopy,
  reliable,
  push,
}: Record<'chatCopy' | 'reliable' | 'push', boolean>): MessageOptions {
  return {
    isNotNotification: false,
    isSendMsg: chatCopy,
    history: reliable,
    persistent: reliable,
    // With a chat copy, that one is pushed and counted.
    offlinePush: push && !chatCopy,
    unreadCount: false,
    conversationUpdate: false,
    senderSync: true,
    notPrivate: false,
    senderConversationUpdate: false,
    reactionFromCache: false,
  };
}
