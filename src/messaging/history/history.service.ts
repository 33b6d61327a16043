import { Injectable } from '@nestjs/common';
import { Between, In, Not } from 'typeorm';
import type { Actor } from '../../core/actor.js';
import { NotPermitted } from '../../core/errors.js';
import { inChunks } from '../../database/bulk.js';
import { Transactions } from '../../database/transactions.js';
import { ConversationStore } from '../conversation.store.js';
import { Conversation } from '../conversation.entity.js';
import { Message } from '../message.entity.js';
import { Sequence } from '../sequence.entity.js';
import type { ShownMessage } from './shown-message.js';

/** Part of a conversation. */
export interface SeqRange {
  conversationID: string;
  /** First and last seq, both included. */
  begin: number;
  end: number;
  /** Most messages to answer; of a longer range the last ones. */
  num: number;
}

export interface PullMessages {
  userID: string;
  ranges: readonly SeqRange[];
  /** Newest first: tells only which end `isEnd` is about. */
  descending: boolean;
}

/** Messages of one range, ascending by seq. */
export interface History {
  conversationID: string;
  messages: Message[];
  /** Nothing readable lies beyond the range, in the direction asked. */
  isEnd: boolean;
}

/** Most messages of one range, however many are asked for. */
const MAX_PULL = 1_000;

/** Reading what was stored. */
@Injectable()
export class HistoryService {
  constructor(
    private readonly transactions: Transactions,
    private readonly conversations: ConversationStore,
  ) {}

  /** The newest seq of each of a user's conversations with messages. Source: contract/messages.md 6.1. @throws NotPermitted */
  async newestSeqs(actor: Actor, userID: string): Promise<Map<string, number>> {
    assertSelf(actor, userID);
    const { manager } = this.transactions;
    const mine = await manager.find(Conversation, { select: { conversationID: true }, where: { ownerUserID: userID } });
    const counters = await inChunks(mine, (some) =>
      manager.findBy(Sequence, {
        conversationID: In(some.map(({ conversationID }) => conversationID)),
        maxSeq: Not(0),
      }),
    );
    return new Map(counters.map(({ conversationID, maxSeq }) => [conversationID, maxSeq]));
  }

  /**
   * Messages by ranges of seqs. A range of a conversation the user does not have, or without readable messages, is left
   * out. Source: contract/messages.md 6.3. @throws NotPermitted
   */
  async pull(actor: Actor, { userID, ranges, descending }: PullMessages): Promise<History[]> {
    assertSelf(actor, userID);
    const pulled = await Promise.all(ranges.map((range) => this.pullRange(userID, range, descending)));
    return pulled.filter((history) => history !== undefined);
  }

  /**
   * The newest message of each conversation as its user is shown it; left out are conversations he does not have or may
   * read nothing of. Source: contract/messages.md 6.5.
   */
  async lastMessages(userID: string, conversationIDs: readonly string[]): Promise<Map<string, ShownMessage>> {
    const shown = new Map<string, ShownMessage>();
    for (const conversationID of conversationIDs) {
      if (!(await this.conversations.find(userID, conversationID))) continue;
      const last = await this.transactions.manager.findOne(Message, {
        where: { conversationID },
        order: { seq: 'DESC' },
      });
      if (last) shown.set(conversationID, last);
    }
    return shown;
  }

  private async pullRange(userID: string, range: SeqRange, descending: boolean): Promise<History | undefined> {
    const { conversationID } = range;
    const { manager } = this.transactions;
    const conversation = await this.conversations.find(userID, conversationID);
    const counter = conversation && (await manager.findOneBy(Sequence, { conversationID }));
    if (!counter) return undefined;
    const min = Math.max(counter.minSeq, conversation.minSeq, 1);
    const max = conversation.maxSeq > 0 ? Math.min(counter.maxSeq, conversation.maxSeq) : counter.maxSeq;
    const end = Math.min(range.end, max);
    const begin = Math.max(range.begin, min, end - Math.min(range.num, MAX_PULL) + 1);
    if (end < begin) return undefined;
    const messages = await manager.find(Message, {
      where: { conversationID, seq: Between(begin, end) },
      order: { seq: 'ASC' },
    });
    return { conversationID, messages, isEnd: descending ? range.begin <= min : max <= range.end };
  }
}

/** One's own messages, or anybody's for an administrator. */
function assertSelf(actor: Actor, userID: string): void {
  if (!actor.isAdmin && actor.userID !== userID) throw new NotPermitted('ownerUserID, userID=MISSING');
}
