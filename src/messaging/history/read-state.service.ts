import { Injectable } from '@nestjs/common';
import { Between, type FindOperator, In, Not } from 'typeorm';
import type { Actor } from '../../core/actor.js';
import { ArgumentInvalid } from '../../core/errors.js';
import { assertSelf } from '../../core/permissions.js';
import { SessionType } from '../../core/protocol.js';
import { chunks, insertRows } from '../../database/bulk.js';
import { Transactions } from '../../database/transactions.js';
import { ImEvents } from '../../events/events.js';
import { OnImEvent } from '../../events/on-im-event.js';
import { UsersDeleted } from '../../users/user.events.js';
import type { Conversation } from '../conversation.entity.js';
import { Message } from '../message.entity.js';
import { ConversationNotFound } from '../conversations/conversation.errors.js';
import { ReadPosition } from '../read-position.entity.js';
import { MessagesRead, ReadPositionMoved } from './history.events.js';
import { ReadableConversations } from './readable-conversations.js';
import type { Readable } from './readable.js';
import { within } from './seq-condition.js';

export interface MarkMessages {
  userID: string;
  conversationID: string;
  /** From 1. */
  seqs: readonly number[];
}

export interface MarkConversation {
  userID: string;
  conversationID: string;
  /** From 1. */
  hasReadSeq: number;
  /** Single chats: messages that were read besides. */
  seqs: readonly number[];
}

/** Most seqs a receipt names; what is older shows as read when it is pulled. */
const MAX_RECEIPT = 5_000;

/** A conversation the user has. */
type OwnConversation = Readable & { conversation: Conversation };

/** Who has read what. A read position never falls. Source: contract/messages.md section 7. */
@Injectable()
export class ReadStateService {
  constructor(
    private readonly transactions: Transactions,
    private readonly events: ImEvents,
    private readonly readable: ReadableConversations,
  ) {}

  /**
   * Marks messages as read, and everything before the newest of them; the peer or the group is told when that changes
   * something.
   *
   * @throws NotPermitted
   * @throws RecordNotFound when the user has no such conversation
   * @throws ArgumentInvalid for a seq that does not exist yet
   */
  async markMessages(actor: Actor, { userID, conversationID, seqs }: MarkMessages): Promise<void> {
    assertSelf(actor, userID);
    await this.transactions.run(async () => {
      const own = await this.own(userID, conversationID);
      const newest = seqs.reduce((highest, seq) => Math.max(highest, seq), 0);
      if (newest > own.max) throw beyondTheEnd();
      await this.read(own, { seqs: inOrder(seqs, own), until: newest });
    });
  }

  /**
   * Marks a conversation as read up to a seq; beyond its end counts as the end. In a single chat the messages that become
   * read by it are marked and the peer is told; elsewhere only the user's own devices are. Nobody is told of nothing.
   *
   * @throws NotPermitted
   * @throws RecordNotFound when the user has no such conversation
   */
  async markConversation(actor: Actor, { userID, conversationID, hasReadSeq, seqs }: MarkConversation): Promise<void> {
    assertSelf(actor, userID);
    await this.transactions.run(async () => {
      const own = await this.own(userID, conversationID);
      const until = Math.min(hasReadSeq, own.max);
      if (own.conversation.conversationType !== SessionType.single) return this.moveTo(own, until);
      await this.read(own, { seqs: inOrder(seqs, own), until, all: true });
    });
  }

  /**
   * Sets how far a user has read; his own devices are told when that is further than before.
   *
   * @throws NotPermitted
   * @throws ArgumentInvalid for a seq beyond the end; a conversation he does not have has no seqs
   */
  async setPosition(
    actor: Actor,
    { userID, conversationID, hasReadSeq }: Omit<MarkConversation, 'seqs'>,
  ): Promise<void> {
    assertSelf(actor, userID);
    await this.transactions.run(async () => {
      const own = await this.readable.one(userID, conversationID);
      if (!isOwn(own) || hasReadSeq > own.max) throw beyondTheEnd();
      await this.moveTo(own, hasReadSeq);
    });
  }

  /** Raises how far a user has read conversations, within the open transaction. */
  async raise(userID: string, positions: ReadonlyMap<string, number>): Promise<void> {
    const rows = [...positions].map(([conversationID, hasReadSeq]) => ({ userID, conversationID, hasReadSeq }));
    await insertRows(this.transactions.manager, ReadPosition, rows, { raise: ['hasReadSeq'] });
  }

  /** A new account of the same ID has read nothing. */
  @OnImEvent(UsersDeleted, { phase: 'in-transaction' })
  async forgetUsers({ userIDs }: UsersDeleted): Promise<void> {
    for (const some of chunks(userIDs)) {
      await this.transactions.manager.delete(ReadPosition, { userID: In([...some]) });
    }
  }

  /** Reads the seqs, which ascend, and with `all` every one from the position before up to `until`. */
  private async read(
    own: OwnConversation,
    { seqs, until, all = false }: { seqs: readonly number[]; until: number; all?: boolean },
  ): Promise<void> {
    const { userID, conversation, conversationID } = own;
    const before = await this.position(own);
    const from = all ? Math.max(before + 1, own.min) : until + 1;
    const besides = seqs.filter((seq) => seq < from || seq > until);
    let changed = before < until;
    if (conversation.conversationType === SessionType.single) {
      if (from <= until && (await this.markRead(own, Between(from, until)))) changed = true;
      for (const some of chunks(besides)) if (await this.markRead(own, within(some))) changed = true;
    }
    if (!changed) return;
    const hasReadSeq = Math.max(before, until);
    if (before < until) await this.raise(userID, new Map([[conversationID, hasReadSeq]]));
    const newest = rangeOf(Math.max(from, until - MAX_RECEIPT + 1), until);
    const receipt = [...besides, ...newest].sort((a, b) => a - b).slice(-MAX_RECEIPT);
    await this.events.publish(new MessagesRead(userID, conversation, receipt, hasReadSeq));
  }

  private async moveTo(own: OwnConversation, until: number): Promise<void> {
    const { userID, conversation, conversationID } = own;
    if ((await this.position(own)) >= until) return;
    await this.raise(userID, new Map([[conversationID, until]]));
    await this.events.publish(new ReadPositionMoved(userID, conversation, until));
  }

  /** The peer's messages among the seqs show as read from now on. Answers whether one of them did not before. */
  private async markRead({ conversationID, userID }: Readable, seq: FindOperator<number>): Promise<boolean> {
    const { affected } = await this.transactions.manager.update(
      Message,
      { conversationID, seq, recvID: userID, sendID: Not(userID), isRead: false },
      { isRead: true },
    );
    return affected !== 0;
  }

  private async position({ userID, conversationID }: Readable): Promise<number> {
    const found = await this.transactions.manager.findOneBy(ReadPosition, { userID, conversationID });
    return found?.hasReadSeq ?? 0;
  }

  /** @throws RecordNotFound */
  private async own(userID: string, conversationID: string): Promise<OwnConversation> {
    const own = await this.readable.one(userID, conversationID);
    if (!isOwn(own)) throw new ConversationNotFound();
    return own;
  }
}

function isOwn(readable: Readable | undefined): readable is OwnConversation {
  return readable?.conversation !== undefined;
}

/** Each seq that can be read once, ascending. */
function inOrder(seqs: readonly number[], { min, max }: Readable): number[] {
  return [...new Set(seqs)].filter((seq) => seq >= min && seq <= max).sort((a, b) => a - b);
}

function rangeOf(from: number, until: number): number[] {
  return Array.from({ length: Math.max(0, until - from + 1) }, (_, index) => from + index);
}

function beyondTheEnd(): ArgumentInvalid {
  return new ArgumentInvalid('hasReadSeq must not be bigger than maxSeq', 'hasReadSeq');
}
