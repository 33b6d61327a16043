import { Module } from '@nestjs/common';
import { DialectsModule } from '../dialects/dialects.module.js';
import { FriendsModule } from '../friends/friends.module.js';
import { GroupsModule } from '../groups/groups.module.js';
import { SyncModule } from '../sync/sync.module.js';
import { UsersModule } from '../users/users.module.js';
import { ConversationStore } from './conversation.store.js';
import { HistoryService } from './history.service.js';
import { MessageStore } from './message.store.js';
import { MessageWriter } from './message.writer.js';
import { MessagesController } from './messages.controller.js';
import { MessagesService } from './messages.service.js';
import { FriendNotifications } from './notifications/friend.notifications.js';
import { GroupNotifications } from './notifications/group.notifications.js';
import { GroupTips } from './notifications/group.tips.js';
import { Notifier } from './notifications/notifier.js';
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
  controllers: [MessagesController, SendingController, MessageSearchController],
  providers: [
    MessagesService,
    HistoryService,
    MessageWriter,
    MessageStore,
    ConversationStore,
    Relations,
    SendingService,
    SendStatuses,
    MessageSearchService,
    MessageSearchRepository,
    SendJobs,
    Mentions,
    Notifier,
    GroupTips,
    FriendNotifications,
    GroupNotifications,
  ],
  exports: [MessagesService, HistoryService, SendingService, MessageSearchService],
})
export class MessagingModule {}
