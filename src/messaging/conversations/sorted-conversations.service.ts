import { Injectable } from '@nestjs/common';
import type { Actor } from '../../core/actor.js';
import { type Page, pageBounds } from '../../core/pages.js';
import { assertSelf } from '../../core/permissions.js';
import type { GroupSummary } from '../../groups/groups.service.js';
import { GroupQueries } from '../../groups/group-queries.service.js';
import type { User } from '../../users/user.entity.js';
import { UsersService } from '../../users/users.service.js';
import { HistoryService } from '../history/history.service.js';
import type { ShownMessage } from '../history/shown-message.js';
import { ConversationNotFound } from './conversation.errors.js';
import { ConversationRepository } from './conversation.repository.js';
import { type Standing, unreadOfAll } from './standing.js';

export interface SortedListQuery {
  userID: string;
  /** Empty for all. */
  conversationIDs: readonly string[];
  page: Page;
}

/** A conversation in the list, with its newest message and whom it is with. */
export interface SortedConversation {
  standing: Standing;
  /** Undefined when all of its messages are gone. */
  message: ShownMessage | undefined;
  /** Who wrote the message; of one's own in a single chat, the peer. */
  sender: User | undefined;
  group: GroupSummary | undefined;
}

export interface SortedList {
  total: number;
  unread: number;
  conversations: SortedConversation[];
}

/** The list of conversations as a client shows it: pinned ones first, then the newest. */
@Injectable()
export class SortedConversations {
  constructor(
    private readonly users: UsersService,
    private readonly groups: GroupQueries,
    private readonly history: HistoryService,
    private readonly conversations: ConversationRepository,
  ) {}

  /**
   * A page of the list, with totals over all of it. Messages, users and groups are read for the page alone.
   * Source: contract/v3/conversation.md. @throws NotPermitted, ConversationNotFound when the user has none of them
   */
  async page(actor: Actor, { userID, conversationIDs, page }: SortedListQuery): Promise<SortedList> {
    assertSelf(actor, userID);
    const asked = conversationIDs.length > 0 ? conversationIDs : undefined;
    const standings = await this.conversations.standings(userID, asked);
    if (standings.length === 0 && !(await this.conversations.hasAny(userID, asked))) throw new ConversationNotFound();
    const { offset, limit } = pageBounds(page, standings.length);
    const shown = standings.slice(offset, offset + limit);
    return {
      total: standings.length,
      unread: unreadOfAll(standings),
      conversations: await this.withMessages(userID, shown),
    };
  }

  private async withMessages(userID: string, standings: readonly Standing[]): Promise<SortedConversation[]> {
    const messages = await this.history.lastMessages(
      userID,
      standings.map(({ conversationID }) => conversationID),
    );
    const senderOf = ({ sendID, recvID, groupID }: ShownMessage): string =>
      sendID === userID && !groupID ? recvID : sendID;
    const users = await this.users.getAll([...messages.values()].map(senderOf));
    const found = await this.groups.find([...messages.values()].map(({ groupID }) => groupID).filter(Boolean));
    const groups = new Map(found.map((summary) => [summary.group.groupID, summary]));
    return standings.map((standing) => {
      const message = messages.get(standing.conversationID);
      return {
        standing,
        message,
        sender: message && users.get(senderOf(message)),
        group: message && groups.get(message.groupID),
      };
    });
  }
}
