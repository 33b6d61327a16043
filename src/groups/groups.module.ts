import { Module } from '@nestjs/common';
import { DialectsModule } from '../dialects/dialects.module.js';
import { SyncModule } from '../sync/sync.module.js';
import { UsersModule } from '../users/users.module.js';
import { GroupRequests } from './group-requests.service.js';
import { GroupRepository } from './group.repository.js';
import { GroupsController } from './groups.controller.js';
import { GroupsService } from './groups.service.js';
import { MembersController } from './members.controller.js';
import { MembersService } from './members.service.js';
import { Membership } from './membership.js';

@Module({
  imports: [DialectsModule, SyncModule, UsersModule],
  controllers: [GroupsController, MembersController],
  providers: [GroupsService, MembersService, GroupRequests, Membership, GroupRepository],
  exports: [GroupsService, MembersService],
})
export class GroupsModule {}
