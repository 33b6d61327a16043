import { ArgumentInvalid } from '../../core/errors.js';
import { ID, OperationID } from '../../dialects/common-fields.js';
import { everyTokenFailure } from '../../dialects/errors/legacy-error.js';
import { TextList } from '../../dialects/fields.js';
import type { V1Speech } from '../../dialects/speech.js';
import type { Wire } from '../../dialects/wire.js';

/**
 * Whom to make friends of whom, in one of three forms: `one`; `many`, of whom those that cannot be are answered; `all` (v3),
 * which are all made or none.
 */
export interface ImportFriend {
  ownerUserID: string;
  one?: string;
  many?: readonly string[];
  all?: readonly string[];
}

export class ImportFriendV1 implements Wire<ImportFriend> {
  @ID({ need: 'optional', example: 'openIM654321', description: 'The friend: the documented form.' }) uid?: string;
  @TextList({ need: 'optional', description: 'Several friends: the form of v1.0.0 to v1.0.7, used when present.' })
  uidList?: string[];
  @ID({ example: 'openIMAdmin', description: 'Whose friend.' }) ownerUid: string;
  @OperationID() operationID: string;

  toInput(): ImportFriend {
    if (this.uidList) return { ownerUserID: this.ownerUid, many: this.uidList };
    if (!this.uid) throw new ArgumentInvalid('uid is required', 'uid');
    return { ownerUserID: this.ownerUid, one: this.uid };
  }
}

/** The list form carries who failed; when it failed as a whole, that is everybody. */
const failedAsAsked = (wire: unknown): Record<string, unknown> => {
  const { uidList } = wire as ImportFriendV1;
  return uidList ? { failedUidList: uidList } : {};
};
const refused = (errMsg: string) => ({ http: 200, errCode: 606, errMsg, also: failedAsAsked });

/** Source: contract/legacy/seeds.md section 7, contract/legacy/v1.md 2.1. */
export const importFriendV1: V1Speech<ImportFriend, readonly string[]> = {
  request: ImportFriendV1,
  answer: (failed, { many }) => {
    if (!many) return {};
    return failed.length === 0
      ? { failedUidList: [] }
      : { errCode: 408, errMsg: 'some uid establish failed', failedUidList: failed };
  },
  errors: {
    ...everyTokenFailure(refused('Parse token failed')),
    'caller.not-admin': refused('not authorized'),
    'user.not-found': refused("Can't find the user information"),
    'friend.owner-not-found': refused('this user not exists,cant not add friend'),
  },
  sample: {
    request: { uid: 'openIM654321', operationID: '1111111222', ownerUid: 'openIMAdmin' },
    answer: { errCode: 0, errMsg: '' },
  },
};

/** Who is blocked by whom; without an owner, by the caller. */
export interface AddToBlacklist {
  userID: string;
  ownerUserID?: string;
}

export class AddBlacklistV1 implements Wire<AddToBlacklist> {
  @ID({ example: 'openIM654321', description: 'Who is blocked.' }) uid: string;
  @ID({ need: 'optional', example: 'openIMAdmin', description: 'By whom; the caller when left out.' })
  ownerUid?: string;
  @OperationID() operationID: string;

  toInput(): AddToBlacklist {
    return { userID: this.uid, ownerUserID: this.ownerUid };
  }
}

/** Source: contract/legacy/seeds.md section 8. */
export const addBlacklistV1: V1Speech<AddToBlacklist, void> = {
  request: AddBlacklistV1,
  sample: {
    request: { uid: 'openIM654321', operationID: '1111111222', ownerUid: 'openIM123456' },
    answer: { errCode: 0, errMsg: '' },
  },
};
