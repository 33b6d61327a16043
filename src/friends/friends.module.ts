import { Module } from '@nestjs/common';
import { DialectsModule } from '../dialects/dialects.module.js';
import { SyncModule } from '../sync/sync.module.js';
import { UsersModule } from '../users/users.module.js';
import { FriendRepository } from './friend.repository.js';
import { FriendsController } from './friends.controller.js';
import { FriendsService } from './friends.service.js';
import { FriendProfileChanges } from './profile-changes.js';

@Module({
  imports: [DialectsModule, SyncModule, UsersModule],
  controllers: [FriendsController],
  providers: [FriendsService, FriendRepository, FriendProfileChanges],
  exports: [FriendsService],
})
export class FriendsModule {}
