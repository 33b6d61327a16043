import { Injectable } from '@nestjs/common';
import { Between, MoreThanOrEqual } from 'typeorm';
import { Transactions } from '../../database/transactions.js';
import { Message } from '../message.entity.js';
import { Sequence } from '../sequence.entity.js';
import { HiddenMessage } from './hidden-message.entity.js';
import { Horizons } from './horizons.js';

/** Messages that one transaction removes at most. */
const BATCH = 500;

/** Removing old messages for everybody and for good, a few at a time. Source: contract/messages.md section 8. */
@Injectable()
export class MessageRemoval {
  constructor(
    private readonly transactions: Transactions,
    private readonly horizons: Horizons,
  ) {}

  /**
   * Removes the messages of a conversation that were sent before a moment: from the first one up to the first that is not
   * older, so that what stays is dense.
   *
   * @param before epoch milliseconds
   */
  async removeOlder(conversationID: string, before: number): Promise<void> {
    while ((await this.removeSome(conversationID, before)) !== undefined);
  }

  /**
   * As {@link MessageRemoval.removeOlder}, but a batch of them, the lowest seqs first, in one transaction that raises the seq
   * from which on anybody may read to the first that stays. Senders wait for it only while it commits.
   *
   * @returns how many it removed, 0 when somebody else was first; undefined when none is older
   */
  async removeSome(conversationID: string, before: number): Promise<number | undefined> {
    const range = await this.nextRange(conversationID, before);
    if (!range) return undefined;
    return this.transactions.run(async () => {
      const { manager } = this.transactions;
      const those = { conversationID, seq: Between(...range) };
      const { affected } = await manager.delete(Message, those);
      if (!affected) return 0;
      await manager.delete(HiddenMessage, those);
      // Last, since senders wait for whoever holds the counter.
      await this.horizons.raise(new Map([[conversationID, range[1]]]));
      return affected;
    });
  }

  /** The lowest seqs of which all messages are older, with those that have none any more: at most {@link BATCH} messages. */
  private async nextRange(conversationID: string, before: number): Promise<[first: number, last: number] | undefined> {
    const { manager } = this.transactions;
    // The counter first: what is written from now on is beyond it.
    const counter = await manager.findOneBy(Sequence, { conversationID });
    const lowest = (from: number, take: number): Promise<Message[]> =>
      manager.find(Message, {
        select: { conversationID: true, seq: true, sendTime: true },
        where: { conversationID, seq: MoreThanOrEqual(from) },
        order: { seq: 'ASC' },
        take,
      });
    const [first] = await lowest(0, 1);
    if (!counter || !first || first.sendTime >= before) return undefined;
    // One more than are removed: up to it nothing stays.
    const some = await lowest(first.seq, BATCH + 1);
    const kept = some.find(({ sendTime }, index) => index === BATCH || sendTime >= before);
    return [first.seq, kept ? kept.seq - 1 : Math.max(counter.maxSeq, some[some.length - 1].seq)];
  }
}
