import { Injectable } from '@nestjs/common';
import { isNotificationChannel, notificationChannelID, singleConversationID } from '../../core/ids.js';
import { rowsByKey } from '../../database/rows.js';
import { Transactions } from '../../database/transactions.js';
import { Conversation } from '../conversation.entity.js';
import { ConversationStore } from '../conversation.store.js';
import { Sequence } from '../sequence.entity.js';
import { boundsOf, type Readable } from './readable.js';

/** Prefixes of the chats whose notifications go to a channel. Source: contract/messages.md section 3. */
const CHAT_PREFIXES = ['si', 'sg', 'sn'];

/** Who may read what: every read and every change of history asks here first. */
@Injectable()
export class ReadableConversations {
  constructor(
    private readonly transactions: Transactions,
    private readonly conversations: ConversationStore,
  ) {}

  /**
   * Those of the conversations that a user may read, with two queries at most. A chat needs a conversation of his. A
   * channel of notifications needs a chat of his that it belongs to; who left a group reads its channel no more.
   */
  async of(userID: string, conversationIDs: readonly string[]): Promise<Map<string, Readable>> {
    const ids = [...new Set(conversationIDs)];
    const own = await this.conversations.findAll(userID, ids.flatMap(chatsOf));
    const chatsBehind = (channel: string): Conversation[] =>
      chatsOf(channel)
        .flatMap((chat) => own.get(chat) ?? [])
        .filter(isCurrent);
    const mine = ids.filter(
      (id) => own.has(id) || id === ownChannel(userID) || (isNotificationChannel(id) && chatsBehind(id).length > 0),
    );
    const counters = await this.counters(mine);
    const readable = new Map<string, Readable>();
    for (const conversationID of mine) {
      const conversation = own.get(conversationID);
      const chats = conversation ? [conversation] : chatsBehind(conversationID);
      readable.set(conversationID, {
        conversationID,
        userID,
        ...boundsOf(counters.get(conversationID), conversation),
        groupIDs: chats.flatMap(({ groupID }) => groupID || []),
        ...(conversation ? { conversation } : {}),
      });
    }
    return readable;
  }

  /** As `of`, for one. */
  async one(userID: string, conversationID: string): Promise<Readable | undefined> {
    return (await this.of(userID, [conversationID])).get(conversationID);
  }

  /** Every conversation in a user's list. */
  all(userID: string): Promise<Conversation[]> {
    return rowsByKey(this.transactions.manager, Conversation, ['ownerUserID'], [[userID]]);
  }

  /** The channels of notifications that concern a user: those of his chats, and his own. */
  channelsOf(userID: string, conversations: readonly Conversation[]): string[] {
    const chats = conversations.filter(isCurrent).map(({ conversationID }) => notificationChannelID(conversationID));
    return [...new Set([...chats, ownChannel(userID)])];
  }

  /** The counters of conversations; those without messages have none. */
  async counters(conversationIDs: readonly string[]): Promise<Map<string, Sequence>> {
    const keys = conversationIDs.map((conversationID) => [conversationID]);
    const rows = await rowsByKey(this.transactions.manager, Sequence, ['conversationID'], keys);
    return new Map(rows.map((row) => [row.conversationID, row]));
  }
}

/** The chats that make a conversation readable: itself, or those whose notifications a channel carries. IDs are never taken apart. */
function chatsOf(conversationID: string): string[] {
  if (!isNotificationChannel(conversationID)) return [conversationID];
  return CHAT_PREFIXES.map((prefix) => prefix + conversationID.slice(1));
}

/** A chat the user is still in: of a group he left he keeps the past alone. */
function isCurrent({ groupID, maxSeq }: Conversation): boolean {
  return !groupID || maxSeq === 0;
}

/** Where a user's notifications to himself go. */
function ownChannel(userID: string): string {
  return notificationChannelID(singleConversationID(userID, userID));
}
