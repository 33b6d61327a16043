import { Module } from '@nestjs/common';
import { DialectsModule } from '../dialects/dialects.module.js';
import { SyncModule } from '../sync/sync.module.js';
import { UsersModule } from '../users/users.module.js';
import { BlackRepository } from './black.repository.js';
import { BlacksController } from './blacks.controller.js';
import { BlacksService } from './blacks.service.js';
import { FriendListsController } from './friend-lists.controller.js';
import { FriendListsService } from './friend-lists.service.js';
import { FriendRequestRepository } from './friend-request.repository.js';
import { FriendRequestsController } from './friend-requests.controller.js';
import { FriendRequestsService } from './friend-requests.service.js';
import { FriendRepository } from './friend.repository.js';
import { FriendsController } from './friends.controller.js';
import { FriendsService } from './friends.service.js';
import { Friendships } from './friendships.js';

@Module({
  imports: [DialectsModule, SyncModule, UsersModule],
  controllers: [FriendsController, FriendListsController, FriendRequestsController, BlacksController],
  providers: [
    FriendsService,
    FriendListsService,
    FriendRequestsService,
    BlacksService,
    Friendships,
    FriendRepository,
    FriendRequestRepository,
    BlackRepository,
  ],
  exports: [FriendsService, FriendListsService, FriendRequestsService, BlacksService],
})
export class FriendsModule {}
