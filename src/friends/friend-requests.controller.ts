import { CurrentActor } from '../access/current-actor.js';
import type { Actor } from '../core/actor.js';
import { ImCall, ImController, Input } from '../dialects/im-call.js';
import {
  type AnswerFriend,
  type AskFriend,
  FriendRequestsService,
  type RequestList,
} from './friend-requests.service.js';
import {
  addFriendResponseV3,
  addFriendV3,
  getDesignatedFriendApplyV3,
  getFriendApplyListV3,
  getSelfFriendApplyListV3,
  getSelfUnhandledApplyCountV3,
  type OpenSince,
  type PageOfRequests,
  type RequestPair,
} from './wire/v3-requests.js';

@ImController('friends')
export class FriendRequestsController {
  constructor(private readonly requests: FriendRequestsService) {}

  @ImCall({ path: 'friend/add_friend', summary: 'Asks a user to be friends', v3: addFriendV3, by: 'token' })
  ask(@CurrentActor() actor: Actor, @Input() request: AskFriend): Promise<void> {
    return this.requests.ask(actor, request);
  }

  @ImCall({
    path: 'friend/add_friend_response',
    summary: 'Agrees to be friends, or refuses',
    v3: addFriendResponseV3,
    by: 'token',
  })
  answer(@CurrentActor() actor: Actor, @Input() answer: AnswerFriend): Promise<void> {
    return this.requests.answer(actor, answer);
  }

  @ImCall({
    path: 'friend/get_friend_apply_list',
    summary: 'Reads a page of the requests a user received, newest first',
    v3: getFriendApplyListV3,
    by: 'token',
  })
  getReceived(
    @CurrentActor() actor: Actor,
    @Input() { userID, handleResults, page }: PageOfRequests,
  ): Promise<RequestList> {
    return this.requests.page(actor, { side: 'toUserID', userID, handleResults }, page);
  }

  @ImCall({
    path: 'friend/get_self_friend_apply_list',
    summary: 'Reads a page of the requests a user sent, newest first',
    v3: getSelfFriendApplyListV3,
    by: 'token',
  })
  getSent(
    @CurrentActor() actor: Actor,
    @Input() { userID, handleResults, page }: PageOfRequests,
  ): Promise<RequestList> {
    return this.requests.page(actor, { side: 'fromUserID', userID, handleResults }, page);
  }

  @ImCall({
    path: 'friend/get_designated_friend_apply',
    summary: 'Reads the requests between two users, in both directions',
    v3: getDesignatedFriendApplyV3,
    by: 'token',
  })
  getBetween(@CurrentActor() actor: Actor, @Input() { fromUserID, toUserID }: RequestPair): Promise<RequestList> {
    return this.requests.between(actor, fromUserID, toUserID);
  }

  @ImCall({
    path: 'friend/get_self_unhandled_apply_count',
    summary: 'Counts the requests a user received and has not answered',
    v3: getSelfUnhandledApplyCountV3,
    by: 'token',
  })
  countOpen(@CurrentActor() actor: Actor, @Input() { userID, after }: OpenSince): Promise<number> {
    return this.requests.countOpen(actor, userID, after);
  }
}
