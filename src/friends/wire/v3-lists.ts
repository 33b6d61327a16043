import { assertDistinct, assertNotTooMany, assertSome } from '../../core/lists.js';
import type { Page } from '../../core/pages.js';
import { ID } from '../../dialects/common-fields.js';
import { Text, TextList, Uint64 } from '../../dialects/fields.js';
import type { V3Speech } from '../../dialects/speech.js';
import { listOrNull, Pagination, PaginationV3, v3Answer } from '../../dialects/v3-fields.js';
import type { Wire } from '../../dialects/wire.js';
import {
  type Changes,
  changesView,
  type FullIDs,
  fullIDsView,
  idHashIn,
  type KnownVersion,
  knownVersionOf,
} from '../../sync/views.js';
import { userInfoView } from '../../users/wire/v3-views.js';
import type { ListedFriend, UserRelation } from '../friend-lists.service.js';
import { FRIEND_SAMPLE } from './v3-samples.js';
import { bareBlackView, bareFriendView, listedFriendView } from './v3-views.js';

/** Reading friend lists in v3. Source: contract/v3/friend.md. */

/** A page of what is a user's. */
export interface PageOf {
  userID: string;
  page: Page;
}

/** Some entries of a user's list. */
export interface SomeOf {
  ownerUserID: string;
  userIDs: string[];
}

export class PageOfV3 implements Wire<PageOf> {
  @Pagination() pagination: PaginationV3;
  @ID({ missing: 'userID is empty', example: '11111112' }) userID: string;

  toInput(): PageOf {
    return { userID: this.userID, page: this.pagination };
  }
}

export const getFriendListV3: V3Speech<PageOf, { total: number; friends: ListedFriend[] }> = {
  request: PageOfV3,
  answer: ({ total, friends }) => ({ friendsInfo: listOrNull(friends.map(listedFriendView)), total }),
  sample: {
    request: { pagination: { pageNumber: 1, showNumber: 100 }, userID: '11111112' },
    answer: v3Answer({ friendsInfo: [FRIEND_SAMPLE], total: 1 }),
  },
};

export class GetDesignatedFriendsV3 implements Wire<SomeOf> {
  @ID({ missing: 'ownerUserID is empty', example: '11111112' }) ownerUserID: string;
  @TextList({ missing: 'friendUserIDS is empty', example: ['openIM654321'] }) friendUserIDs: string[];

  toInput(): SomeOf {
    assertSome(this.friendUserIDs, 'friendUserIDS is empty', 'friendUserIDs');
    return { ownerUserID: this.ownerUserID, userIDs: this.friendUserIDs };
  }
}

export const getDesignatedFriendsV3: V3Speech<SomeOf, ListedFriend[]> = {
  request: GetDesignatedFriendsV3,
  answer: (friends) => ({ friendsInfo: listOrNull(friends.map(listedFriendView)) }),
  sample: {
    request: { ownerUserID: '11111112', friendUserIDs: ['openIM654321'] },
    answer: v3Answer({ friendsInfo: [FRIEND_SAMPLE] }),
  },
};

export class GetSpecifiedFriendsInfoV3 implements Wire<SomeOf> {
  @ID({ missing: 'ownerUserID is empty', example: '11111112' }) ownerUserID: string;
  @TextList({ missing: 'userIDList is empty', description: 'At most 1000.', example: ['openIM654321'] })
  userIDList: string[];

  toInput(): SomeOf {
    assertSome(this.userIDList, 'userIDList is empty', 'userIDList');
    assertNotTooMany(this.userIDList, 'UserIDs', 'userIDList');
    assertDistinct(this.userIDList, 'userIDList repeated', 'userIDList');
    return { ownerUserID: this.ownerUserID, userIDs: this.userIDList };
  }
}

export const getSpecifiedFriendsInfoV3: V3Speech<SomeOf, UserRelation[]> = {
  request: GetSpecifiedFriendsInfoV3,
  answer: (relations) => ({
    infos: listOrNull(
      relations.map(({ user, friend, black }) => ({
        userInfo: userInfoView(user),
        friendInfo: friend ? bareFriendView(friend) : null,
        blackInfo: black ? bareBlackView(black) : null,
      })),
    ),
  }),
  sample: {
    request: { ownerUserID: '11111112', userIDList: ['openIM654321'] },
    answer: v3Answer({
      infos: [
        {
          userInfo: { ...FRIEND_SAMPLE.friendUser, createTime: 1699241222762, appMangerLevel: 1 },
          friendInfo: { ...FRIEND_SAMPLE, createTime: 1699241222762, friendUser: null },
          blackInfo: null,
        },
      ],
    }),
  },
};

export class UserIDV3 implements Wire<string> {
  @ID({ missing: 'userID is empty', example: '11111112' }) userID: string;

  toInput(): string {
    return this.userID;
  }
}

export const getFriendIDV3: V3Speech<string, string[]> = {
  request: UserIDV3,
  answer: (friendIDs) => ({ friendIDs: listOrNull(friendIDs) }),
  sample: { request: { userID: '11111112' }, answer: v3Answer({ friendIDs: ['openIM654321'] }) },
};

/** Two users. */
export interface TwoUsers {
  userID1: string;
  userID2: string;
}

export class IsFriendV3 implements Wire<TwoUsers> {
  @ID({ missing: 'userID1 is empty', example: '11111112' }) userID1: string;
  @ID({ missing: 'userID2 is empty', example: 'openIM654321' }) userID2: string;

  toInput(): TwoUsers {
    return { userID1: this.userID1, userID2: this.userID2 };
  }
}

export const isFriendV3: V3Speech<TwoUsers, { inUser1Friends: boolean; inUser2Friends: boolean }> = {
  request: IsFriendV3,
  answer: ({ inUser1Friends, inUser2Friends }) => ({ inUser1Friends, inUser2Friends }),
  sample: {
    request: { userID1: '11111112', userID2: 'openIM654321' },
    answer: v3Answer({ inUser1Friends: true, inUser2Friends: true }),
  },
};

/** The copy of a list a client has. */
export interface CopyOf {
  userID: string;
  known: KnownVersion;
}

export class ChangesOfV3 implements Wire<CopyOf> {
  @ID({ missing: 'userID is empty', example: '11111112' }) userID: string;
  @Text({ need: 'optional', max: 255, example: '65f0a1b2c3d4e5f6a7b8c9d0' }) versionID: string = '';
  @Uint64({ example: 3 }) version?: unknown;

  toInput(): CopyOf {
    return { userID: this.userID, known: knownVersionOf(this) };
  }
}

export const getIncrementalFriendsV3: V3Speech<CopyOf, Changes<ListedFriend>> = {
  request: ChangesOfV3,
  answer: (changes) => ({ ...changesView(changes, listedFriendView), sortVersion: changes.delta.sortVersion }),
  sample: {
    request: { userID: '11111112', versionID: '65f0a1b2c3d4e5f6a7b8c9d0', version: 3 },
    answer: v3Answer({
      version: 5,
      versionID: '65f0a1b2c3d4e5f6a7b8c9d0',
      full: false,
      delete: null,
      insert: [FRIEND_SAMPLE],
      update: null,
      sortVersion: 0,
    }),
  },
};

export class GetFullFriendUserIDsV3 implements Wire<{ userID: string; idHash: bigint }> {
  @Uint64({ description: 'Of the list the client has; 0 when it has none.', example: 0 }) idHash?: unknown;
  @ID({ missing: 'userID is empty', example: '11111112' }) userID: string;

  toInput(): { userID: string; idHash: bigint } {
    return { userID: this.userID, idHash: idHashIn(this) };
  }
}

export const getFullFriendUserIDsV3: V3Speech<{ userID: string; idHash: bigint }, FullIDs> = {
  request: GetFullFriendUserIDsV3,
  answer: (full) => fullIDsView(full, 'userIDs'),
  sample: {
    request: { idHash: 0, userID: '11111112' },
    answer: v3Answer({ version: 5, versionID: '65f0a1b2c3d4e5f6a7b8c9d0', equal: false, userIDs: ['openIM654321'] }),
  },
};
