import { Injectable } from '@nestjs/common';
import type { Actor } from '../core/actor.js';
import { FriendListsService, type UserRelation } from '../friends/friend-lists.service.js';
import { GroupQueries } from '../groups/group-queries.service.js';
import type { GroupSummary } from '../groups/groups.service.js';
import type { Conversation } from '../messaging/conversation.entity.js';
import { ConversationsService } from '../messaging/conversations/conversations.service.js';
import { type Standing, unreadOfAll } from '../messaging/conversations/standing.js';
import { HistoryService } from '../messaging/history/history.service.js';
import type { ShownMessage } from '../messaging/history/shown-message.js';

/** A conversation with everything a client shows of it. */
export interface ActiveConversation {
  conversation: Conversation;
  standing: Standing;
  lastMessage: ShownMessage;
  /** Whom a chat is with, and whether he is a friend; undefined in a group, and when he is gone. */
  peer: UserRelation | undefined;
  /** Undefined outside a group, and when it is gone. */
  group: GroupSummary | undefined;
}

export interface ActiveConversations {
  /** Of more conversations than those listed. */
  unread: number;
  conversations: ActiveConversation[];
  /** There was nothing to look into; an empty list then is null. */
  none: boolean;
}

const NOTHING: ActiveConversations = { unread: 0, conversations: [], none: true };

/** What the JavaScript client reads in place of a local store. Always of the caller himself. */
@Injectable()
export class JssdkService {
  constructor(
    private readonly conversations: ConversationsService,
    private readonly history: HistoryService,
    private readonly friends: FriendListsService,
    private readonly groups: GroupQueries,
  ) {}

  /**
   * The caller's first conversations with messages: pinned ones first, then the newest; unread is counted over all of them.
   * Source: contract/v3/jssdk.md, contract/sync.md section 4.
   */
  async active(actor: Actor, count: number): Promise<ActiveConversations> {
    const standings = await this.conversations.standings(actor.userID);
    if (standings.length === 0) return NOTHING;
    const ids = standings.slice(0, count).map(({ conversationID }) => conversationID);
    const rows = await this.conversations.getSome(actor, actor.userID, ids);
    return { unread: unreadOfAll(standings), conversations: await this.complete(actor, rows, standings), none: false };
  }

  /** Those of the conversations the caller has and that have a message, in the order asked. Source: contract/v3/jssdk.md. */
  async some(actor: Actor, conversationIDs: readonly string[]): Promise<ActiveConversations> {
    const rows = await this.conversations.getSome(actor, actor.userID, conversationIDs);
    if (rows.length === 0) return NOTHING;
    const standings = await this.conversations.standings(
      actor.userID,
      rows.map(({ conversationID }) => conversationID),
    );
    return { unread: unreadOfAll(standings), conversations: await this.complete(actor, rows, standings), none: false };
  }

  /** Adds what is told besides the rows; those without a message are left out. Some lookups for all of them together. */
  private async complete(
    actor: Actor,
    rows: readonly Conversation[],
    standings: readonly Standing[],
  ): Promise<ActiveConversation[]> {
    const standing = new Map(standings.map((one) => [one.conversationID, one]));
    const readable = rows.map(({ conversationID }) => conversationID).filter((id) => standing.has(id));
    const messages = await this.history.lastMessages(actor.userID, readable);
    const shown = rows.filter(({ conversationID }) => messages.has(conversationID));
    const peers = await this.friends.relations(actor, actor.userID, unique(shown.map(({ userID }) => userID)));
    const peerByID = new Map(peers.map((peer) => [peer.user.userID, peer]));
    const groups = await this.groups.find(unique(shown.map(({ groupID }) => groupID)));
    const groupByID = new Map(groups.map((summary) => [summary.group.groupID, summary]));
    return shown.map((conversation) => ({
      conversation,
      standing: standing.get(conversation.conversationID) as Standing,
      lastMessage: messages.get(conversation.conversationID) as ShownMessage,
      peer: conversation.groupID ? undefined : peerByID.get(conversation.userID),
      group: groupByID.get(conversation.groupID),
    }));
  }
}

/** Each ID once; "" is none. */
function unique(ids: readonly string[]): string[] {
  return [...new Set(ids)].filter((id) => id !== '');
}
