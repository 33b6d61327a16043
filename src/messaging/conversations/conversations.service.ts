import { Injectable } from '@nestjs/common';
import type { Actor } from '../../core/actor.js';
import { ArgumentInvalid } from '../../core/errors.js';
import { type Page, pageBounds } from '../../core/pages.js';
import { assertSelf } from '../../core/permissions.js';
import { ReceiveOption } from '../../core/protocol.js';
import { Transactions } from '../../database/transactions.js';
import { Incremental } from '../../sync/incremental.js';
import type { Changes, FullIDs, KnownVersion } from '../../sync/views.js';
import type { Conversation } from '../conversation.entity.js';
import { ConversationStore } from '../conversation.store.js';
import { ConversationNotFound } from './conversation.errors.js';
import { ConversationRepository } from './conversation.repository.js';
import type { Standing } from './standing.js';

const DAY_MS = 86_400_000;

/** Which conversations to delete: either of them, not both. */
export interface DeleteConversations {
  ownerUserID: string;
  conversationIDs: readonly string[];
  /** Those whose last message is older than this many days; 0 when not asked for. */
  needDeleteTime: number;
}

/** The conversations of a user: reading and deleting them. Everybody his own, an administrator anybody's. */
@Injectable()
export class ConversationsService {
  constructor(
    private readonly transactions: Transactions,
    private readonly store: ConversationStore,
    private readonly conversations: ConversationRepository,
    private readonly incremental: Incremental,
  ) {}

  /** @throws NotPermitted, ConversationNotFound */
  async get(actor: Actor, ownerUserID: string, conversationID: string): Promise<Conversation> {
    assertSelf(actor, ownerUserID);
    const [found] = await this.conversations.some(ownerUserID, [conversationID]);
    if (!found) throw new ConversationNotFound();
    return found;
  }

  /** Those of the conversations that are there, in the order asked. @throws NotPermitted */
  async getSome(actor: Actor, ownerUserID: string, conversationIDs: readonly string[]): Promise<Conversation[]> {
    assertSelf(actor, ownerUserID);
    return this.conversations.some(ownerUserID, conversationIDs);
  }

  /** In storage order: the oldest first. @throws NotPermitted */
  async getAll(actor: Actor, ownerUserID: string): Promise<Conversation[]> {
    assertSelf(actor, ownerUserID);
    return this.conversations.list(ownerUserID);
  }

  /** A page in storage order. @throws NotPermitted */
  async page(actor: Actor, userID: string, page: Page): Promise<{ total: number; conversations: Conversation[] }> {
    assertSelf(actor, userID);
    const total = await this.conversations.count(userID);
    const bounds = pageBounds(page, total);
    return { total, conversations: bounds.limit === 0 ? [] : await this.conversations.list(userID, bounds) };
  }

  /** Conversations received without offline push. @throws NotPermitted */
  async notNotifyIDs(actor: Actor, userID: string): Promise<string[]> {
    assertSelf(actor, userID);
    return this.conversations.ids(userID, { recvMsgOpt: ReceiveOption.withoutPush });
  }

  /** @throws NotPermitted */
  async pinnedIDs(actor: Actor, userID: string): Promise<string[]> {
    assertSelf(actor, userID);
    return this.conversations.ids(userID, { isPinned: true });
  }

  /** The IDs of all conversations in storage order, unless their hash is the client's. @throws NotPermitted */
  async fullIDs(actor: Actor, userID: string, idHash: bigint): Promise<FullIDs> {
    assertSelf(actor, userID);
    const load = (): Promise<string[]> => this.conversations.ids(userID);
    return this.incremental.fullIDs('conversations', { ownerID: userID, idHash, load });
  }

  /** What changed since the version a client has. @throws NotPermitted */
  async changes(actor: Actor, userID: string, known: KnownVersion): Promise<Changes<Conversation>> {
    assertSelf(actor, userID);
    return this.incremental.changes('conversations', {
      ownerID: userID,
      known,
      load: async (ids) => {
        const rows = await this.conversations.some(userID, ids);
        return new Map(rows.map((row) => [row.conversationID, row]));
      },
    });
  }

  /**
   * Where a user's conversations stand, all of them or some: those in which he may read something, pinned ones first, then
   * the newest. For services; nobody is asked whether he may.
   */
  standings(userID: string, conversationIDs?: readonly string[]): Promise<Standing[]> {
    return this.conversations.standings(userID, conversationIDs);
  }

  /**
   * Deletes conversations from the owner's list. What he could read he can read again when the conversation comes back,
   * with its next message. Source: contract/v3/conversation.md. @throws NotPermitted, ArgumentInvalid
   */
  async delete(actor: Actor, { ownerUserID, conversationIDs, needDeleteTime }: DeleteConversations): Promise<void> {
    assertSelf(actor, ownerUserID);
    const named = conversationIDs.length > 0;
    if (!named && needDeleteTime === 0) {
      throw new ArgumentInvalid('need_delete_time or conversationIDs need be set', 'conversationIDs');
    }
    if (named && needDeleteTime !== 0) {
      throw new ArgumentInvalid('need_delete_time and conversationIDs cannot both be set', 'needDeleteTime');
    }
    await this.transactions.run(async () => {
      const ids = named ? conversationIDs : await this.olderThan(ownerUserID, needDeleteTime);
      await this.store.close(ownerUserID, [...new Set(ids)]);
    });
  }

  private async olderThan(ownerUserID: string, days: number): Promise<string[]> {
    const limit = Date.now() - days * DAY_MS;
    const standings = await this.conversations.standings(ownerUserID);
    return standings.filter(({ newestTime }) => newestTime < limit).map(({ conversationID }) => conversationID);
  }
}
