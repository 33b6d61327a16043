import { Injectable } from '@nestjs/common';
import { isNotificationChannel } from '../core/ids.js';
import { insertRows } from '../database/bulk.js';
import { rowsByKey } from '../database/rows.js';
import { Transactions } from '../database/transactions.js';
import { ImEvents } from '../events/events.js';
import { ConversationStore } from './conversation.store.js';
import { Counters } from './counters.js';
import { Message } from './message.entity.js';
import { type AcceptedMessage, MessagesAccepted } from './message.events.js';
import type { OutgoingMessage } from './outgoing.js';
import { ReadPosition } from './read-position.entity.js';
import { SendStatuses } from './sending/send-statuses.js';
import { Sequence } from './sequence.entity.js';

/** Appends messages to their conversations. All of its statements are per batch, none per message. */
@Injectable()
export class MessageStore {
  constructor(
    private readonly transactions: Transactions,
    private readonly events: ImEvents,
    private readonly conversations: ConversationStore,
    private readonly statuses: SendStatuses,
    private readonly counters: Counters,
  ) {}

  /** As {@link MessageStore.store}; tells of what was added. */
  async append(batch: readonly OutgoingMessage[]): Promise<Message[]> {
    const { answers, added } = await this.store(batch);
    if (added.length > 0) await this.events.publish(new MessagesAccepted(added));
    return answers;
  }

  /**
   * Stores messages of any conversations in the order given, within the open transaction: allocates dense seqs, moves the
   * senders' read positions, and creates the conversations whose first message this is. A message whose sender has stored
   * the same clientMsgID in the conversation before is answered with that first one. The answers are in the order given.
   */
  async store(batch: readonly OutgoingMessage[]): Promise<{ answers: Message[]; added: AcceptedMessage[] }> {
    const counters = await this.counters.begin(batch.map(({ message }) => message.conversationID));
    const known = await this.storedBefore(batch);
    const opened: Message[] = [];
    const accepted: AcceptedMessage[] = [];
    const answers = batch.map((one) => {
      const key = onceKey(one.message);
      const earlier = known.get(key);
      if (earlier) return earlier;
      const counter = counters.get(one.message.conversationID) as Sequence;
      const stored = withSeq(one, counter);
      if (stored.seq === 1 && !isNotificationChannel(stored.conversationID)) opened.push(stored);
      known.set(key, stored);
      accepted.push({ message: stored, operation: one.operation });
      return stored;
    });
    await this.statuses.note(batch.flatMap(({ receipt }) => receipt ?? []));
    if (accepted.length === 0) return { answers, added: accepted };
    const added = accepted.map(({ message }) => message);
    const { manager } = this.transactions;
    await insertRows(manager, Message, added);
    await insertRows(manager, Sequence, touched(counters, added), { update: ['maxSeq', 'maxSeqTime'] });
    await insertRows(manager, ReadPosition, readPositions(added), { update: ['hasReadSeq'] });
    await this.conversations.open(opened, added);
    return { answers, added: accepted };
  }

  /** Messages of the batch that were stored by an earlier attempt. Asks nothing when all IDs are new by construction. */
  private async storedBefore(batch: readonly OutgoingMessage[]): Promise<Map<string, Message>> {
    const keys = batch
      .filter(({ fresh }) => !fresh)
      .map(({ message: { conversationID, sendID, clientMsgID } }) => [conversationID, sendID, clientMsgID]);
    const once = ['conversationID', 'sendID', 'clientMsgID'] as const;
    const rows = await rowsByKey(this.transactions.manager, Message, once, keys);
    return new Map(rows.map((row) => [onceKey(row), row]));
  }
}

/** What must not be stored twice. */
function onceKey({
  conversationID,
  sendID,
  clientMsgID,
}: Pick<Message, 'conversationID' | 'sendID' | 'clientMsgID'>): string {
  return `${conversationID}\0${sendID}\0${clientMsgID}`;
}

/** Gives the message the next seq, and a sendTime after the one before: clients order history by it alone. */
function withSeq({ message, keepSendTime }: OutgoingMessage, counter: Sequence): Message {
  counter.maxSeq += 1;
  const sendTime = keepSendTime ? message.sendTime : Math.max(message.sendTime, counter.maxSeqTime + 1);
  counter.maxSeqTime = Math.max(counter.maxSeqTime, sendTime);
  return { ...message, sendTime, seq: counter.maxSeq };
}

function touched(counters: ReadonlyMap<string, Sequence>, added: readonly Message[]): Sequence[] {
  const ids = new Set(added.map(({ conversationID }) => conversationID));
  return [...counters.values()].filter(({ conversationID }) => ids.has(conversationID));
}

/** Who wrote has read what came before; the last message of a sender in a conversation counts. */
function readPositions(added: readonly Message[]): ReadPosition[] {
  const positions = new Map<string, ReadPosition>();
  for (const { sendID, conversationID, seq } of added) {
    if (isNotificationChannel(conversationID)) continue;
    positions.set(`${conversationID}\0${sendID}`, { userID: sendID, conversationID, hasReadSeq: seq });
  }
  return [...positions.values()];
}
