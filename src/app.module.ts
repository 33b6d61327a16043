import { type DynamicModule, Module } from '@nestjs/common';
import type { ServerConfig } from './config/environment.js';
import { ImModule } from './im.module.js';

/** The standalone server: configuration and {@link ImModule}. */
@Module({})
export class AppModule {
  static from(config: ServerConfig): DynamicModule {
    return { module: AppModule, imports: [ImModule.forRoot({ ...config, documentation: false })] };
  }
}
