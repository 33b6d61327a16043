import { Module } from '@nestjs/common';
import { DialectsModule } from '../dialects/dialects.module.js';
import { AuditController } from './audit.controller.js';
import { AuditRepository } from './audit.repository.js';
import { AuditRetention } from './audit-retention.js';
import { AuditService } from './audit.service.js';

/** What administrators and AppServers did. */
@Module({
  imports: [DialectsModule],
  controllers: [AuditController],
  providers: [AuditService, AuditRetention, AuditRepository],
  exports: [AuditService],
})
export class AuditModule {}
