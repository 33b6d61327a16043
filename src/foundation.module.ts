import { type DynamicModule, Global, Module, type ModuleMetadata, type Provider } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import type { DataSource } from 'typeorm';
import { ImSettings } from './core/settings.js';
import type { Replicas } from './database/replicas.js';
import { Transactions } from './database/transactions.js';
import { ImEvents } from './events/events.js';
import { EventExplorer } from './events/on-im-event.js';

/** The data source everything of ours is stored in: the host's, or our own. */
export const IM_DATA_SOURCE = Symbol('openim-nest:data-source');

/** Copies of it, for reads that may be a moment old. */
export const IM_REPLICAS = Symbol('openim-nest:replicas');

/** What all features stand on: settings, database and events. Global, so that features need no options passed down. */
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
          inject: [IM_DATA_SOURCE, IM_REPLICAS],
          useFactory: (dataSource: DataSource, replicas?: Replicas) => new Transactions(dataSource, replicas),
        },
        ImEvents,
        EventExplorer,
      ],
      exports: [ImSettings, Transactions, ImEvents, IM_DATA_SOURCE, IM_REPLICAS],
    };
  }
}
