import { Module } from '@nestjs/common';
import { DialectsModule } from '../dialects/dialects.module.js';
import { FriendsModule } from '../friends/friends.module.js';
import { GroupsModule } from '../groups/groups.module.js';
import { SyncModule } from '../sync/sync.module.js';
import { UsersModule } from '../users/users.module.js';
import { ConversationStore } from './conversation.store.js';
import { Counters } from './counters.js';
import { GroupConversations } from './group-conversations.js';
import { DeletionService } from './history/deletion.service.js';
import { HistoryController } from './history/history.controller.js';
import { Horizons } from './history/horizons.js';
import { MessageExpiry } from './history/message-expiry.js';
import { MessageRemoval } from './history/message-removal.js';
import { MessageRetention } from './history/message-retention.js';
import { ConversationRepository } from './conversations/conversation.repository.js';
import { ConversationSettings } from './conversations/conversation-settings.service.js';
import { ConversationsController } from './conversations/conversations.controller.js';
import { ConversationsService } from './conversations/conversations.service.js';
import { SortedConversations } from './conversations/sorted-conversations.service.js';
import { HistoryService } from './history/history.service.js';
import { ReadStateService } from './history/read-state.service.js';
import { ReadableConversations } from './history/readable-conversations.js';
import { RevocationsService } from './history/revocations.service.js';
import { ShownMessages } from './history/shown-messages.js';
import { MissedMessages } from './missed-messages.js';
import { MessageStore } from './message.store.js';
import { MessageWriter } from './message.writer.js';
import { MessagesController } from './messages.controller.js';
import { MessagesService } from './messages.service.js';
import { ConversationNotifications } from './notifications/conversation.notifications.js';
import { FriendNotifications } from './notifications/friend.notifications.js';
import { GroupRequestNotifications } from './notifications/group-request.notifications.js';
import { GroupNotifications } from './notifications/group.notifications.js';
import { GroupTips } from './notifications/group.tips.js';
import { MessageNotifications } from './notifications/message.notifications.js';
import { MemberNotifications } from './notifications/member.notifications.js';
import { Notifier } from './notifications/notifier.js';
import { UserNotifications } from './notifications/user.notifications.js';

import { MessageSearchController } from './search/message-search.controller.js';
import { MessageSearchRepository } from './search/message-search.repository.js';
import { MessageSearchService } from './search/message-search.service.js';
import { Mentions } from './sending/mentions.js';
import { Relations } from './sending/relations.js';
import { SendJobs } from './sending/send-jobs.js';
import { SendStatuses } from './sending/send-statuses.js';
import { SendingController } from './sending/sending.controller.js';
import { SendingService } from './sending/sending.service.js';

@Module({
  imports: [DialectsModule, SyncModule, UsersModule, FriendsModule, GroupsModule],
  controllers: [
    MessagesController,
    SendingController,
    MessageSearchController,
    HistoryController,
    ConversationsController,
  ],
  providers: [
    MessagesService,
    HistoryService,
    ReadableConversations,
    ShownMessages,
    RevocationsService,
    ReadStateService,
    DeletionService,
    Horizons,
    MessageExpiry,
    MessageRemoval,
    MessageRetention,
    MessageWriter,
    MessageStore,
    MissedMessages,
    ConversationStore,
    Counters,
    GroupConversations,
    Relations,
    SendingService,
    SendStatuses,
    MessageSearchService,
    MessageSearchRepository,
    SendJobs,
    Mentions,
    ConversationRepository,
    ConversationsService,
    ConversationSettings,
    SortedConversations,
    Notifier,
    GroupTips,
    ConversationNotifications,
    FriendNotifications,
    GroupNotifications,
    UserNotifications,
    MessageNotifications,
    MemberNotifications,
    GroupRequestNotifications,
  ],
  exports: [
    MessagesService,
    SendingService,
    SendJobs,
    MessageSearchService,
    HistoryService,
    RevocationsService,
    ReadStateService,
    DeletionService,
    ConversationsService,
    ConversationSettings,
    MissedMessages,
  ],
})
export class MessagingModule {}
