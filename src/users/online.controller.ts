import { CurrentActor } from '../access/current-actor.js';
import type { Actor } from '../core/actor.js';
import { ImCall, ImController, Input } from '../dialects/im-call.js';
import type { Connections } from '../presence/presence.js';
import { OnlineService, type OnlineStatus, type Subscribe } from './online.service.js';
import { onlineStatusV1 } from './wire/v1.js';
import {
  getSubscribedStatusV3,
  getUsersStatusV3,
  onlineStatusV3,
  subscribeUsersStatusV3,
  tokenDetailV3,
} from './wire/v3-online.js';

@ImController('users')
export class OnlineController {
  constructor(private readonly online: OnlineService) {}

  @ImCall({
    path: 'user/get_users_online_status',
    summary: 'Tells who is online, and on which platforms',
    v1: onlineStatusV1,
    v3: onlineStatusV3,
    by: { v1: 'secret', v3: 'admin' },
  })
  getConnections(@Input() userIDs: string[]): Promise<Connections> {
    return this.online.connections(userIDs);
  }

  @ImCall({
    path: 'user/get_users_online_token_detail',
    summary: 'Lists the tokens of open connections, to administrators',
    v3: tokenDetailV3,
    by: 'token',
  })
  getTokens(@CurrentActor() actor: Actor, @Input() userIDs: string[]): Promise<Connections> {
    return this.online.connectionsFor(actor, userIDs);
  }

  @ImCall({
    path: 'user/get_users_status',
    summary: 'Tells who is online, and on which platforms',
    v3: getUsersStatusV3,
    by: 'token',
  })
  getStatus(@Input() userIDs: string[]): Promise<OnlineStatus> {
    return this.online.statusOf(userIDs);
  }

  @ImCall({
    path: 'user/subscribe_users_status',
    summary: 'Begins or ends watching whether users are online',
    v3: subscribeUsersStatusV3,
    by: 'token',
  })
  subscribe(@CurrentActor() actor: Actor, @Input() input: Subscribe): Promise<OnlineStatus> {
    return this.online.subscribe(actor, input);
  }

  @ImCall({
    path: 'user/get_subscribe_users_status',
    summary: 'Tells how the users are that somebody watches',
    v3: getSubscribedStatusV3,
    by: 'token',
  })
  getSubscribed(@CurrentActor() actor: Actor, @Input() userID: string): Promise<OnlineStatus> {
    return this.online.subscribed(actor, userID);
  }
}
