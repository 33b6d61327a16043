import { Injectable } from '@nestjs/common';
import type { Actor } from '../core/actor.js';
import { ContentType, isNotificationType, SessionType } from '../core/protocol.js';
import { ImSettings } from '../core/settings.js';
import { Transactions } from '../database/transactions.js';
import { ImEvents } from '../events/events.js';
import { GroupNotFound } from '../groups/group.errors.js';
import { assertNotDismissed } from '../groups/group.policy.js';
import { GroupsService } from '../groups/groups.service.js';
import { UsersService } from '../users/users.service.js';
import type { Message } from './message.entity.js';
import { MessagesAccepted, MessageSending } from './message.events.js';
import { MessageWriter } from './message.writer.js';
import {
  assertMaySendAs,
  assertMaySendKind,
  assertMayWrite,
  assertNotificationAccount,
  assertReaches,
  assertSendable,
} from './messages.policy.js';
import { outgoing, type OutgoingMessage, type SendMessage, type SentMessage } from './outgoing.js';
import { effectiveOptions, isStored } from './sending/options.js';
import { type Relation, Relations } from './sending/relations.js';
import { SendStatuses } from './sending/send-statuses.js';

/** Sending messages. */
@Injectable()
export class MessagesService {
  constructor(
    private readonly settings: ImSettings,
    private readonly events: ImEvents,
    private readonly users: UsersService,
    private readonly groups: GroupsService,
    private readonly relations: Relations,
    private readonly writer: MessageWriter,
    private readonly transactions: Transactions,
    private readonly statuses: SendStatuses,
  ) {}

  /**
   * Sends a message: checks who may write to whom, stores it with the next seq of its conversation, and answers when it is
   * durable. A repeated `clientMsgID` of the same sender in the same conversation answers the first message. With option
   * `history` false it is passed to online receivers only and gets no seq.
   *
   * @param operationID under which the actor may ask later whether it was sent
   * @throws SessionTypeUnknown, ArgumentInvalid, NotPermitted
   * @throws UserNotFound, SenderBlocked, NotFriends, ReceiverRefuses in a single chat
   * @throws GroupNotFound, GroupDismissed, NotInGroup, SenderMuted, GroupMuted in a group
   * @throws NotificationAccountUnknown, NotPermitted from a notification account
   */
  send(actor: Actor, order: SendMessage, request: { operationID?: string } = {}): Promise<SentMessage> {
    return this.accept(actor, order, request);
  }

  /**
   * As {@link MessagesService.send}, to many users with a handful of queries for all: answers the outcome of each, in their
   * order. Whom it does not reach does not keep it from the others.
   *
   * @param order without a receiver
   */
  async sendToEach(
    actor: Actor,
    order: SendMessage,
    recvIDs: readonly string[],
  ): Promise<PromiseSettledResult<SentMessage>[]> {
    const single = order.sessionType === SessionType.single;
    const relations = single ? await this.relations.toMany(order.sendID, recvIDs) : new Map<string, Relation>();
    return Promise.allSettled(
      recvIDs.map((recvID) => this.accept(actor, { ...order, recvID }, { relation: relations.get(recvID) })),
    );
  }

  /** @param relation of sender and receiver, where it is known already */
  private async accept(
    actor: Actor,
    order: SendMessage,
    { operationID = '', relation }: { operationID?: string; relation?: Relation | undefined },
  ): Promise<SentMessage> {
    assertSendable(order);
    assertMaySendAs(actor, order.sendID);
    assertMaySendKind(actor, order);
    const quiet = await this.check(actor, order, relation);
    const options = effectiveOptions(order.options, { contentType: order.contentType, quiet });
    // History is ordered by sendTime: a client's clock must not move a conversation into the future.
    const sendTime = actor.isAdmin || !isStored(options) ? order.sendTime : undefined;
    const message = outgoing({ ...order, options, sendTime });
    if (operationID) message.receipt = { userID: actor.userID, operationID };
    const sent = isStored(options) ? await this.writer.write(message) : await this.passOn(message);
    const { conversationID, seq, clientMsgID, serverMsgID } = sent;
    return { conversationID, seq, clientMsgID, serverMsgID, sendTime: sent.sendTime };
  }

  /** Whether a user may send what notification accounts send. @throws NotificationAccountUnknown, NotPermitted */
  async checkNotificationAccount(sendID: string): Promise<void> {
    assertNotificationAccount(sendID, await this.users.find(sendID));
  }

  /** Answers true when no offline push shall follow. Source: contract/v3/message.md, acceptance rules 4 and 5. */
  private async check(actor: Actor, order: SendMessage, relation?: Relation): Promise<boolean> {
    const asking = new MessageSending(actor, order);
    switch (order.sessionType) {
      case SessionType.group:
        await this.checkGroup(order);
        await this.events.ask(asking);
        return false;
      case SessionType.notification:
        await this.checkNotificationAccount(order.sendID);
        await this.events.ask(asking);
        return false;
      default:
        await this.events.ask(asking);
        if (isNotificationType(order.contentType)) return false;
        return assertReaches(order, relation ?? (await this.relations.between(order)));
    }
  }

  /** Source: contract/messages.md 5.2. */
  private async checkGroup({ sendID, groupID = '', contentType }: SendMessage): Promise<void> {
    const group = await this.groups.find(groupID);
    if (!group) throw new GroupNotFound(groupID);
    if (contentType !== ContentType.groupDismissed) assertNotDismissed(group);
    if (this.settings.adminUserIDs.has(sendID) || isNotificationType(contentType)) return;
    assertMayWrite(group, sendID, await this.groups.findMember(groupID, sendID));
  }

  /** For online receivers only. */
  private async passOn({ message, operation, receipt }: OutgoingMessage): Promise<Message> {
    const tell = (): Promise<void> => this.events.publish(new MessagesAccepted([{ message, operation }]));
    if (!receipt) {
      await tell();
      return message;
    }
    await this.transactions.run(async () => {
      await this.statuses.note([receipt]);
      await tell();
    });
    return message;
  }
}
