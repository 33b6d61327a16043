import { Module } from '@nestjs/common';
import { DialectsModule } from '../dialects/dialects.module.js';
import { UsersModule } from '../users/users.module.js';
import { GroupRepository } from './group.repository.js';
import { GroupsController } from './groups.controller.js';
import { GroupsService } from './groups.service.js';

@Module({
  imports: [DialectsModule, UsersModule],
  controllers: [GroupsController],
  providers: [GroupsService, GroupRepository],
  exports: [GroupsService],
})
export class GroupsModule {}
