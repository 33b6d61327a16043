import { Injectable } from '@nestjs/common';
import type { Actor } from '../core/actor.js';
import { ImEvents } from '../events/events.js';
import { OnImEvent } from '../events/on-im-event.js';
import { ChangeState, VersionLog } from '../sync/version-log.js';
import { UserLooksChanged } from '../users/user.events.js';
import { FriendRepository } from './friend.repository.js';

/** The name or the avatar of a user changed, whom these users list as a friend. */
export class FriendProfileChanged {
  constructor(
    readonly actor: Actor,
    readonly userID: string,
    readonly ownerUserIDs: readonly string[],
  ) {}
}

/** Sees to it that a new name or avatar reaches everybody who lists the user as a friend. Source: contract/sync.md 1.2. */
@Injectable()
export class FriendProfileChanges {
  constructor(
    private readonly events: ImEvents,
    private readonly versions: VersionLog,
    private readonly friends: FriendRepository,
  ) {}

  @OnImEvent(UserLooksChanged, { phase: 'in-transaction' })
  async note({ actor, userID }: UserLooksChanged): Promise<void> {
    const owners = await this.friends.lockOwnersListing(userID);
    if (owners.length === 0) return;
    const changes = owners.map((ownerID) => ({ ownerID, elementIDs: [userID], state: ChangeState.update }));
    await this.versions.record('friends', changes);
    await this.events.publish(new FriendProfileChanged(actor, userID, owners));
  }
}
