import { ArgumentInvalid } from '../../core/errors.js';
import type { Page } from '../../core/pages.js';
import { ReceiveOption } from '../../core/protocol.js';
import { ID } from '../../dialects/common-fields.js';
import { Int, Part, Parts, Text, TextList } from '../../dialects/fields.js';
import type { V3Speech } from '../../dialects/speech.js';
import type { Wire } from '../../dialects/wire.js';
import type { User } from '../user.entity.js';
import { assertNewUserIDs } from '../user.policy.js';
import type { NewUser } from '../users.service.js';

/** One of the accounts to create. */
export class UserToRegisterV3 {
  @ID({ missing: 'userID is empty', example: '11111112' }) userID: string;
  @Text({ need: 'optional', max: 255, example: 'yourNickname' }) nickname?: string;
  @Text({ need: 'optional', max: 1024, example: 'yourFaceURL' }) faceURL?: string;
  @Text({ need: 'optional', max: 4096 }) ex?: string;
  @Int({
    need: 'optional',
    min: 0,
    max: 4,
    description: '1 ordinary (default). 2 cannot be given: administrators are configured.',
  })
  appMangerLevel?: number;
  @Int({ need: 'optional', values: Object.values(ReceiveOption) }) globalRecvMsgOpt?: number;
}

export class UserRegisterV3 implements Wire<NewUser[]> {
  @Text({
    need: 'optional',
    max: 255,
    example: 'openIM123',
    description: 'One of the configured secrets. Without it, an administrator token.',
  })
  secret?: string;
  @Parts(() => UserToRegisterV3, { min: 1, missing: 'users is empty' }) users: UserToRegisterV3[];

  toInput(): NewUser[] {
    if (this.secret === '') throw new ArgumentInvalid('secret is empty', 'secret');
    assertNewUserIDs(this.users.map(({ userID }) => userID));
    return this.users;
  }
}

/** Source: contract/legacy/seeds.md section 16, contract/v3/user.md. */
export const userRegisterV3: V3Speech<NewUser[], unknown> = {
  request: UserRegisterV3,
  sample: {
    request: { secret: 'openIM123', users: [{ userID: '11111112', nickname: 'yourNickname', faceURL: 'yourFaceURL' }] },
    answer: { errCode: 0, errMsg: '', errDlt: '' },
  },
};

export class AccountCheckV3 implements Wire<string[]> {
  @TextList({ missing: 'CheckUserIDs is empty', example: ['11111111', '11111112'] }) checkUserIDs: string[];

  toInput(): string[] {
    if (new Set(this.checkUserIDs).size !== this.checkUserIDs.length) {
      throw new ArgumentInvalid('userID repeated', 'checkUserIDs');
    }
    return this.checkUserIDs;
  }
}

/** Source: contract/legacy/seeds.md section 18: `accountStatus` is text. */
export const accountCheckV3: V3Speech<string[], Set<string>> = {
  request: AccountCheckV3,
  answer: (registered, userIDs) => ({
    results: userIDs.map((userID) => ({
      userID,
      accountStatus: registered.has(userID) ? 'registered' : 'unregistered',
    })),
  }),
  sample: {
    request: { checkUserIDs: ['11111111', 'openIM123456'] },
    answer: {
      errCode: 0,
      errMsg: '',
      errDlt: '',
      data: {
        results: [
          { userID: '11111111', accountStatus: 'unregistered' },
          { userID: 'openIM123456', accountStatus: 'registered' },
        ],
      },
    },
  },
};

/** Page numbers as v3 nests them. */
export class PaginationV3 implements Page {
  @Int({ min: 1, missing: 'pageNumber is invalid', invalid: 'pageNumber is invalid', example: 1 }) pageNumber: number;
  @Int({ min: 1, missing: 'showNumber is invalid', invalid: 'showNumber is invalid', example: 100 }) showNumber: number;
}

export class GetUsersV3 implements Wire<Page> {
  @Part(() => PaginationV3, { missing: 'pagination is empty' }) pagination: PaginationV3;

  toInput(): Page {
    return this.pagination;
  }
}

/** Source: contract/legacy/seeds.md section 19: exactly these seven members; administrators are counted. */
export const getUsersV3: V3Speech<Page, { total: number; users: User[] }> = {
  request: GetUsersV3,
  answer: ({ total, users }) => ({
    total,
    users: users.map(({ userID, nickname, faceURL, ex, createTime, appMangerLevel, globalRecvMsgOpt }) => ({
      userID,
      nickname,
      faceURL,
      ex,
      createTime,
      appMangerLevel,
      globalRecvMsgOpt,
    })),
  }),
  sample: {
    request: { pagination: { pageNumber: 1, showNumber: 100 } },
    answer: {
      errCode: 0,
      errMsg: '',
      errDlt: '',
      data: {
        total: 1,
        users: [
          {
            userID: 'openIM123456',
            nickname: 'system1',
            faceURL: '',
            ex: '',
            createTime: 1699241222762,
            appMangerLevel: 2,
            globalRecvMsgOpt: 0,
          },
        ],
      },
    },
  },
};
