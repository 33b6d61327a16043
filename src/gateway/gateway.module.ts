import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module.js';
import { GroupsModule } from '../groups/groups.module.js';
import { LimitsModule } from '../limits/limits.module.js';
import { MessagingModule } from '../messaging/messaging.module.js';
import { PresenceModule } from '../presence/presence.module.js';
import { ThirdModule } from '../third/third.module.js';
import { ConnectionMeasures } from './connection-measures.js';
import { Connections } from './connections.js';
import { Deliveries } from './deliveries.js';
import { Gateway } from './gateway.js';
import { OnlineStatus } from './online-status.js';
import { RequestKinds } from './request-kinds.js';
import { Requests } from './requests.js';
import { Relays } from './relays.js';
import { Sessions } from './sessions.js';

/** Where the official clients' sockets come in. */
@Module({
  imports: [AccessModule, LimitsModule, PresenceModule, GroupsModule, MessagingModule, ThirdModule],
  providers: [
    Gateway,
    Connections,
    ConnectionMeasures,
    Relays,
    Sessions,
    OnlineStatus,
    Requests,
    RequestKinds,
    Deliveries,
  ],
  exports: [Gateway, Requests],
})
export class GatewayModule {}
