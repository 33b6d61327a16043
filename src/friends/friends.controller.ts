import { CurrentActor } from '../access/current-actor.js';
import type { Actor } from '../core/actor.js';
import { ImCall, ImController, Input } from '../dialects/im-call.js';
import { type FriendPair, FriendsService, type UpdateFriends } from './friends.service.js';
import { type ImportFriend, importFriendV1 } from './wire/v1.js';
import { deleteFriendV3, importFriendV3, setFriendRemarkV3, updateFriendsV3 } from './wire/v3-friends.js';

@ImController('friends')
export class FriendsController {
  constructor(private readonly friends: FriendsService) {}

  @ImCall({
    path: 'friend/import_friend',
    summary: 'Makes users friends without asking them',
    v1: importFriendV1,
    v3: importFriendV3,
    by: 'admin',
  })
  async import(
    @CurrentActor() actor: Actor,
    @Input() { ownerUserID, one, many, all }: ImportFriend,
  ): Promise<readonly string[]> {
    if (many) return this.friends.importMany(actor, { ownerUserID, friendUserIDs: many });
    if (all) await this.friends.importAll(actor, { ownerUserID, friendUserIDs: all });
    else await this.friends.importOne(actor, ownerUserID, one as string);
    return [];
  }

  @ImCall({
    path: 'friend/delete_friend',
    summary: "Strikes a friend off a user's list",
    v3: deleteFriendV3,
    by: 'token',
  })
  remove(@CurrentActor() actor: Actor, @Input() pair: FriendPair): Promise<void> {
    return this.friends.remove(actor, pair);
  }

  @ImCall({
    path: 'friend/set_friend_remark',
    summary: 'Sets how a user calls a friend',
    v3: setFriendRemarkV3,
    by: 'token',
  })
  setRemark(@CurrentActor() actor: Actor, @Input() remark: FriendPair & { remark: string }): Promise<void> {
    return this.friends.setRemark(actor, remark);
  }

  @ImCall({
    path: 'friend/update_friends',
    summary: "Changes several entries of a user's friend list alike",
    v3: updateFriendsV3,
    by: 'token',
  })
  update(@CurrentActor() actor: Actor, @Input() update: UpdateFriends): Promise<void> {
    return this.friends.update(actor, update);
  }
}
