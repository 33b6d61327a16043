import { Module, type OnApplicationBootstrap } from '@nestjs/common';
import { DialectsModule } from '../dialects/dialects.module.js';
import { PresenceModule } from '../presence/presence.module.js';
import { ClientConfigController } from './client-config.controller.js';
import { ClientConfigRepository } from './client-config.repository.js';
import { ClientConfigService } from './client-config.service.js';
import { CommandsController } from './commands.controller.js';
import { CommandsRepository } from './commands.repository.js';
import { CommandsService } from './commands.service.js';
import { NotificationAccountsController } from './notification-accounts.controller.js';
import { NotificationAccountsService } from './notification-accounts.service.js';
import { OnlineController } from './online.controller.js';
import { OnlineService } from './online.service.js';
import { UserRepository } from './user.repository.js';
import { UsersController } from './users.controller.js';
import { UsersService } from './users.service.js';

@Module({
  imports: [DialectsModule, PresenceModule],
  controllers: [
    UsersController,
    OnlineController,
    CommandsController,
    NotificationAccountsController,
    ClientConfigController,
  ],
  providers: [
    UsersService,
    UserRepository,
    OnlineService,
    CommandsService,
    CommandsRepository,
    NotificationAccountsService,
    ClientConfigService,
    ClientConfigRepository,
  ],
  exports: [UsersService, OnlineService, CommandsService, NotificationAccountsService, ClientConfigService],
})
export class UsersModule implements OnApplicationBootstrap {
  constructor(private readonly users: UsersService) {}

  /** The administrators exist before the first request is served. */
  onApplicationBootstrap(): Promise<void> {
    return this.users.ensureAdmins();
  }
}
