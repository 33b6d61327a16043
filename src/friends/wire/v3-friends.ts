import { assertDistinct, assertNotTooMany, assertSome } from '../../core/lists.js';
import { ID } from '../../dialects/common-fields.js';
import { Flag, Text, TextList } from '../../dialects/fields.js';
import type { V3Speech } from '../../dialects/speech.js';
import { v3Answer } from '../../dialects/v3-fields.js';
import type { Wire } from '../../dialects/wire.js';
import type { FriendPair, UpdateFriends } from '../friends.service.js';
import type { ImportFriend } from './v1.js';

/** Changing friend lists in v3. Source: contract/v3/friend.md. */

export class ImportFriendV3 implements Wire<ImportFriend> {
  @ID({ missing: 'ownerUserID is empty', example: '11111112' }) ownerUserID: string;
  @TextList({ missing: 'friendUserIDS is empty', description: 'At most 1000.', example: ['openIM654321'] })
  friendUserIDs: string[];

  toInput(): ImportFriend {
    assertSome(this.friendUserIDs, 'friendUserIDS is empty', 'friendUserIDs');
    assertNotTooMany(this.friendUserIDs, 'FriendUserIDs', 'friendUserIDs');
    return { ownerUserID: this.ownerUserID, all: this.friendUserIDs };
  }
}

/** All of them or none: the original finds fewer accounts than it was given, whichever of the mistakes it was. */
export const importFriendV3: V3Speech<ImportFriend, readonly string[]> = {
  request: ImportFriendV3,
  errors: { 'user.not-found': { errCode: 1004, errMsg: 'RecordNotFoundError', errDlt: 'user not found' } },
  sample: { request: { ownerUserID: '11111112', friendUserIDs: ['openIM654321', 'openIMAdmin'] }, answer: v3Answer() },
};

export class DeleteFriendV3 implements Wire<FriendPair> {
  @ID({ missing: 'userID1 is empty', example: '11111112' }) ownerUserID: string;
  @ID({ missing: 'userID2 is empty', example: 'openIMAdmin' }) friendUserID: string;

  toInput(): FriendPair {
    return { ownerUserID: this.ownerUserID, friendUserID: this.friendUserID };
  }
}

export const deleteFriendV3: V3Speech<FriendPair, void> = {
  request: DeleteFriendV3,
  sample: { request: { ownerUserID: '11111112', friendUserID: 'openIMAdmin' }, answer: v3Answer() },
};

export class SetFriendRemarkV3 implements Wire<FriendPair & { remark: string }> {
  @ID({ missing: 'ownerUserID is empty', example: '11111112' }) ownerUserID: string;
  @ID({ missing: 'fromUserID is empty', example: 'openIM654321' }) friendUserID: string;
  @Text({ need: 'optional', max: 255, example: 'the second', description: 'Empty or left out: none.' }) remark: string =
    '';

  toInput(): FriendPair & { remark: string } {
    return { ownerUserID: this.ownerUserID, friendUserID: this.friendUserID, remark: this.remark };
  }
}

export const setFriendRemarkV3: V3Speech<FriendPair & { remark: string }, void> = {
  request: SetFriendRemarkV3,
  sample: {
    request: { ownerUserID: '11111112', friendUserID: 'openIM654321', remark: 'the second' },
    answer: v3Answer(),
  },
};

export class UpdateFriendsV3 implements Wire<UpdateFriends> {
  @ID({ missing: 'ownerUserID is empty', example: '11111112' }) ownerUserID: string;
  @TextList({ missing: 'friendUserIDs is empty', description: 'At most 1000.', example: ['openIM654321'] })
  friendUserIDs: string[];
  @Flag({ orNumber: true, example: true }) isPinned?: boolean | number;
  @Text({ need: 'optional', max: 255, example: 'the second' }) remark?: string;
  @Text({ need: 'optional', max: 4096 }) ex?: string;

  toInput(): UpdateFriends {
    assertSome(this.friendUserIDs, 'friendUserIDs is empty', 'friendUserIDs');
    assertNotTooMany(this.friendUserIDs, 'FriendUserIDs', 'friendUserIDs');
    assertDistinct(this.friendUserIDs, 'friendIDList repeated', 'friendUserIDs');
    const { ownerUserID, friendUserIDs, isPinned, remark, ex } = this;
    const changes = {
      ...(isPinned === undefined ? {} : { isPinned: Boolean(isPinned) }),
      ...(remark === undefined ? {} : { remark }),
      ...(ex === undefined ? {} : { ex }),
    };
    return { ownerUserID, friendUserIDs, changes };
  }
}

export const updateFriendsV3: V3Speech<UpdateFriends, void> = {
  request: UpdateFriendsV3,
  sample: { request: { ownerUserID: '11111112', friendUserIDs: ['openIM654321'], isPinned: true }, answer: v3Answer() },
};
