import { Injectable } from '@nestjs/common';
import { In, Not } from 'typeorm';
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
import { ReadPosition } from '../read-position.entity.js';
import { conversationNotFound } from './history.errors.js';
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
   * Marks messages as read, and everything before the newest of them; the peer or the group is told.
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
      await this.tellRead(own, { read: inOrder(seqs, own), until: newest });
    });
  }

  /**
   * Marks a conversation as read up to a seq; beyond its end counts as the end. In a single chat the messages that become
   * read by it are marked and the peer is told; elsewhere only the user's own devices are.
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
      const from = Math.max(await this.position(own), own.min - 1) + 1;
      const become = Array.from({ length: Math.max(0, until - from + 1) }, (_, index) => from + index);
      await this.tellRead(own, { read: inOrder([...become, ...seqs], own), until });
    });
  }

  /**
   * Sets how far a user has read; his own devices are told.
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

  private async tellRead(
    own: OwnConversation,
    { read, until }: { read: readonly number[]; until: number },
  ): Promise<void> {
    const { userID, conversation, conversationID } = own;
    if (conversation.conversationType === SessionType.single) await this.markRead(own, read);
    const hasReadSeq = Math.max(await this.position(own), until);
    await this.raise(userID, new Map([[conversationID, hasReadSeq]]));
    await this.events.publish(new MessagesRead(userID, conversation, read.slice(-MAX_RECEIPT), hasReadSeq));
  }

  private async moveTo(own: OwnConversation, until: number): Promise<void> {
    const { userID, conversation, conversationID } = own;
    const hasReadSeq = Math.max(await this.position(own), until);
    await this.raise(userID, new Map([[conversationID, hasReadSeq]]));
    await this.events.publish(new ReadPositionMoved(userID, conversation, hasReadSeq));
  }

  /** The peer's messages among the seqs, which ascend, show as read from now on. */
  private async markRead({ conversationID, userID }: Readable, seqs: readonly number[]): Promise<void> {
    const { manager } = this.transactions;
    for (const some of chunks(seqs)) {
      await manager.update(
        Message,
        { conversationID, seq: within(some), recvID: userID, sendID: Not(userID), isRead: false },
        { isRead: true },
      );
    }
  }

  private async position({ userID, conversationID }: Readable): Promise<number> {
    const found = await this.transactions.manager.findOneBy(ReadPosition, { userID, conversationID });
    return found?.hasReadSeq ?? 0;
  }

  /** @throws RecordNotFound */
  private async own(userID: string, conversationID: string): Promise<OwnConversation> {
    const own = await this.readable.one(userID, conversationID);
    if (!isOwn(own)) throw conversationNotFound();
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

function beyondTheEnd(): ArgumentInvalid {
  return new ArgumentInvalid('hasReadSeq must not be bigger than maxSeq', 'hasReadSeq');
}
