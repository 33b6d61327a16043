import { Injectable } from '@nestjs/common';
import type { Actor } from '../core/actor.js';
import { singleConversationID } from '../core/ids.js';
import { AppLevel, isNotificationType, SessionType } from '../core/protocol.js';
import { ImSettings } from '../core/settings.js';
import { ImEvents } from '../events/events.js';
import { BlacksService } from '../friends/blacks.service.js';
import { GroupNotFound } from '../groups/group.errors.js';
import { assertNotDismissed } from '../groups/group.policy.js';
import { GroupsService } from '../groups/groups.service.js';
import { UserNotFound } from '../users/user.errors.js';
import { UsersService } from '../users/users.service.js';
import { ConversationStore } from './conversation.store.js';
import type { Message } from './message.entity.js';
import { SenderBlocked } from './message.errors.js';
import { MessagesAccepted, MessageSending } from './message.events.js';
import { MessageWriter } from './message.writer.js';
import { assertMaySendAs, assertMayWrite, assertReceives, assertSendable } from './messages.policy.js';
import { outgoing, type OutgoingMessage, type SendMessage, type SentMessage } from './outgoing.js';

/** Sending messages. */
@Injectable()
export class MessagesService {
  constructor(
    private readonly settings: ImSettings,
    private readonly events: ImEvents,
    private readonly users: UsersService,
    private readonly blacks: BlacksService,
    private readonly groups: GroupsService,
    private readonly conversations: ConversationStore,
    private readonly writer: MessageWriter,
  ) {}

  /**
   * Sends a message: checks who may write to whom, stores it with the next seq of its conversation, and answers when it is
   * durable. A repeated `clientMsgID` of the same sender in the same conversation answers the first message. With option
   * `history` false it is passed to online receivers only and gets no seq.
   *
   * @throws SessionTypeUnknown, ArgumentInvalid, NotPermitted
   * @throws UserNotFound, SenderBlocked, ReceiverRefuses in a single chat
   * @throws GroupNotFound, GroupDismissed, NotInGroup, SenderMuted, GroupMuted in a group
   */
  async send(actor: Actor, order: SendMessage): Promise<SentMessage> {
    assertSendable(order);
    assertMaySendAs(actor, order.sendID);
    await this.events.ask(new MessageSending(actor, order));
    const quiet =
      order.sessionType === SessionType.group ? await this.checkGroup(order) : await this.checkSingle(order);
    const message = outgoing(quiet ? { ...order, options: { ...order.options, offlinePush: false } } : order);
    const { conversationID, seq, clientMsgID, serverMsgID, sendTime } =
      order.options?.['history'] === false ? await this.passOn(message) : await this.writer.write(message);
    return { conversationID, seq, clientMsgID, serverMsgID, sendTime };
  }

  /** Source: contract/messages.md 5.1. Answers true when no offline push shall follow. */
  private async checkSingle({ sendID, recvID = '', contentType }: SendMessage): Promise<boolean> {
    const receiver = await this.users.find(recvID);
    if (!receiver) throw new UserNotFound(recvID);
    if (isNotificationType(contentType)) return false;
    if (!this.settings.adminUserIDs.has(sendID) && (await this.blacks.isBlocked(recvID, sendID))) {
      const sender = await this.users.find(sendID);
      // System accounts write to everybody.
      if ((sender?.appMangerLevel ?? 0) < AppLevel.admin) throw new SenderBlocked(sendID, recvID);
    }
    const conversation = await this.conversations.find(recvID, singleConversationID(sendID, recvID));
    return assertReceives(recvID, receiver.globalRecvMsgOpt, conversation?.recvMsgOpt ?? 0);
  }

  /** Source: contract/messages.md 5.2. */
  private async checkGroup({ sendID, groupID = '', contentType }: SendMessage): Promise<boolean> {
    const group = await this.groups.find(groupID);
    if (!group) throw new GroupNotFound(groupID);
    assertNotDismissed(group);
    if (this.settings.adminUserIDs.has(sendID) || isNotificationType(contentType)) return false;
    assertMayWrite(group, sendID, await this.groups.findMember(groupID, sendID));
    return false;
  }

  /** For online receivers only. */
  private async passOn({ message }: OutgoingMessage): Promise<Message> {
    await this.events.publish(new MessagesAccepted([message]));
    return message;
  }
}
