import type { User } from '../../users/user.entity.js';
import { publicUserView } from '../../users/wire/v3-views.js';
import type { Black } from '../black.entity.js';
import type { ListedBlack } from '../blacks.service.js';
import type { FriendRequest } from '../friend-request.entity.js';
import type { Friend } from '../friend.entity.js';
import type { ListedFriend } from '../friend-lists.service.js';

/**
 * Objects of answers and notifications. The unit of `createTime` differs by endpoint: whole lists say seconds, objects by
 * ID milliseconds. Source: contract/v3/common.md section 12, contract/v3/friend.md.
 */

const inSeconds = (ms: number): number => Math.floor(ms / 1000);

/** FriendInfo of a list: in seconds, with the friend's account, of which only the texts are told. */
export function listedFriendView({ friend, user }: ListedFriend): object {
  const friendUser = {
    ...publicUserView(user ?? { userID: friend.friendUserID }),
    createTime: 0,
    appMangerLevel: 0,
    globalRecvMsgOpt: 0,
  };
  return friendView(friend, inSeconds(friend.createTime), friendUser);
}

/** FriendInfo beside the account it is about: in milliseconds, without it. */
export function bareFriendView(friend: Friend): object {
  return friendView(friend, friend.createTime, null);
}

function friendView(friend: Friend, createTime: number, friendUser: object | null): object {
  return {
    ownerUserID: friend.ownerUserID,
    remark: friend.remark,
    createTime,
    friendUser,
    addSource: friend.addSource,
    operatorUserID: friend.operatorUserID,
    ex: friend.ex,
    isPinned: friend.isPinned,
  };
}

/** BlackInfo of a list: in seconds. */
export function listedBlackView({ black, user }: ListedBlack): object {
  return blackView(black, inSeconds(black.createTime), publicUserView(user ?? { userID: black.blackUserID }));
}

/** BlackInfo that was asked for by ID: in milliseconds. */
export function designatedBlackView({ black, user }: ListedBlack): object {
  return blackView(black, black.createTime, publicUserView(user ?? { userID: black.blackUserID }));
}

/** BlackInfo beside the account it is about: in milliseconds, without it. */
export function bareBlackView(black: Black): object {
  return blackView(black, black.createTime, null);
}

function blackView(black: Black, createTime: number, blackUserInfo: object | null): object {
  return {
    ownerUserID: black.ownerUserID,
    createTime,
    blackUserInfo,
    addSource: black.addSource,
    operatorUserID: black.operatorUserID,
    ex: black.ex,
  };
}

/** FriendRequest: in milliseconds everywhere. */
export function friendRequestView(request: Readonly<FriendRequest>, users: ReadonlyMap<string, User>): object {
  const from = users.get(request.fromUserID);
  const to = users.get(request.toUserID);
  return {
    fromUserID: request.fromUserID,
    fromNickname: from?.nickname ?? '',
    fromFaceURL: from?.faceURL ?? '',
    toUserID: request.toUserID,
    toNickname: to?.nickname ?? '',
    toFaceURL: to?.faceURL ?? '',
    handleResult: request.handleResult,
    reqMsg: request.reqMsg,
    createTime: request.createTime,
    handlerUserID: request.handlerUserID,
    handleMsg: request.handleMsg,
    handleTime: request.handleTime,
    ex: request.ex,
  };
}
