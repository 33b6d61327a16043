import { Module } from '@nestjs/common';
import { Incremental } from './incremental.js';
import { VersionLog } from './version-log.js';

@Module({ providers: [VersionLog, Incremental], exports: [VersionLog, Incremental] })
export class SyncModule {}
