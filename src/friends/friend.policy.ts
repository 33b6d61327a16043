import { ArgumentInvalid } from '../core/errors.js';
import { FriendAnswer } from '../core/protocol.js';
import type { FriendRequest } from './friend-request.entity.js';
import { FriendRequestHandled } from './friend.errors.js';

/** Nobody agrees to what was answered before. Source: contract/v3/friend.md, add_friend_response. @throws ArgumentInvalid */
export function assertMayAgree({ handleResult }: FriendRequest): void {
  if (handleResult === FriendAnswer.open) return;
  throw new ArgumentInvalid('the friend request has been processed', 'handleResult');
}

/** Nobody refuses what was answered before. @throws FriendRequestHandled */
export function assertMayRefuse({ handleResult, fromUserID, toUserID }: FriendRequest): void {
  if (handleResult !== FriendAnswer.open) throw new FriendRequestHandled(fromUserID, toUserID);
}
