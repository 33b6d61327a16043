import { Module, type OnApplicationBootstrap } from '@nestjs/common';
import { DialectsModule } from '../dialects/dialects.module.js';
import { PresenceModule } from '../presence/presence.module.js';
import { UserRepository } from './user.repository.js';
import { UsersController } from './users.controller.js';
import { UsersService } from './users.service.js';

@Module({
  imports: [DialectsModule, PresenceModule],
  controllers: [UsersController],
  providers: [UsersService, UserRepository],
  exports: [UsersService],
})
export class UsersModule implements OnApplicationBootstrap {
  constructor(private readonly users: UsersService) {}

  /** The administrators exist before the first request is served. */
  onApplicationBootstrap(): Promise<void> {
    return this.users.ensureAdmins();
  }
}
