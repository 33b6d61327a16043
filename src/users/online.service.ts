import { Injectable } from '@nestjs/common';
import type { Actor } from '../core/actor.js';
import { ArgumentInvalid } from '../core/errors.js';
import { assertSelf } from '../core/permissions.js';
import { OnImEvent } from '../events/on-im-event.js';
import { type Connections, Presence } from '../presence/presence.js';
import { MAX_SUBSCRIPTIONS, Subscriptions } from '../presence/subscriptions.js';
import { UsersDeleted } from './user.events.js';

/** Users in the order asked for, and the connections of those among them that are online. */
export interface OnlineStatus {
  userIDs: readonly string[];
  online: Connections;
}

/** A change of whom somebody watches. */
export interface Subscribe {
  /** Who watches. */
  userID: string;
  userIDs: readonly string[];
  /** False: no longer. */
  watch: boolean;
}

/** Who is online, and who wants to know. */
@Injectable()
export class OnlineService {
  constructor(
    private readonly presence: Presence,
    private readonly subscriptions: Subscriptions,
  ) {}

  /** Users' connections, tokens included. Unknown users are offline. */
  connections(userIDs: readonly string[]): Promise<Connections> {
    return this.presence.connections(userIDs);
  }

  /** As {@link OnlineService.connections}, for administrators; to others nobody seems online. */
  async connectionsFor(actor: Actor, userIDs: readonly string[]): Promise<Connections> {
    return actor.isAdmin ? this.connections(userIDs) : new Map();
  }

  /**
   * Begins or ends watching users. Answers how all are that are watched then.
   *
   * @throws NotPermitted for whom somebody else watches
   * @throws ArgumentInvalid for more than {@link MAX_SUBSCRIPTIONS}
   */
  async subscribe(actor: Actor, { userID, userIDs, watch }: Subscribe): Promise<OnlineStatus> {
    assertSelf(actor, userID);
    if (!watch) this.subscriptions.remove(userID, userIDs);
    else if (!this.subscriptions.add(userID, userIDs)) {
      throw new ArgumentInvalid(`at most ${MAX_SUBSCRIPTIONS} users can be subscribed to`, 'userIDs');
    }
    return this.statusOf(this.subscriptions.of(userID));
  }

  /** How the users are that somebody watches. @throws NotPermitted */
  async subscribed(actor: Actor, userID: string): Promise<OnlineStatus> {
    assertSelf(actor, userID);
    return this.statusOf(this.subscriptions.of(userID));
  }

  /** How users are. */
  async statusOf(userIDs: readonly string[]): Promise<OnlineStatus> {
    return { userIDs, online: await this.presence.connections(userIDs) };
  }

  /** Who is deleted watches nobody. */
  @OnImEvent(UsersDeleted)
  forgetUsers({ userIDs }: UsersDeleted): void {
    this.subscriptions.forget(userIDs);
  }
}
