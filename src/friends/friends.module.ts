import { Module } from '@nestjs/common';
import { DialectsModule } from '../dialects/dialects.module.js';
import { UsersModule } from '../users/users.module.js';
import { FriendRepository } from './friend.repository.js';
import { FriendsController } from './friends.controller.js';
import { FriendsService } from './friends.service.js';

@Module({
  imports: [DialectsModule, UsersModule],
  controllers: [FriendsController],
  providers: [FriendsService, FriendRepository],
  exports: [FriendsService],
})
export class FriendsModule {}
