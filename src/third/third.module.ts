import { Module } from '@nestjs/common';
import { DialectsModule } from '../dialects/dialects.module.js';
import { UsersModule } from '../users/users.module.js';
import { LogRetention } from './log-retention.js';
import { PrometheusController } from './prometheus.controller.js';
import { ThirdController } from './third.controller.js';
import { ThirdRepository } from './third.repository.js';
import { ThirdService } from './third.service.js';

@Module({
  imports: [DialectsModule, UsersModule],
  controllers: [ThirdController, PrometheusController],
  providers: [ThirdService, ThirdRepository, LogRetention],
  exports: [ThirdService],
})
export class ThirdModule {}
