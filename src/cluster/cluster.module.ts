import { Global, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { Measures } from '../core/measures.js';
import type { RedisAddress } from '../core/redis-url.js';
import { ImSettings } from '../core/settings.js';
import { Transactions } from '../database/transactions.js';
import { Bus, NoBus } from './bus.js';

/** The other nodes, if there may be any: with `redisUrl`, processes that share the database find each other. */
@Global()
@Module({
  providers: [{ provide: Bus, inject: [ImSettings, Transactions, Measures], useFactory: openBus }],
  exports: [Bus],
})
export class ClusterModule implements OnApplicationShutdown {
  constructor(@Inject(Bus) private readonly bus: Bus) {}

  async onApplicationShutdown(): Promise<void> {
    await this.bus.close();
  }
}

async function openBus(settings: ImSettings, transactions: Transactions, measures: Measures): Promise<Bus> {
  const bus = settings.redis ? await joinOthers(settings.redis, settings, transactions, measures) : new NoBus();
  measure(bus, transactions, measures);
  return bus;
}

async function joinOthers(
  redis: RedisAddress,
  { redisPrefix }: ImSettings,
  transactions: Transactions,
  measures: Measures,
): Promise<Bus> {
  const { RedisBus } = await import('./redis-bus.js');
  const bus = new RedisBus(redis, redisPrefix, transactions, measures);
  await bus.open();
  return bus;
}

function measure(bus: Bus, { caches }: Transactions, measures: Measures): void {
  const gauge = (name: string, help: string, read: () => number): void => {
    measures.gauge({ name, help }, read);
  };
  gauge('openim_cluster_nodes', 'Nodes of this server, this one among them.', () => 1 + bus.others);
  gauge('openim_cluster_linked', '1: others hear what this node says; 0: it works alone.', () => Number(bus.isLinked));
  gauge('openim_cluster_in_step', '1: what is remembered of the database may be gone by.', () => Number(caches.inStep));
}
