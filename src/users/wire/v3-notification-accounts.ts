import { ArgumentInvalid } from '../../core/errors.js';
import { AppLevel } from '../../core/protocol.js';
import { ID } from '../../dialects/common-fields.js';
import { Int, Text } from '../../dialects/fields.js';
import type { V3Speech } from '../../dialects/speech.js';
import { listOrNull, Pagination, type PaginationV3, v3Answer } from '../../dialects/v3-fields.js';
import type { Wire } from '../../dialects/wire.js';
import type { FindAccounts, NewNotificationAccount } from '../notification-accounts.service.js';
import type { User } from '../user.entity.js';

/** The protocol spells a nickname `nickName` on these paths alone. */
function accountView({ userID, faceURL, nickname, appMangerLevel }: User): object {
  return { userID, faceURL, nickName: nickname, appMangerLevel };
}

const ACCOUNT_SAMPLE = { userID: '1234567890', faceURL: '', nickName: 'News', appMangerLevel: 3 };

export class AddNotificationAccountV3 implements Wire<NewNotificationAccount> {
  @Text({ max: 255, missing: 'nickName is empty', example: 'News' }) nickName: string;
  @Text({ need: 'optional', max: 64, description: 'Left out, ten digits.' }) userID = '';
  @Text({ need: 'optional', max: 1024 }) faceURL = '';
  @Int({ need: 'optional', description: '3 a notification account, 4 a robot; never less.', example: 3 })
  appMangerLevel = 0;

  toInput(): NewNotificationAccount {
    const { userID, nickName, faceURL, appMangerLevel } = this;
    if (appMangerLevel < AppLevel.notificationAccount) {
      throw new ArgumentInvalid('app level not supported', 'appMangerLevel');
    }
    return { userID, nickname: nickName, faceURL, appMangerLevel };
  }
}

/** Source: contract/v3/user.md. */
export const addNotificationAccountV3: V3Speech<NewNotificationAccount, User> = {
  request: AddNotificationAccountV3,
  answer: accountView,
  errors: { 'user.already-registered': { errCode: 1001, errMsg: 'ArgsError', errDlt: 'userID is used' } },
  sample: { request: { nickName: 'News', appMangerLevel: 3 }, answer: v3Answer(ACCOUNT_SAMPLE) },
};

/** Which account, and what it shall be called and look like; "" leaves as it is. */
export interface UpdateAccount {
  userID: string;
  nickname: string;
  faceURL: string;
}

export class UpdateNotificationAccountV3 implements Wire<UpdateAccount> {
  @ID({ missing: 'userID is empty', example: '1234567890' }) userID: string;
  @Text({ need: 'optional', max: 1024, description: '"" leaves it as it is.' }) faceURL = '';
  @Text({ need: 'optional', max: 255, description: '"" leaves it as it is.', example: 'News' }) nickName = '';

  toInput(): UpdateAccount {
    const { userID, nickName, faceURL } = this;
    if (!nickName && !faceURL) throw new ArgumentInvalid('faceURL and nickName is empty at the same', 'nickName');
    return { userID, nickname: nickName, faceURL };
  }
}

/** Source: contract/v3/user.md. */
export const updateNotificationAccountV3: V3Speech<UpdateAccount, void> = {
  request: UpdateNotificationAccountV3,
  errors: { 'user.not-found': { errCode: 1001, errMsg: 'ArgsError' } },
  sample: { request: { userID: '1234567890', nickName: 'News' }, answer: v3Answer() },
};

export class SearchNotificationAccountV3 implements Wire<FindAccounts> {
  @Text({ need: 'optional', max: 255, description: 'A userID; where nobody has it, a nickname.' }) keyword = '';
  @Int({ need: 'optional', description: 'Spelled without the mistake, here alone.' }) appManagerLevel?: number;
  @Pagination() pagination: PaginationV3;

  toInput(): FindAccounts {
    return { keyword: this.keyword, level: this.appManagerLevel, page: this.pagination };
  }
}

/** Source: contract/v3/user.md. */
export const searchNotificationAccountV3: V3Speech<FindAccounts, { total: number; accounts: User[] }> = {
  request: SearchNotificationAccountV3,
  answer: ({ total, accounts }) => ({ total, notificationAccounts: listOrNull(accounts.map(accountView)) }),
  sample: {
    request: { pagination: { pageNumber: 1, showNumber: 20 } },
    answer: v3Answer({ total: 1, notificationAccounts: [ACCOUNT_SAMPLE] }),
  },
};
