import { Module } from '@nestjs/common';
import { Presence } from './presence.js';
import { Subscriptions } from './subscriptions.js';

@Module({ providers: [Presence, Subscriptions], exports: [Presence, Subscriptions] })
export class PresenceModule {}
