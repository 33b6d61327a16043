import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { isNotificationChannel } from '../core/ids.js';
import { type Counter, Measures } from '../core/measures.js';
import type { Instant, Operation } from '../core/operation.js';
import { SessionType } from '../core/protocol.js';
import { linksTo, Tracing } from '../core/tracing.js';
import { OnImEvent } from '../events/on-im-event.js';
import { GroupsService } from '../groups/groups.service.js';
import type { Message } from '../messaging/message.entity.js';
import { type AcceptedMessage, MessagesAccepted } from '../messaging/message.events.js';
import type { MessageOptions } from '../messaging/outgoing.js';
import { messageData } from '../messaging/wire/message.view.js';
import { protobufType } from '../protobuf/protobuf.js';
import type { Connection } from './connection.js';
import { Connections } from './connections.js';
import { COPY_DELAY_MS, Push } from './push.js';

/** Messages that wait to be brought to receivers; what is accepted beyond is not pushed. */
const MAX_WAITING = 50_000;

/** Frames that are written before others get their turn. */
const FRAMES_A_TURN = 500;

const NOBODY: readonly string[] = [];

/** An accepted message, and when it was accepted. */
interface Waiting {
  readonly accepted: AcceptedMessage;
  readonly since: Instant;
}

/** Does not hear of messages while its app is in the background: they reach it by the vendor. */
const IOS = 1;

/**
 * Brings accepted messages to all connections of their receivers, in the order they were committed. It has a queue of its
 * own: who sends never waits for who receives. Source: contract/gateway.md section 8, contract/messages.md section 9.
 */
@Injectable()
export class Deliveries {
  private readonly logger = new Logger(Deliveries.name);
  private readonly dropped: Counter;
  private queue: Waiting[] = [];
  private running: Promise<void> | undefined;
  private framesThisTurn = 0;

  constructor(
    private readonly groups: GroupsService,
    private readonly connections: Connections,
    private readonly tracing: Tracing,
    measures: Measures,
  ) {
    this.dropped = measures.counter({
      name: 'openim_pushes_dropped_total',
      help: 'Accepted messages that were not pushed, because too many waited. Clients find them by seq.',
    });
    const help = 'Accepted messages that wait to be pushed.';
    measures.gauge({ name: 'openim_push_queue_messages', help }, () => this.queue.length);
  }

  @OnImEvent(MessagesAccepted)
  accept({ accepted }: MessagesAccepted): void {
    // Who connects later asks by seq.
    if (this.connections.size === 0) return;
    const room = MAX_WAITING - this.queue.length;
    if (room < accepted.length) {
      this.dropped.add(accepted.length - room);
      this.logger.warn(`${accepted.length - room} messages are not pushed: too many wait`);
    }
    const since = performance.now();
    // Clients see the gap with the next message that is pushed, and pull.
    for (const one of accepted.slice(0, room)) this.queue.push({ accepted: one, since });
    this.running ??= this.run();
  }

  /** Waits until what was accepted is on its way. @param limitMs how long at most */
  async finish(limitMs: number): Promise<void> {
    await Promise.race([this.running, delay(limitMs, undefined, { ref: false })]);
  }

  private async run(): Promise<void> {
    // Whoever caused the messages is answered first.
    await nextTurn();
    while (this.queue.length > 0) {
      const batch = this.queue;
      this.queue = [];
      const links = linksTo(batch.map(({ accepted }) => accepted));
      const span = this.tracing.begin('deliver messages', { kind: 'internal', links });
      try {
        await (span ? span.run(() => this.deliver(batch)) : this.deliver(batch));
        span?.end({ 'openim.messages': batch.length });
      } catch (error) {
        span?.end({ 'openim.messages': batch.length }, true);
        // Receivers find what they missed by its seq.
        this.logger.error(error);
      }
    }
    this.running = undefined;
  }

  private async deliver(batch: readonly Waiting[]): Promise<void> {
    const groupIDs = new Set(batch.flatMap(({ accepted: { message } }) => message.groupID || []));
    const members = await this.groups.memberIDsOf([...groupIDs]);
    let signal: Message | undefined;
    for (const { accepted, since } of batch) {
      const { message, operation } = accepted;
      const receivers = this.receiversOf(accepted, members.get(message.groupID));
      if (receivers.length === 0) continue;
      const isCopy = signal !== undefined && isCopyOf(signal, message);
      if (isCopy) await delay(COPY_DELAY_MS);
      await this.push(pushOf(message, operation.operationID, isCopy, since), operation, receivers);
      signal = message;
    }
  }

  private receiversOf(
    { message, alsoTo = NOBODY, notToSender = false }: AcceptedMessage,
    members: readonly string[] = NOBODY,
  ): Connection[] {
    const { sessionType, sendID, recvID, options } = message;
    if (sessionType === SessionType.group) return this.listening([...members, ...alsoTo]);
    const { senderSync = true } = JSON.parse(options) as MessageOptions;
    return this.listening(senderSync && !notToSender ? [recvID, sendID] : [recvID]);
  }

  private listening(userIDs: readonly string[]): Connection[] {
    const listening: Connection[] = [];
    for (const userID of new Set(userIDs)) {
      for (const connection of this.connections.of(userID)) {
        if (connection.platformID !== IOS || !connection.isBackground) listening.push(connection);
      }
    }
    return listening;
  }

  private async push(push: Push, operation: Operation, receivers: readonly Connection[]): Promise<void> {
    for (const connection of receivers) {
      connection.push(push, operation);
      if (++this.framesThisTurn < FRAMES_A_TURN) continue;
      this.framesThisTurn = 0;
      await nextTurn();
    }
  }
}

/** Whether a message is the chat copy of the signal before it. */
function isCopyOf(signal: Message, { serverMsgID, conversationID }: Message): boolean {
  return signal.serverMsgID === serverMsgID && signal.conversationID !== conversationID;
}

/** One message, in the map of its kind. */
function pushOf(message: Message, operationID: string, isCopy: boolean, since: Instant): Push {
  const kind = isNotificationChannel(message.conversationID) ? 'notificationMsgs' : 'msgs';
  const data = protobufType('PushMessages').encode({
    [kind]: { [message.conversationID]: { Msgs: [messageData(message)] } },
  });
  return new Push({ reqIdentifier: 2001, msgIncr: '', operationID, errCode: 0, errMsg: '', data }, isCopy, since);
}
