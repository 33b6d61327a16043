import { CurrentActor } from '../../access/current-actor.js';
import type { Actor } from '../../core/actor.js';
import type { Page } from '../../core/pages.js';
import { ImCall, ImController, Input } from '../../dialects/im-call.js';
import type { Changes, FullIDs, KnownVersion } from '../../sync/views.js';
import type { Conversation } from '../conversation.entity.js';
import { ConversationSettings, type SetConversations } from './conversation-settings.service.js';
import { ConversationsService, type DeleteConversations } from './conversations.service.js';
import { SortedConversations, type SortedList, type SortedListQuery } from './sorted-conversations.service.js';
import {
  conversationIDsV3,
  deleteConversationsV3,
  getAllConversationsV3,
  getConversationsV3,
  getConversationV3,
  getFullConversationIDsV3,
  getIncrementalConversationsV3,
  getOwnerConversationV3,
  getSortedConversationListV3,
  setConversationsV3,
  updateConversationsByUserV3,
} from './wire/v3.js';

@ImController('conversations')
export class ConversationsController {
  constructor(
    private readonly conversations: ConversationsService,
    private readonly settings: ConversationSettings,
    private readonly sorted: SortedConversations,
  ) {}

  @ImCall({
    path: 'conversation/get_conversation',
    summary: 'Reads a conversation',
    v3: getConversationV3,
    by: 'token',
  })
  get(
    @CurrentActor() actor: Actor,
    @Input() { ownerUserID, conversationID }: { ownerUserID: string; conversationID: string },
  ): Promise<Conversation> {
    return this.conversations.get(actor, ownerUserID, conversationID);
  }

  @ImCall({
    path: 'conversation/get_conversations',
    summary: 'Reads conversations by ID; those that are not there are left out',
    v3: getConversationsV3,
    by: 'token',
  })
  getSome(
    @CurrentActor() actor: Actor,
    @Input() { ownerUserID, conversationIDs }: { ownerUserID: string; conversationIDs: string[] },
  ): Promise<Conversation[]> {
    return this.conversations.getSome(actor, ownerUserID, conversationIDs);
  }

  @ImCall({
    path: 'conversation/get_all_conversations',
    summary: 'Reads all conversations of a user, the oldest first',
    v3: getAllConversationsV3,
    by: 'token',
  })
  getAll(@CurrentActor() actor: Actor, @Input() ownerUserID: string): Promise<Conversation[]> {
    return this.conversations.getAll(actor, ownerUserID);
  }

  @ImCall({
    path: 'conversation/get_owner_conversation',
    summary: "Reads a page of a user's conversations, the oldest first",
    v3: getOwnerConversationV3,
    by: 'token',
  })
  getPage(
    @CurrentActor() actor: Actor,
    @Input() { userID, page }: { userID: string; page: Page },
  ): Promise<{ total: number; conversations: Conversation[] }> {
    return this.conversations.page(actor, userID, page);
  }

  @ImCall({
    path: 'conversation/get_sorted_conversation_list',
    summary: "Reads a page of a user's conversations as clients list them: pinned ones first, then the newest",
    v3: getSortedConversationListV3,
    by: 'token',
  })
  getSorted(@CurrentActor() actor: Actor, @Input() query: SortedListQuery): Promise<SortedList> {
    return this.sorted.page(actor, query);
  }

  @ImCall({
    path: 'conversation/set_conversations',
    summary: 'Sets members of a conversation for users, for all of them or none',
    v3: setConversationsV3,
    by: 'token',
  })
  set(@CurrentActor() actor: Actor, @Input() order: SetConversations): Promise<void> {
    return this.settings.set(actor, order);
  }

  @ImCall({
    path: 'conversation/update_conversations_by_user',
    summary: "Sets `ex` in all of a user's conversations with other users",
    v3: updateConversationsByUserV3,
    by: 'token',
  })
  updateByUser(
    @CurrentActor() actor: Actor,
    @Input() { userID, ex }: { userID: string; ex: string | undefined },
  ): Promise<void> {
    return this.settings.setExOfSingleChats(actor, userID, ex);
  }

  @ImCall({
    path: 'conversation/delete_conversations',
    summary: "Deletes conversations from a user's list; their messages stay",
    v3: deleteConversationsV3,
    by: 'token',
  })
  delete(@CurrentActor() actor: Actor, @Input() order: DeleteConversations): Promise<void> {
    return this.conversations.delete(actor, order);
  }

  @ImCall({
    path: 'conversation/get_not_notify_conversation_ids',
    summary: 'Lists the conversations a user receives without offline push',
    v3: conversationIDsV3,
    by: 'token',
  })
  getNotNotifyIDs(@CurrentActor() actor: Actor, @Input() userID: string): Promise<string[]> {
    return this.conversations.notNotifyIDs(actor, userID);
  }

  @ImCall({
    path: 'conversation/get_pinned_conversation_ids',
    summary: 'Lists the conversations a user has pinned',
    v3: conversationIDsV3,
    by: 'token',
  })
  getPinnedIDs(@CurrentActor() actor: Actor, @Input() userID: string): Promise<string[]> {
    return this.conversations.pinnedIDs(actor, userID);
  }

  @ImCall({
    path: 'conversation/get_full_conversation_ids',
    summary: "Lists the IDs of all of a user's conversations, unless the client has them",
    v3: getFullConversationIDsV3,
    by: 'token',
  })
  getFullIDs(
    @CurrentActor() actor: Actor,
    @Input() { userID, idHash }: { userID: string; idHash: bigint },
  ): Promise<FullIDs> {
    return this.conversations.fullIDs(actor, userID, idHash);
  }

  @ImCall({
    path: 'conversation/get_incremental_conversations',
    summary: "Tells what changed in a user's conversations since a version",
    v3: getIncrementalConversationsV3,
    by: 'token',
  })
  getChanges(
    @CurrentActor() actor: Actor,
    @Input() { userID, known }: { userID: string; known: KnownVersion },
  ): Promise<Changes<Conversation>> {
    return this.conversations.changes(actor, userID, known);
  }
}
