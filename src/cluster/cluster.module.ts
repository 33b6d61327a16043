import { Global, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { ImSettings } from '../core/settings.js';
import { Transactions } from '../database/transactions.js';
import { Bus, NoBus } from './bus.js';

/** The other nodes, if there may be any: with `redisUrl`, processes that share the database find each other. */
@Global()
@Module({
  providers: [{ provide: Bus, inject: [ImSettings, Transactions], useFactory: openBus }],
  exports: [Bus],
})
export class ClusterModule implements OnApplicationShutdown {
  constructor(@Inject(Bus) private readonly bus: Bus) {}

  async onApplicationShutdown(): Promise<void> {
    await this.bus.close();
  }
}

async function openBus({ redis, redisPrefix }: ImSettings, transactions: Transactions): Promise<Bus> {
  if (!redis) return new NoBus();
  const { RedisBus } = await import('./redis-bus.js');
  const bus = new RedisBus(redis, redisPrefix, transactions);
  await bus.open();
  return bus;
}
