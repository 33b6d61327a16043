import { Injectable } from '@nestjs/common';
import { rowsWhere } from '../database/rows.js';
import { Transactions } from '../database/transactions.js';
import { Message } from './message.entity.js';

/** Stored messages that somebody may not have heard of when they were. */
@Injectable()
export class MissedMessages {
  constructor(private readonly transactions: Transactions) {}

  /** Those of a conversation with these seqs that were not revoked meanwhile, in order. */
  async between(conversationID: string, first: number, last: number): Promise<Message[]> {
    const where = 'conversationID = ? AND seq BETWEEN ? AND ?';
    const { manager } = this.transactions;
    return unrevoked(await rowsWhere(manager, Message, where, [[conversationID, first, last]], { order: ['seq'] }));
  }

  /**
   * Those of all conversations that were sent since a moment, the oldest first.
   *
   * @param since epoch milliseconds
   * @param limit of how many are looked at
   */
  async since(since: number, limit: number): Promise<{ messages: Message[]; all: boolean }> {
    const page = { offset: 0, limit: limit + 1 };
    const { manager } = this.transactions;
    const found = await rowsWhere(manager, Message, 'sendTime >= ?', [[since]], { order: ['sendTime', 'seq'], page });
    return { messages: unrevoked(found.slice(0, limit)), all: found.length <= limit };
  }
}

function unrevoked(messages: readonly Message[]): Message[] {
  return messages.filter(({ revocation }) => revocation === '');
}
