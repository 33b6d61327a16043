import { Module } from '@nestjs/common';
import { DialectsModule } from '../dialects/dialects.module.js';
import { FriendsModule } from '../friends/friends.module.js';
import { GroupsModule } from '../groups/groups.module.js';
import { MessagingModule } from '../messaging/messaging.module.js';
import { JssdkController } from './jssdk.controller.js';
import { JssdkService } from './jssdk.service.js';

@Module({
  imports: [DialectsModule, FriendsModule, GroupsModule, MessagingModule],
  controllers: [JssdkController],
  providers: [JssdkService],
})
export class JssdkModule {}
