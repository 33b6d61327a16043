import { Module } from '@nestjs/common';
import { DialectsModule } from '../dialects/dialects.module.js';
import { SyncModule } from '../sync/sync.module.js';
import { UsersModule } from '../users/users.module.js';
import { GroupQueriesController } from './group-queries.controller.js';
import { GroupQueriesRepository } from './group-queries.repository.js';
import { GroupQueries } from './group-queries.service.js';
import { GroupRequestsController } from './group-requests.controller.js';
import { GroupRequestRepository } from './group-requests.repository.js';
import { GroupRequests } from './group-requests.service.js';
import { GroupSyncController } from './group-sync.controller.js';
import { GroupSync } from './group-sync.service.js';
import { GroupRepository } from './group.repository.js';
import { GroupsController } from './groups.controller.js';
import { GroupsService } from './groups.service.js';
import { Membership } from './membership.js';

@Module({
  imports: [DialectsModule, SyncModule, UsersModule],
  controllers: [GroupsController, GroupQueriesController, GroupRequestsController, GroupSyncController],
  providers: [
    GroupsService,
    Membership,
    GroupRepository,
    GroupQueries,
    GroupQueriesRepository,
    GroupRequests,
    GroupRequestRepository,
    GroupSync,
  ],
  exports: [GroupsService, GroupQueries, GroupRequests],
})
export class GroupsModule {}
