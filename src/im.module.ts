import {
  type DynamicModule,
  Inject,
  Module,
  type OnApplicationShutdown,
  Optional,
  type Provider,
} from '@nestjs/common';
import { RouterModule } from '@nestjs/core';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { AccessModule } from './access/access.module.js';
import { AuditModule } from './audit/audit.module.js';
import { AuthModule } from './auth/auth.module.js';
import { ClusterModule } from './cluster/cluster.module.js';
import { ImSettings } from './core/settings.js';
import { createDataSource, DEFAULT_DATABASE_URL } from './database/data-source.js';
import { exclusively } from './database/exclusively.js';
import { IM_MIGRATIONS } from './database/migrations/all.js';
import { boundWaits } from './database/mysql-bounds.js';
import { Replicas } from './database/replicas.js';
import { isPrepared } from './database/sqlite-runners.js';
import { documentOperations } from './dialects/documented.js';
import { IM_ENTITIES } from './entities.js';
import { FoundationModule, IM_DATA_SOURCE, IM_REPLICAS } from './foundation.module.js';
import { FriendsModule } from './friends/friends.module.js';
import { GatewayModule } from './gateway/gateway.module.js';
import { GroupsModule } from './groups/groups.module.js';
import {
  ASYNC_OPTIONS_TYPE,
  ConfigurableModuleClass,
  type ImModuleExtras,
  type ImModuleOptions,
  MODULE_OPTIONS_TOKEN,
  OPTIONS_TYPE,
} from './im.module-definition.js';
import { JssdkModule } from './jssdk/jssdk.module.js';
import { MessagingModule } from './messaging/messaging.module.js';
import { ObservabilityModule } from './observability/observability.module.js';
import { PresenceModule } from './presence/presence.module.js';
import { StatisticsModule } from './statistics/statistics.module.js';
import { StorageModule } from './storage/storage.module.js';
import { ThirdModule } from './third/third.module.js';
import { UsersModule } from './users/users.module.js';

/** There once the operations are described for Swagger. */
const DESCRIBED = Symbol('openim-nest:described');

const FEATURES = [
  AccessModule,
  UsersModule,
  AuthModule,
  FriendsModule,
  GroupsModule,
  PresenceModule,
  MessagingModule,
  JssdkModule,
  StatisticsModule,
  StorageModule,
  ThirdModule,
  GatewayModule,
  ObservabilityModule,
  AuditModule,
];

/**
 * OpenIM inside a Nest application. Brings its routes and services, and nothing that reaches beyond them: no global guard,
 * pipe, filter or interceptor.
 *
 * @example
 * ```ts
 * @Module({
 *   imports: [
 *     TypeOrmModule.forRootAsync({
 *       useFactory: () => ({ ...host, entities: [...mine, ...IM_ENTITIES], migrations: [...mine, ...IM_MIGRATIONS] }),
 *       dataSourceFactory: imDataSource,
 *     }),
 *     ImModule.forRoot({ dataSource: 'default', routePrefix: 'im', secrets: [secret] }),
 *   ],
 * })
 * export class AppModule {}
 * ```
 */
@Module({})
export class ImModule extends ConfigurableModuleClass {
  static override forRoot(options: typeof OPTIONS_TYPE): DynamicModule {
    return compose(super.forRoot(options), options);
  }

  static override forRootAsync(options: typeof ASYNC_OPTIONS_TYPE): DynamicModule {
    return compose(super.forRootAsync(options), options);
  }
}

@Module({})
class ReplicasModule implements OnApplicationShutdown {
  constructor(@Optional() @Inject(IM_REPLICAS) private readonly replicas?: Replicas) {}

  async onApplicationShutdown(): Promise<void> {
    await this.replicas?.close();
  }
}

/** Ends what {@link ImModule} opened itself. */
@Module({})
class OwnDatabaseModule implements OnApplicationShutdown {
  constructor(@Inject(IM_DATA_SOURCE) private readonly dataSource: DataSource) {}

  async onApplicationShutdown(): Promise<void> {
    await this.dataSource.destroy();
  }
}

function compose(
  built: DynamicModule,
  { dataSource, routePrefix, documentation = true }: ImModuleExtras,
): DynamicModule {
  const settings: Provider = {
    provide: ImSettings,
    inject: [MODULE_OPTIONS_TOKEN],
    useFactory: (options: ImModuleOptions) => new ImSettings(options),
  };
  const source: Provider =
    dataSource === undefined
      ? { provide: IM_DATA_SOURCE, inject: [MODULE_OPTIONS_TOKEN], useFactory: openDatabase }
      : { provide: IM_DATA_SOURCE, inject: [getDataSourceToken(dataSource)], useFactory: checkHostDatabase };
  const replicas: Provider = { provide: IM_REPLICAS, inject: [MODULE_OPTIONS_TOKEN], useFactory: replicasOf };
  const foundation = FoundationModule.register({
    imports: built.imports,
    settings,
    dataSource: [...(built.providers ?? []), source, replicas],
  });
  const described: Provider = {
    provide: DESCRIBED,
    useFactory: () => (documentation ? documentOperations() : undefined),
  };
  return {
    module: ImModule,
    providers: [described],
    imports: [
      foundation,
      ClusterModule,
      ReplicasModule,
      ...(dataSource === undefined ? [OwnDatabaseModule] : []),
      ...FEATURES,
      ...(routePrefix ? [RouterModule.register(FEATURES.map((module) => ({ path: routePrefix, module })))] : []),
    ],
    exports: [foundation, ...FEATURES],
  };
}

async function openDatabase({ databaseUrl = DEFAULT_DATABASE_URL }: ImModuleOptions): Promise<DataSource> {
  const dataSource = await createDataSource(databaseUrl, { entities: IM_ENTITIES, migrations: IM_MIGRATIONS });
  await dataSource.initialize();
  await exclusively(dataSource, 'migrations', () => dataSource.runMigrations({ transaction: 'each' }));
  if (dataSource.options.type !== 'better-sqlite3') boundWaits(dataSource);
  return dataSource;
}

function replicasOf({ databaseReplicaUrls = [] }: ImModuleOptions): Replicas | undefined {
  if (databaseReplicaUrls.length === 0) return undefined;
  return new Replicas(
    databaseReplicaUrls.map((url) => async () => {
      const replica = await createDataSource(url, { entities: IM_ENTITIES, migrations: [] });
      await replica.initialize();
      boundWaits(replica);
      return replica;
    }),
  );
}

/** A host that forgot something hears it at start, in words, and not as an SQL error at the first request. */
function checkHostDatabase(dataSource: DataSource): DataSource {
  const { type } = dataSource.options;
  if (type !== 'better-sqlite3' && type !== 'mysql' && type !== 'mariadb') {
    throw new Error(
      `openim-nest stores into better-sqlite3, mysql or mariadb; the data source it was given is ${type}`,
    );
  }
  if (type === 'better-sqlite3' && !isPrepared(dataSource)) {
    throw new Error(
      'A SQLite data source must be built by imDataSource: pass it to TypeOrmModule.forRootAsync as dataSourceFactory',
    );
  }
  const missing = IM_ENTITIES.filter((entity) => !dataSource.hasMetadata(entity)).map(({ name }) => name);
  if (missing.length > 0) {
    throw new Error(
      `The data source lacks entities: add ...IM_ENTITIES to its entities (missing ${missing.join(', ')})`,
    );
  }
  return dataSource;
}
