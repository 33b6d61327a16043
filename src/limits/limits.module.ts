import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { ImSettings } from '../core/settings.js';
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
    { provide: RateStore, inject: [ImSettings], useFactory: openStore },
  ],
  exports: [ClientAddresses, RequestLimits, FailedAttempts],
})
export class LimitsModule implements OnApplicationShutdown {
  constructor(@Inject(RateStore) private readonly store: RateStore) {}

  onApplicationShutdown(): void {
    this.store.close();
  }
}

/** With several nodes a caller is counted on all of them together, if anything is counted. */
async function openStore(settings: ImSettings): Promise<RateStore> {
  const counts = Object.values(settings.limits).some((limit) => limit > 0);
  if (!settings.redis || !counts) return new MemoryRateStore();
  const { RedisRateStore } = await import('./redis-rate-store.js');
  return RedisRateStore.connect(settings);
}
