import { Injectable } from '@nestjs/common';
import { Bus } from '../cluster/bus.js';
import { NO_OPERATION, Operation } from '../core/operation.js';
import { type AcceptedMessage } from '../messaging/message.events.js';
import { MissedMessages } from '../messaging/missed-messages.js';
import { Presence } from '../presence/presence.js';
import type { Overdue } from './in-order.js';

/** What nodes hand each other: messages with receivers there. */
const DELIVER = 'gateway.deliver';

/** A message on its way to another node. Who caused it is answered by this one, before. */
type Relayed = Omit<AcceptedMessage, 'operation'> & { operationID: string };

/** Messages that are fetched at once when it is not known what was missed; of more, clients find out themselves. */
const MAX_MISSED = 20_000;

/** Messages with who is to hear of each. */
export type Addressed = readonly [accepted: AcceptedMessage, audience: ReadonlySet<string>][];

/**
 * The way of messages from the node that accepted them to those where receivers are, and from the database when that way may
 * have lost some: a node was killed, or cut off from Redis.
 */
@Injectable()
export class Relays {
  constructor(
    private readonly presence: Presence,
    private readonly bus: Bus,
    private readonly missed: MissedMessages,
  ) {}

  /** Whether messages may come from elsewhere at all. */
  get isCluster(): boolean {
    return this.bus.isCluster;
  }

  /** Whether messages may have receivers elsewhere. */
  get hasOthers(): boolean {
    return this.bus.hasOthers;
  }

  /** @param receive takes what comes from other nodes @param catchUp is told since when messages may be missing, in epoch milliseconds */
  open(receive: (accepted: AcceptedMessage[]) => void, catchUp: (since: number) => void): void {
    this.bus.on<Relayed[]>(DELIVER, (relayed) =>
      receive(relayed.map(({ operationID, ...one }) => ({ ...one, operation: new Operation(operationID) }))),
    );
    this.bus.onDoubt(catchUp);
  }

  /** Hands other nodes what has receivers there. */
  hand(messages: Addressed): void {
    const byNode = new Map<string, Relayed[]>();
    for (const [{ operation, ...rest }, audience] of messages) {
      for (const nodeID of this.presence.otherNodesOf(audience)) {
        const relayed = byNode.get(nodeID) ?? [];
        relayed.push({ ...rest, operationID: operation.operationID });
        byNode.set(nodeID, relayed);
      }
    }
    for (const [nodeID, relayed] of byNode) this.bus.send(nodeID, DELIVER, relayed);
  }

  /** All that was stored since a moment; undefined when it is too much. */
  async since(since: number): Promise<AcceptedMessage[] | undefined> {
    const { messages, all } = await this.missed.since(since, MAX_MISSED);
    return all ? messages.map((message) => ({ message, operation: NO_OPERATION })) : undefined;
  }

  /** What is missing before messages that waited in vain. */
  async missingOf(conversationID: string, { range, there }: Overdue<unknown>): Promise<AcceptedMessage[]> {
    const [first, last] = range;
    if (last - first > MAX_MISSED) return [];
    const found = await this.missed.between(conversationID, first, last);
    return found.filter(({ seq }) => !there.has(seq)).map((message) => ({ message, operation: NO_OPERATION }));
  }
}
