import { CurrentActor } from '../access/current-actor.js';
import type { Actor } from '../core/actor.js';
import { ImCall, ImController, Input } from '../dialects/im-call.js';
import { FriendsService } from './friends.service.js';
import { addBlacklistV1, type AddToBlacklist, type ImportFriend, importFriendV1 } from './wire/v1.js';

@ImController('friends')
export class FriendsController {
  constructor(private readonly friends: FriendsService) {}

  @ImCall({
    path: 'friend/import_friend',
    summary: 'Makes users friends without asking them',
    v1: importFriendV1,
    by: 'admin',
  })
  async import(
    @CurrentActor() actor: Actor,
    @Input() { ownerUserID, one, many }: ImportFriend,
  ): Promise<readonly string[]> {
    if (many) return this.friends.importMany(actor, { ownerUserID, friendUserIDs: many });
    await this.friends.importOne(actor, ownerUserID, one as string);
    return [];
  }

  @ImCall({
    path: 'friend/add_blacklist',
    summary: 'Puts a user on a black list',
    v1: addBlacklistV1,
    by: 'admin-or-self',
  })
  block(@CurrentActor() actor: Actor, @Input() { userID, ownerUserID }: AddToBlacklist): Promise<void> {
    // An ordinary caller gets here only where v1SelfService is on, and then blocks for itself whoever it names.
    const owner = actor.isAdmin ? ownerUserID || actor.userID : actor.userID;
    return this.friends.block(actor, owner, userID);
  }
}
