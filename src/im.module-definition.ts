import { ConfigurableModuleBuilder } from '@nestjs/common';
import type { ImOptions } from './core/settings.js';

/** What shapes the module itself, so that Nest must know it before any factory runs. */
export interface ImModuleExtras {
  /**
   * Name of the host's TypeORM data source to store everything in; `'default'` for the one without a name. It must list
   * `IM_ENTITIES` and `IM_MIGRATIONS`, and, on SQLite, be built with `imDataSource`. Left out, {@link ImModuleOptions.databaseUrl}
   * is opened.
   */
  dataSource?: string;
  /** Where the REST routes begin, e.g. `'im'` for `/im/auth/user_token`. Default: at the root. */
  routePrefix?: string;
  /**
   * Whether `SwaggerModule.createDocument` of the host shall find the operations described. Default true; false saves the
   * loading of @nestjs/swagger at start.
   */
  documentation?: boolean;
}

/** What a host application decides. */
export interface ImModuleOptions extends ImOptions {
  /**
   * The database to open and to migrate when no data source of the host is used: `sqlite:<path>` or
   * `mysql://user:password@host:port/database`. Default `sqlite:./data/openim.sqlite`.
   */
  databaseUrl?: string;
  /**
   * Copies of the MySQL database that may be a moment behind it. Asked for what administrators look through (lists of
   * accounts, searches, statistics), never for what clients sync or rules are decided by. Default none.
   */
  databaseReplicaUrls?: string[];
}

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN, OPTIONS_TYPE, ASYNC_OPTIONS_TYPE } =
  new ConfigurableModuleBuilder<ImModuleOptions>({ moduleName: 'Im' })
    .setClassMethodName('forRoot')
    .setExtras<ImModuleExtras>({}, (definition) => definition)
    .build();
