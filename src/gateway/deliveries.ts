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
import { InOrder } from './in-order.js';
import { COPY_DELAY_MS, Push } from './push.js';
import { Relays } from './relays.js';

/** Messages that wait to be brought to receivers; what is accepted beyond is not pushed. */
const MAX_WAITING = 50_000;

/** Frames that are written before others get their turn. */
const FRAMES_A_TURN = 500;

const NOBODY: readonly string[] = [];

/** A message that waits to be brought to its receivers. */
interface Waiting {
  accepted: AcceptedMessage;
  /** When it was accepted, or came from another node. */
  since: Instant;
  /** Those on other nodes, too. */
  everywhere: boolean;
  /** It was fetched from the database: who connected after it was sent has asked for it himself. */
  late: boolean;
}

/** A message and who it goes to, here. */
interface Ready {
  message: Message;
  operation: Operation;
  isCopy: boolean;
  since: Instant;
  receivers: readonly Connection[];
}

/** Does not hear of messages while its app is in the background: they reach it by the vendor. */
const IOS = 1;

/**
 * Brings accepted messages to all connections of their receivers, in the order they were committed; what has receivers on
 * another node is handed to that one. It has a queue of its own: who sends never waits for who receives. Source: contract/gateway.md section 8, contract/messages.md section 9.
 */
@Injectable()
export class Deliveries {
  private readonly logger = new Logger(Deliveries.name);
  private readonly dropped: Counter;
  private queue: Waiting[] = [];
  /** Conversations in which messages have waited for others in vain. */
  private overdue: string[] = [];
  /** One node needs no memory of what has passed. */
  private readonly inOrder: InOrder<Ready> | undefined;
  private running: Promise<void> | undefined;
  private framesThisTurn = 0;

  constructor(
    private readonly groups: GroupsService,
    private readonly connections: Connections,
    private readonly relays: Relays,
    private readonly tracing: Tracing,
    measures: Measures,
  ) {
    this.dropped = measures.counter({
      name: 'openim_pushes_dropped_total',
      help: 'Accepted messages that were not pushed, because too many waited. Clients find them by seq.',
    });
    const help = 'Accepted messages that wait to be pushed.';
    measures.gauge({ name: 'openim_push_queue_messages', help }, () => this.queue.length);
    if (relays.isCluster) {
      this.inOrder = new InOrder((conversationID) => {
        this.overdue.push(conversationID);
        this.running ??= this.run();
      });
    }
    relays.open(
      (accepted) => this.enqueue(accepted, { everywhere: false, late: false }),
      (since) => void this.catchUp(since).catch((error: unknown) => this.logger.error(error)),
    );
  }

  @OnImEvent(MessagesAccepted)
  accept({ accepted }: MessagesAccepted): void {
    this.enqueue(accepted, { everywhere: this.relays.hasOthers, late: false });
  }

  /** Waits until what was accepted is on its way. @param limitMs how long at most */
  async finish(limitMs: number): Promise<void> {
    await Promise.race([this.running, delay(limitMs, undefined, { ref: false })]);
  }

  /** Brings what may have got lost on its way here. */
  private async catchUp(since: number): Promise<void> {
    if (this.connections.size === 0) return;
    const accepted = await this.relays.since(since);
    if (accepted) return this.enqueue(accepted, { everywhere: false, late: true });
    // Too much to push: clients come back at once, and ask.
    this.logger.warn('Too many messages may have been missed: all sockets are closed, so that clients ask for them');
    for (const connection of this.connections.all()) connection.end();
  }

  private enqueue(accepted: readonly AcceptedMessage[], how: Pick<Waiting, 'everywhere' | 'late'>): void {
    // Who connects later asks by seq.
    if (this.connections.size === 0 && !how.everywhere) return;
    const room = MAX_WAITING - this.queue.length;
    if (room < accepted.length) {
      this.dropped.add(accepted.length - room);
      this.logger.warn(`${accepted.length - room} messages are not pushed: too many wait`);
    }
    const since = performance.now();
    // Clients see the gap with the next message that is pushed, and pull.
    for (const one of accepted.slice(0, room)) this.queue.push({ accepted: one, since, ...how });
    this.running ??= this.run();
  }

  private async run(): Promise<void> {
    // Whoever caused the messages is answered first.
    await nextTurn();
    while (this.queue.length > 0 || this.overdue.length > 0) {
      const { queue, overdue } = this;
      this.queue = [];
      this.overdue = [];
      const links = linksTo(queue.map(({ accepted }) => accepted));
      const span = this.tracing.begin('deliver messages', { kind: 'internal', links });
      try {
        for (const conversationID of overdue) await this.deliverOverdue(conversationID);
        await (span ? span.run(() => this.deliver(queue)) : this.deliver(queue));
        span?.end({ 'openim.messages': queue.length });
      } catch (error) {
        span?.end({ 'openim.messages': queue.length }, true);
        // Receivers find what they missed by its seq.
        this.logger.error(error);
      }
    }
    this.running = undefined;
  }

  private async deliver(batch: readonly Waiting[]): Promise<void> {
    const groupIDs = new Set(batch.flatMap(({ accepted: { message } }) => message.groupID || []));
    const members = await this.groups.memberIDsOf([...groupIDs]);
    const audiences = batch.map(({ accepted }) => audienceOf(accepted, members.get(accepted.message.groupID)));
    this.relays.hand(
      batch.flatMap(({ accepted, everywhere }, place) => (everywhere ? [[accepted, audiences[place]]] : [])),
    );
    let signal: Message | undefined;
    for (const [place, { accepted, since, late }] of batch.entries()) {
      const { message, operation } = accepted;
      const receivers = this.listening(audiences[place], late ? message.sendTime : Infinity);
      const isCopy = signal !== undefined && isCopyOf(signal, message);
      const ready: Ready = { message, operation, isCopy, since, receivers };
      // Also of what has no receivers here, or what follows would wait for it.
      for (const due of this.inOrder?.next(message, ready) ?? [ready]) await this.push(due);
      if (receivers.length > 0) signal = message;
    }
  }

  /** What is missing before it is in the database: the node that accepted it had no time to tell. */
  private async deliverOverdue(conversationID: string): Promise<void> {
    const overdue = this.inOrder?.overdue(conversationID);
    if (!overdue) return;
    const missing = await this.relays.missingOf(conversationID, overdue).catch((error: unknown) => {
      this.logger.error(error);
      return [];
    });
    const [{ message }] = overdue.there.values();
    const members = await this.groups.memberIDsOf(message.groupID ? [message.groupID] : []);
    const ready = [...overdue.there.values()];
    for (const accepted of missing) {
      const audience = audienceOf(accepted, members.get(accepted.message.groupID));
      const receivers = this.listening(audience, accepted.message.sendTime);
      ready.push({ ...accepted, isCopy: false, since: performance.now(), receivers });
    }
    for (const one of ready.sort((a, b) => a.message.seq - b.message.seq)) {
      if (this.inOrder?.isNew(one.message)) await this.push(one);
    }
  }

  /** @param openedBefore epoch milliseconds */
  private listening(userIDs: ReadonlySet<string>, openedBefore: number): Connection[] {
    const listening: Connection[] = [];
    for (const userID of userIDs) {
      for (const connection of this.connections.of(userID)) {
        const listens = connection.platformID !== IOS || !connection.isBackground;
        if (listens && connection.openedAt < openedBefore) listening.push(connection);
      }
    }
    return listening;
  }

  private async push({ message, operation, isCopy, since, receivers }: Ready): Promise<void> {
    if (receivers.length === 0) return;
    if (isCopy) await delay(COPY_DELAY_MS);
    const push = pushOf(message, operation.operationID, isCopy, since);
    for (const connection of receivers) {
      connection.push(push, operation);
      if (++this.framesThisTurn < FRAMES_A_TURN) continue;
      this.framesThisTurn = 0;
      await nextTurn();
    }
  }
}

/** The users who are to hear of a message. @param members of its group */
function audienceOf(
  { message, alsoTo = NOBODY, notToSender = false }: AcceptedMessage,
  members: readonly string[] = NOBODY,
): ReadonlySet<string> {
  const { sessionType, sendID, recvID, options } = message;
  if (sessionType === SessionType.group) return new Set([...members, ...alsoTo]);
  const { senderSync = true } = JSON.parse(options) as MessageOptions;
  return new Set(senderSync && !notToSender ? [recvID, sendID] : [recvID]);
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
