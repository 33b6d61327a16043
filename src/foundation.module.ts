import { type DynamicModule, Global, Module, type ModuleMetadata, type Provider } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import type { DataSource } from 'typeorm';
import { Measures } from './core/measures.js';
import { ImSettings } from './core/settings.js';
import type { Replicas } from './database/replicas.js';
import { NoTracing, Tracing } from './core/tracing.js';
import { Transactions } from './database/transactions.js';
import { Calls } from './dialects/calls.js';
import { Unforeseen } from './dialects/unforeseen.js';
import { ImEvents } from './events/events.js';
import { EventExplorer } from './events/on-im-event.js';

/** The data source everything of ours is stored in: the host's, or our own. */
export const IM_DATA_SOURCE = Symbol('openim-nest:data-source');

/** Copies of it, for reads that may be a moment old. */
export const IM_REPLICAS = Symbol('openim-nest:replicas');

/** What all features stand on: settings, database, events, and what is measured and traced. Global, so that features need no options passed down. */
@Global()
@Module({})
export class FoundationModule {
  static register(foundation: {
    imports: ModuleMetadata['imports'];
    settings: Provider;
    dataSource: Provider[];
  }): DynamicModule {
    return {
      module: FoundationModule,
      imports: [DiscoveryModule, ...(foundation.imports ?? [])],
      providers: [
        foundation.settings,
        ...foundation.dataSource,
        {
          provide: Transactions,
          inject: [IM_DATA_SOURCE, Measures, IM_REPLICAS],
          useFactory: (dataSource: DataSource, measures: Measures, replicas?: Replicas) =>
            new Transactions(dataSource, measures, replicas),
        },
        Measures,
        { provide: Tracing, inject: [ImSettings], useFactory: tracingFor },
        Calls,
        Unforeseen,
        ImEvents,
        EventExplorer,
      ],
      exports: [ImSettings, Transactions, Measures, Tracing, Calls, Unforeseen, ImEvents, IM_DATA_SOURCE, IM_REPLICAS],
    };
  }
}

async function tracingFor({ tracing }: ImSettings): Promise<Tracing> {
  if (!tracing) return new NoTracing();
  const { OpenTelemetry } = await import('./observability/open-telemetry.js');
  return new OpenTelemetry();
}
