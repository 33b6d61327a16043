import { Module } from '@nestjs/common';
import { DatabaseCheck, type HealthCheck, MigrationsCheck } from './checks.js';
import { HEALTH_CHECKS, ImHealth } from './health.js';
import { ImMetrics } from './metrics.js';

/** What has to be well for requests to be sent here. */
const CHECKS = [DatabaseCheck, MigrationsCheck];

/** How the application is, and what it does. Brings no routes: whoever serves it decides who may ask. */
@Module({
  providers: [
    ...CHECKS,
    { provide: HEALTH_CHECKS, inject: CHECKS, useFactory: (...checks: HealthCheck[]) => checks },
    ImHealth,
    ImMetrics,
  ],
  exports: [ImHealth, ImMetrics],
})
export class ObservabilityModule {}
