import { CurrentActor } from '../access/current-actor.js';
import type { Actor } from '../core/actor.js';
import { ImCall, ImController, Input } from '../dialects/im-call.js';
import type { Changes } from '../sync/views.js';
import { type BlackPair, BlacksService, type ListedBlack } from './blacks.service.js';
import { addBlacklistV1, type AddToBlacklist } from './wire/v1.js';
import {
  addBlackV3,
  getBlackListV3,
  getIncrementalBlacksV3,
  getSpecifiedBlacksV3,
  removeBlackV3,
} from './wire/v3-blacks.js';
import type { CopyOf, PageOf, SomeOf } from './wire/v3-lists.js';

@ImController('friends')
export class BlacksController {
  constructor(private readonly blacks: BlacksService) {}

  @ImCall({
    path: 'friend/add_blacklist',
    summary: 'Puts a user on a black list',
    v1: addBlacklistV1,
    by: 'admin-or-self',
  })
  blockV1(@CurrentActor() actor: Actor, @Input() { userID, ownerUserID }: AddToBlacklist): Promise<void> {
    // An ordinary caller gets here only where v1SelfService is on, and then blocks for itself whoever it names.
    const owner = actor.isAdmin ? ownerUserID || actor.userID : actor.userID;
    return this.blacks.block(actor, { ownerUserID: owner, blackUserID: userID });
  }

  @ImCall({ path: 'friend/add_black', summary: 'Puts a user on a black list', v3: addBlackV3, by: 'token' })
  block(@CurrentActor() actor: Actor, @Input() black: BlackPair & { ex: string }): Promise<void> {
    return this.blacks.block(actor, black);
  }

  @ImCall({ path: 'friend/remove_black', summary: 'Takes a user off a black list', v3: removeBlackV3, by: 'token' })
  unblock(@CurrentActor() actor: Actor, @Input() pair: BlackPair): Promise<void> {
    return this.blacks.unblock(actor, pair);
  }

  @ImCall({
    path: 'friend/get_black_list',
    summary: "Reads a page of a user's black list, oldest entry first",
    v3: getBlackListV3,
    by: 'token',
  })
  getPage(
    @CurrentActor() actor: Actor,
    @Input() { userID, page }: PageOf,
  ): Promise<{ total: number; blacks: ListedBlack[] }> {
    return this.blacks.page(actor, userID, page);
  }

  @ImCall({
    path: 'friend/get_specified_blacks',
    summary: "Reads some entries of a user's black list",
    v3: getSpecifiedBlacksV3,
    by: 'token',
  })
  getDesignated(@CurrentActor() actor: Actor, @Input() { ownerUserID, userIDs }: SomeOf): Promise<ListedBlack[]> {
    return this.blacks.designated(actor, ownerUserID, userIDs);
  }

  @ImCall({
    path: 'friend/get_incremental_blacks',
    summary: "Tells what changed in a user's black list since a version",
    v3: getIncrementalBlacksV3,
    by: 'token',
  })
  getChanges(@CurrentActor() actor: Actor, @Input() { userID, known }: CopyOf): Promise<Changes<ListedBlack>> {
    return this.blacks.changes(actor, userID, known);
  }
}
