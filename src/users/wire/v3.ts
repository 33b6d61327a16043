import { ArgumentInvalid } from '../../core/errors.js';
import { assertDistinct, assertSome } from '../../core/lists.js';
import type { Page } from '../../core/pages.js';
import { ReceiveOption } from '../../core/protocol.js';
import { ID } from '../../dialects/common-fields.js';
import { Int, Parts, Text, TextList } from '../../dialects/fields.js';
import type { V3Speech } from '../../dialects/speech.js';
import { listOrNull, Pagination, type PaginationV3, v3Answer } from '../../dialects/v3-fields.js';
import type { Wire } from '../../dialects/wire.js';
import type { User } from '../user.entity.js';
import { assertNewUserIDs } from '../user.policy.js';
import type { UserFilter } from '../user.repository.js';
import type { NewUser } from '../users.service.js';
import { userInfoView } from './v3-views.js';

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

/** Letters, digits and `_`, of any script: what v3.8 takes for a userID. */
const PLAIN_ID = /^[\p{L}\p{Nd}_]+$/u;

export class UserRegisterV3 implements Wire<NewUser[]> {
  @Text({
    need: 'optional',
    max: 255,
    example: 'openIM123',
    description: 'One of the configured secrets. Without it, an administrator token.',
  })
  secret?: string;
  @Parts(() => UserToRegisterV3, { need: 'optional', description: 'At least one.' }) users: UserToRegisterV3[] = [];

  toInput(): NewUser[] {
    if (this.secret === '') throw new ArgumentInvalid('secret is empty', 'secret');
    assertSome(this.users, this.secret ? 'users is empty' : 'users are empty', 'users');
    if (this.secret === undefined) this.assertPlain();
    else assertNewUserIDs(this.users.map(({ userID }) => userID));
    return this.users;
  }

  /** The stricter rules of v3.8, which knows no secret here. Who is named twice is found when the caller is known. */
  private assertPlain(): void {
    for (const { userID } of this.users)
      if (!PLAIN_ID.test(userID)) throw new ArgumentInvalid('userID is legal', 'userID');
    for (const { nickname } of this.users) if (!nickname) throw new ArgumentInvalid('user name is empty', 'nickname');
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
    assertSome(this.checkUserIDs, 'CheckUserIDs is empty', 'checkUserIDs');
    assertDistinct(this.checkUserIDs, 'userID repeated', 'checkUserIDs');
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

const USER_SAMPLE = {
  userID: 'openIM123456',
  nickname: 'system1',
  faceURL: '',
  ex: '',
  createTime: 1699241222762,
  appMangerLevel: 2,
  globalRecvMsgOpt: 0,
};

/** A page of users that match. */
export interface FindUsers {
  page: Page;
  filter: UserFilter;
}

const PART_OF = 'Part of it, upper or lower case. With both, users that match either.';

export class GetUsersV3 implements Wire<FindUsers> {
  @Pagination() pagination: PaginationV3;
  @Text({ need: 'optional', max: 255, description: PART_OF }) userID?: string;
  @Text({ need: 'optional', max: 255, description: PART_OF }) nickName?: string;

  toInput(): FindUsers {
    return { page: this.pagination, filter: { userID: this.userID, nickname: this.nickName } };
  }
}

/** Source: contract/legacy/seeds.md section 19, contract/v3/user.md: administrators are counted, an empty page is `[]`. */
export const getUsersV3: V3Speech<FindUsers, { total: number; users: User[] }> = {
  request: GetUsersV3,
  answer: ({ total, users }) => ({ total, users: users.map(userInfoView) }),
  sample: {
    request: { pagination: { pageNumber: 1, showNumber: 100 } },
    answer: v3Answer({ total: 1, users: [USER_SAMPLE] }),
  },
};

export class GetUsersInfoV3 implements Wire<string[]> {
  @TextList({ missing: 'UserIDs is empty', example: ['openIM123456'] }) userIDs: string[];

  toInput(): string[] {
    assertSome(this.userIDs, 'UserIDs is empty', 'userIDs');
    return [...new Set(this.userIDs)];
  }
}

/** Source: contract/v3/user.md. Order of the request, each user once; unknown ones are passed over. */
export const getUsersInfoV3: V3Speech<string[], Map<string, User>> = {
  request: GetUsersInfoV3,
  answer: (users, userIDs) => ({
    usersInfo: listOrNull(
      userIDs
        .map((userID) => users.get(userID))
        .filter((user) => user !== undefined)
        .map(userInfoView),
    ),
  }),
  sample: { request: { userIDs: ['openIM123456'] }, answer: v3Answer({ usersInfo: [USER_SAMPLE] }) },
};

export class GetAllUsersUidV3 implements Wire<Page> {
  @Pagination() pagination: PaginationV3;

  toInput(): Page {
    return this.pagination;
  }
}

/** Source: contract/v3/user.md. Oldest accounts first. */
export const getAllUsersUidV3: V3Speech<Page, { total: number; userIDs: string[] }> = {
  request: GetAllUsersUidV3,
  answer: ({ total, userIDs }) => ({ total, userIDs: listOrNull(userIDs) }),
  sample: {
    request: { pagination: { pageNumber: 1, showNumber: 100 } },
    answer: v3Answer({ total: 3, userIDs: ['openIM123456', 'openIM654321', 'openIMAdmin'] }),
  },
};
