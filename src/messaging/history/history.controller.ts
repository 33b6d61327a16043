import { CurrentActor } from '../../access/current-actor.js';
import type { Actor } from '../../core/actor.js';
import { ImCall, ImController, Input } from '../../dialects/im-call.js';
import { type ClearConversations, type DeleteMessages, DeletionService, type DeleteSync } from './deletion.service.js';
import {
  type AskReadStates,
  type History,
  HistoryService,
  type PullMessages,
  type ReadStates,
} from './history.service.js';
import { type MarkConversation, type MarkMessages, ReadStateService } from './read-state.service.js';
import { type RevokeMessage, RevocationsService } from './revocations.service.js';
import {
  clearConversationMsgV3,
  deleteMsgPhysicalBySeqV3,
  deleteMsgPhysicalV3,
  deleteMsgsV3,
  type OldMessages,
  userClearAllMsgV3,
} from './wire/v3-deletion.js';
import {
  getConversationsHasReadAndMaxSeqV3,
  markConversationAsReadV3,
  markMsgsAsReadV3,
  setConversationHasReadSeqV3,
} from './wire/v3-read-state.js';
import { newestSeqV3, pullMsgBySeqV3, revokeMsgV3 } from './wire/v3.js';

/** What becomes of messages once they are stored. */
@ImController('messaging')
export class HistoryController {
  constructor(
    private readonly history: HistoryService,
    private readonly revocations: RevocationsService,
    private readonly readState: ReadStateService,
    private readonly deletion: DeletionService,
  ) {}

  @ImCall({
    path: 'msg/newest_seq',
    summary: "Reads the newest seq of each of a user's conversations",
    v3: newestSeqV3,
    by: 'token',
  })
  newestSeqs(@CurrentActor() actor: Actor, @Input() userID: string): Promise<Map<string, number>> {
    return this.history.newestSeqs(actor, userID);
  }

  @ImCall({
    path: 'msg/pull_msg_by_seq',
    summary: 'Reads stored messages by ranges of seqs',
    v3: pullMsgBySeqV3,
    by: 'token',
  })
  pull(@CurrentActor() actor: Actor, @Input() input: PullMessages): Promise<History[]> {
    return this.history.pull(actor, input);
  }

  @ImCall({ path: 'msg/revoke_msg', summary: 'Revokes a message', v3: revokeMsgV3, by: 'token' })
  revoke(@CurrentActor() actor: Actor, @Input() input: RevokeMessage): Promise<void> {
    return this.revocations.revoke(actor, input);
  }

  @ImCall({
    path: 'msg/mark_msgs_as_read',
    summary: 'Marks messages as read',
    v3: markMsgsAsReadV3,
    by: 'token',
  })
  markMessages(@CurrentActor() actor: Actor, @Input() input: MarkMessages): Promise<void> {
    return this.readState.markMessages(actor, input);
  }

  @ImCall({
    path: 'msg/mark_conversation_as_read',
    summary: 'Marks a conversation as read up to a seq',
    v3: markConversationAsReadV3,
    by: 'token',
  })
  markConversation(@CurrentActor() actor: Actor, @Input() input: MarkConversation): Promise<void> {
    return this.readState.markConversation(actor, input);
  }

  @ImCall({
    path: 'msg/set_conversation_has_read_seq',
    summary: 'Sets how far a user has read a conversation, and tells his own devices alone',
    v3: setConversationHasReadSeqV3,
    by: 'token',
  })
  setPosition(@CurrentActor() actor: Actor, @Input() input: Omit<MarkConversation, 'seqs'>): Promise<void> {
    return this.readState.setPosition(actor, input);
  }

  @ImCall({
    path: 'msg/get_conversations_has_read_and_max_seq',
    summary: 'Reads how far conversations go and how far the user has read them',
    v3: getConversationsHasReadAndMaxSeqV3,
    by: 'token',
  })
  readStates(@CurrentActor() actor: Actor, @Input() input: AskReadStates): Promise<ReadStates> {
    return this.history.readStates(actor, input);
  }

  @ImCall({
    path: 'msg/clear_conversation_msg',
    summary: 'Clears conversations, for a user or for everybody',
    v3: clearConversationMsgV3,
    by: 'token',
  })
  clear(@CurrentActor() actor: Actor, @Input() input: ClearConversations): Promise<void> {
    return this.deletion.clear(actor, input);
  }

  @ImCall({
    path: 'msg/user_clear_all_msg',
    summary: 'Clears all conversations of a user, for him or for everybody',
    v3: userClearAllMsgV3,
    by: 'token',
  })
  clearAll(@CurrentActor() actor: Actor, @Input() input: { userID: string; sync: DeleteSync }): Promise<void> {
    return this.deletion.clearAll(actor, input.userID, input.sync);
  }

  @ImCall({
    path: 'msg/delete_msgs',
    summary: 'Deletes messages, for a user or for everybody',
    v3: deleteMsgsV3,
    by: 'token',
  })
  deleteMessages(@CurrentActor() actor: Actor, @Input() input: DeleteMessages): Promise<void> {
    return this.deletion.deleteMessages(actor, input);
  }

  @ImCall({
    path: 'msg/delete_msg_phsical_by_seq',
    summary: 'Deletes messages for everybody, by seq',
    v3: deleteMsgPhysicalBySeqV3,
    by: 'admin',
  })
  removeBySeqs(@CurrentActor() actor: Actor, @Input() input: Omit<DeleteMessages, 'userID' | 'sync'>): Promise<void> {
    return this.deletion.removeBySeqs(actor, input.conversationID, input.seqs);
  }

  @ImCall({
    path: 'msg/delete_msg_physical',
    summary: 'Deletes the messages of conversations that were sent before a moment, for everybody',
    v3: deleteMsgPhysicalV3,
    by: 'admin',
  })
  removeOlder(@CurrentActor() actor: Actor, @Input() input: OldMessages): Promise<void> {
    return this.deletion.removeOlder(actor, input.conversationIDs, input.before);
  }
}
