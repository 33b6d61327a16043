import { Module } from '@nestjs/common';
import { DialectsModule } from '../dialects/dialects.module.js';
import { SyncModule } from '../sync/sync.module.js';
import { UsersModule } from '../users/users.module.js';
import { GroupRepository } from './group.repository.js';
import { GroupsController } from './groups.controller.js';
import { GroupsService } from './groups.service.js';
import { Membership } from './membership.js';
import { MemberProfileChanges } from './profile-changes.js';
import { ProfileChangesRepository } from './profile-changes.repository.js';

@Module({
  imports: [DialectsModule, SyncModule, UsersModule],
  controllers: [GroupsController],
  providers: [GroupsService, Membership, GroupRepository, MemberProfileChanges, ProfileChangesRepository],
  exports: [GroupsService],
})
export class GroupsModule {}
