import {
  type MiddlewareConsumer,
  Logger,
  Module,
  type NestModule,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ImSettings } from '../core/settings.js';
import { DialectsModule } from '../dialects/dialects.module.js';
import { FileStore } from './file-store.js';
import { FormsService } from './forms.service.js';
import { ObjectAccess } from './object-access.js';
import { ObjectLinksController } from './object-links.controller.js';
import { ObjectStoreController } from './object-store.controller.js';
import { ObjectStore } from './object-store.js';
import { ObjectsController } from './objects.controller.js';
import { StorageRepository } from './storage.repository.js';
import { StorageService } from './storage.service.js';
import { Thumbnails } from './thumbnails.js';
import { STORE_PATH, Tickets } from './tickets.js';
import { leaveBodiesUnread } from './unread-bodies.js';
import { Uploads } from './uploads.service.js';

/** Between looks for uploads whose time is over. */
const SWEEP_EVERY_MS = 10 * 60_000;

@Module({
  imports: [DialectsModule],
  controllers: [ObjectsController, ObjectLinksController, ObjectStoreController],
  providers: [
    StorageService,
    FormsService,
    Uploads,
    StorageRepository,
    ObjectAccess,
    Thumbnails,
    Tickets,
    { provide: ObjectStore, inject: [ImSettings, Tickets], useFactory: openStore },
  ],
  exports: [StorageService, FormsService, ObjectAccess],
})
export class StorageModule implements NestModule, OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('openim');
  private sweeping: NodeJS.Timeout | undefined;

  constructor(
    private readonly uploads: Uploads,
    private readonly store: ObjectStore,
    private readonly adapterHost: HttpAdapterHost,
  ) {}

  /** The last moment before routes are registered. */
  configure(_consumer: MiddlewareConsumer): void {
    leaveBodiesUnread(this.adapterHost.httpAdapter, [`/${STORE_PATH}`]);
  }

  onApplicationBootstrap(): void {
    const sweep = (): void =>
      void this.uploads
        .sweep()
        .catch((error: unknown) => this.logger.warn(`expired uploads could not be removed: ${String(error)}`));
    this.sweeping = setInterval(sweep, SWEEP_EVERY_MS).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.sweeping);
    this.store.close();
  }
}

/** The store that is configured. The S3 client is large: who keeps files in a folder never loads it. */
async function openStore({ objectStorage }: ImSettings, tickets: Tickets): Promise<ObjectStore> {
  if (objectStorage.kind === 'file') return new FileStore(objectStorage, tickets);
  const { S3Store } = await import('./s3-store.js');
  return new S3Store(objectStorage);
}
