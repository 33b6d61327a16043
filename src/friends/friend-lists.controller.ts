import { CurrentActor } from '../access/current-actor.js';
import type { Actor } from '../core/actor.js';
import { ImCall, ImController, Input } from '../dialects/im-call.js';
import type { Changes, FullIDs } from '../sync/views.js';
import { FriendListsService, type ListedFriend, type UserRelation } from './friend-lists.service.js';
import {
  type CopyOf,
  getDesignatedFriendsV3,
  getFriendIDV3,
  getFriendListV3,
  getFullFriendUserIDsV3,
  getIncrementalFriendsV3,
  getSpecifiedFriendsInfoV3,
  isFriendV3,
  type PageOf,
  type SomeOf,
  type TwoUsers,
} from './wire/v3-lists.js';

@ImController('friends')
export class FriendListsController {
  constructor(private readonly lists: FriendListsService) {}

  @ImCall({
    path: 'friend/get_friend_list',
    summary: "Reads a page of a user's friends, pinned ones first",
    v3: getFriendListV3,
    by: 'token',
  })
  getPage(
    @CurrentActor() actor: Actor,
    @Input() { userID, page }: PageOf,
  ): Promise<{ total: number; friends: ListedFriend[] }> {
    return this.lists.page(actor, userID, page);
  }

  @ImCall({
    path: 'friend/get_designated_friends',
    summary: "Reads some of a user's friends",
    v3: getDesignatedFriendsV3,
    by: 'token',
  })
  getDesignated(@CurrentActor() actor: Actor, @Input() { ownerUserID, userIDs }: SomeOf): Promise<ListedFriend[]> {
    return this.lists.designated(actor, ownerUserID, userIDs);
  }

  @ImCall({
    path: 'friend/get_specified_friends_info',
    summary: 'Reads accounts, and what they are to a user',
    v3: getSpecifiedFriendsInfoV3,
    by: 'token',
  })
  getRelations(@CurrentActor() actor: Actor, @Input() { ownerUserID, userIDs }: SomeOf): Promise<UserRelation[]> {
    return this.lists.relations(actor, ownerUserID, userIDs);
  }

  @ImCall({
    path: 'friend/get_friend_id',
    summary: "Lists the IDs of all of a user's friends, pinned ones first",
    v3: getFriendIDV3,
    by: 'token',
  })
  getIDs(@CurrentActor() actor: Actor, @Input() userID: string): Promise<string[]> {
    return this.lists.ids(actor, userID);
  }

  @ImCall({
    path: 'friend/is_friend',
    summary: "Tells which of two users is on the other's friend list",
    v3: isFriendV3,
    by: 'token',
  })
  areFriends(
    @CurrentActor() actor: Actor,
    @Input() { userID1, userID2 }: TwoUsers,
  ): Promise<{ inUser1Friends: boolean; inUser2Friends: boolean }> {
    return this.lists.between(actor, userID1, userID2);
  }

  @ImCall({
    path: 'friend/get_incremental_friends',
    summary: "Tells what changed in a user's friend list since a version",
    v3: getIncrementalFriendsV3,
    by: 'token',
  })
  getChanges(@CurrentActor() actor: Actor, @Input() { userID, known }: CopyOf): Promise<Changes<ListedFriend>> {
    return this.lists.changes(actor, userID, known);
  }

  @ImCall({
    path: 'friend/get_full_friend_user_ids',
    summary: "Lists the IDs of all of a user's friends, unless the client has them",
    v3: getFullFriendUserIDsV3,
    by: 'token',
  })
  getFullIDs(
    @CurrentActor() actor: Actor,
    @Input() { userID, idHash }: { userID: string; idHash: bigint },
  ): Promise<FullIDs> {
    return this.lists.fullIDs(actor, userID, idHash);
  }
}
