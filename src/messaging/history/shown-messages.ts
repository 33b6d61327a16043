import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { chunks } from '../../database/bulk.js';
import { Transactions } from '../../database/transactions.js';
import { Message } from '../message.entity.js';
import { HiddenMessage } from './hidden-message.entity.js';
import { concerns, type Readable } from './readable.js';
import { within } from './seq-condition.js';
import {
  hiddenMessage,
  placeholder,
  type QuotedMessage,
  quotationOf,
  revokedMessage,
  type ShownMessage,
  withQuotation,
} from './shown-message.js';

/** Messages of a conversation that a user asks for. */
export interface Wanted {
  readable: Readable;
  /** Within its bounds. */
  seqs: readonly number[];
}

/** Conversations one statement asks for: every one is a condition of its own. */
const CONDITIONS = 200;

/** Stored messages as users are shown them. Every read goes through here. Source: contract/messages.md 6.6. */
@Injectable()
export class ShownMessages {
  constructor(private readonly transactions: Transactions) {}

  /**
   * What a user is shown for each seq he asks for, in his order, a placeholder where there is nothing. Two statements, and
   * a third when something is quoted, for up to {@link CONDITIONS} conversations.
   */
  async read(userID: string, wanted: readonly Wanted[]): Promise<ShownMessage[][]> {
    const stored = new Map<string, Message>();
    const hidden = new Set<string>();
    const asked = wanted.filter(({ seqs }) => seqs.length > 0);
    for (const some of chunks(asked, CONDITIONS)) {
      const where = some.map(({ readable: { conversationID }, seqs }) => ({ conversationID, seq: within(seqs) }));
      const { manager } = this.transactions;
      for (const message of await manager.findBy(Message, where)) stored.set(keyOf(message), message);
      const mine = where.map((condition) => ({ userID, ...condition }));
      for (const one of await manager.findBy(HiddenMessage, mine)) hidden.add(keyOf(one));
    }
    const quoted = await this.quotedBy(stored);
    return wanted.map(({ readable, seqs }) =>
      seqs.map((seq) => {
        const { conversationID } = readable;
        const message = stored.get(keyOf({ conversationID, seq }));
        if (!message || !concerns(readable, message)) return placeholder(conversationID, seq);
        if (hidden.has(keyOf(message))) return hiddenMessage(message);
        if (message.revocation) return revokedMessage(message);
        const quotation = quotationOf(message);
        if (!quotation) return message;
        return withQuotation(message, quotation, quoted.get(keyOf({ conversationID, seq: quotation.seq })));
      }),
    );
  }

  /** The messages that are quoted by those that were read. */
  private async quotedBy(stored: ReadonlyMap<string, Message>): Promise<ReadonlyMap<string, QuotedMessage>> {
    const found = new Map<string, QuotedMessage>(stored);
    const missing = new Map<string, Set<number>>();
    for (const message of stored.values()) {
      const quotation = quotationOf(message);
      const { conversationID } = message;
      if (!quotation || found.has(keyOf({ conversationID, seq: quotation.seq }))) continue;
      missing.set(conversationID, (missing.get(conversationID) ?? new Set()).add(quotation.seq));
    }
    for (const some of chunks([...missing], CONDITIONS)) {
      const quoted = await this.transactions.manager.find(Message, {
        select: {
          conversationID: true,
          seq: true,
          clientMsgID: true,
          sendID: true,
          senderNickname: true,
          sendTime: true,
          sessionType: true,
          ex: true,
          revocation: true,
        },
        where: some.map(([conversationID, seqs]) => ({ conversationID, seq: In([...seqs]) })),
      });
      for (const message of quoted) found.set(keyOf(message), message);
    }
    return found;
  }
}

function keyOf({ conversationID, seq }: Pick<Message, 'conversationID' | 'seq'>): string {
  return `${conversationID}\0${seq}`;
}
