import { Module } from '@nestjs/common';
import { DialectsModule } from '../dialects/dialects.module.js';
import { SyncModule } from '../sync/sync.module.js';
import { UsersModule } from '../users/users.module.js';
import { GroupQueries } from './group-queries.service.js';
import { GroupRepository } from './group.repository.js';
import { GroupsController } from './groups.controller.js';
import { GroupsService } from './groups.service.js';
import { Membership } from './membership.js';

@Module({
  imports: [DialectsModule, SyncModule, UsersModule],
  controllers: [GroupsController],
  providers: [GroupQueries, GroupsService, Membership, GroupRepository],
  exports: [GroupQueries, GroupsService],
})
export class GroupsModule {}
