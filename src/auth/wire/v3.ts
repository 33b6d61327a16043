import type { Claims } from '../../access/claims.js';
import type { IssuedToken } from '../../access/tokens.service.js';
import { ID } from '../../dialects/common-fields.js';
import { Int, Text } from '../../dialects/fields.js';
import { SAMPLE_TOKEN, type V3Speech } from '../../dialects/speech.js';
import type { Wire } from '../../dialects/wire.js';
import { UserNotFound } from '../../users/user.errors.js';
import type { UserOnPlatform } from '../auth.input.js';
import type { Login } from '../auth.service.js';

const SECRET = { max: 255, missing: 'secret is empty', example: 'openIM123' };
const PLATFORM = { missing: 'platform is invalidate', invalid: 'platform is invalidate', example: 1 };

const issuedView = ({ token, expireTimeSeconds }: IssuedToken): object => ({ token, expireTimeSeconds });

const ISSUED_SAMPLE = {
  errCode: 0,
  errMsg: '',
  errDlt: '',
  data: { token: SAMPLE_TOKEN, expireTimeSeconds: 7776000 },
};

export class UserTokenV3 implements Wire<Login> {
  @Text(SECRET) secret: string;
  @ID({ missing: 'userID is empty', example: '11111112' }) userID: string;
  @Int({ ...PLATFORM, min: 1, max: 10 }) platformID: number;

  toInput(): Login {
    return { userID: this.userID, platformID: this.platformID, dialect: 3 };
  }
}

/** Source: contract/legacy/seeds.md section 17. */
export const userTokenV3: V3Speech<Login, IssuedToken> = {
  request: UserTokenV3,
  answer: issuedView,
  errors: {
    'user.not-found': {
      errCode: 1101,
      errMsg: 'UserIDNotFoundError',
      errDlt: (error) => (error instanceof UserNotFound ? error.userID : error.message),
    },
  },
  sample: { request: { secret: 'openIM123', platformID: 1, userID: 'openIM123456' }, answer: ISSUED_SAMPLE },
};

export class GetAdminTokenV3 implements Wire<string> {
  @ID({ missing: 'userID is empty', example: 'openIM123456' }) userID: string;
  @Text({ ...SECRET, need: 'optional', description: 'Left out, it is wrong.' }) secret?: string;

  toInput(): string {
    return this.userID;
  }
}

/** Source: contract/v3/auth.md. */
export const getAdminTokenV3: V3Speech<string, IssuedToken> = {
  request: GetAdminTokenV3,
  answer: issuedView,
  errors: { 'user.not-found': { errCode: 1004, errMsg: 'RecordNotFoundError', errDlt: 'user not found' } },
  sample: { request: { secret: 'openIM123', userID: 'openIM123456' }, answer: ISSUED_SAMPLE },
};

export class GetUserTokenV3 implements Wire<UserOnPlatform> {
  @ID({ need: 'optional', example: '11111112' }) userID = '';
  @Int({ ...PLATFORM, min: 1, max: 11 }) platformID: number;

  toInput(): UserOnPlatform {
    return this;
  }
}

/** Source: contract/v3/auth.md. */
export const getUserTokenV3: V3Speech<UserOnPlatform, IssuedToken> = {
  request: GetUserTokenV3,
  answer: issuedView,
  errors: { 'user.not-found': { errCode: 1004, errMsg: 'RecordNotFoundError', errDlt: 'record not found' } },
  sample: { request: { userID: '11111112', platformID: 1 }, answer: ISSUED_SAMPLE },
};

export class ParseTokenV3 implements Wire<string> {
  @Text({ max: 8192, missing: 'userID is empty', example: SAMPLE_TOKEN }) token: string;

  toInput(): string {
    return this.token;
  }
}

/** Source: contract/v3/auth.md. Here `expireTimeSeconds` is a moment, not a duration. */
export const parseTokenV3: V3Speech<string, Claims> = {
  request: ParseTokenV3,
  answer: ({ userID, platformID, exp }) => ({ userID, platformID, expireTimeSeconds: exp }),
  sample: {
    request: { token: SAMPLE_TOKEN },
    answer: {
      errCode: 0,
      errMsg: '',
      errDlt: '',
      data: { userID: 'openIM123456', platformID: 10, expireTimeSeconds: 1706595340 },
    },
  },
};

export class ForceLogoutV3 implements Wire<UserOnPlatform> {
  @ID({ missing: 'userID is empty', example: '11111112' }) userID: string;
  @Int({ missing: 'platformID is invalidate', invalid: 'platformID is invalidate', example: 1, min: 1, max: 10 })
  platformID: number;

  toInput(): UserOnPlatform {
    return this;
  }
}

/** Source: contract/v3/auth.md. */
export const forceLogoutV3: V3Speech<UserOnPlatform, void> = {
  request: ForceLogoutV3,
  sample: { request: { userID: '11111112', platformID: 1 }, answer: { errCode: 0, errMsg: '', errDlt: '' } },
};
