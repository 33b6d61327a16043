import { Module } from '@nestjs/common';
import { ClientAddresses } from './client-addresses.js';
import { FailedAttempts } from './failed-attempts.js';
import { MemoryRateStore } from './memory-rate-store.js';
import { RateStore } from './rate-store.js';
import { RequestLimits } from './request-limits.js';

/** How much one caller may ask, and how often he may be wrong. */
@Module({
  providers: [
    ClientAddresses,
    RequestLimits,
    FailedAttempts,
    { provide: RateStore, useFactory: () => new MemoryRateStore() },
  ],
  exports: [ClientAddresses, RequestLimits, FailedAttempts],
})
export class LimitsModule {}
