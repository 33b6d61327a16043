import type { IssuedToken } from '../../access/tokens.service.js';
import { GENDERS } from '../../core/protocol.js';
import { OperationID, Platform, Secret } from '../../dialects/common-fields.js';
import { Int, Text } from '../../dialects/fields.js';
import { SAMPLE_TOKEN, type V2Speech } from '../../dialects/speech.js';
import type { Wire } from '../../dialects/wire.js';
import { birthFromSeconds } from '../../users/birth.js';
import { userIDProblem } from '../../users/user.policy.js';
import type { RegisterUser } from '../auth.input.js';
import type { Login } from '../auth.service.js';

/** Largest birthday: an unsigned 32-bit number of seconds. */
const MAX_UINT32 = 2 ** 32 - 1;

export class UserRegisterV2 implements Wire<RegisterUser> {
  @Secret() secret: string;
  @Platform(7) platform: number;
  @Text({ max: 64, rule: userIDProblem, example: 'openIM1111' }) userID: string;
  @OperationID() operationID: string;
  @Text({ need: 'optional', max: 64, example: '2222' }) nickname?: string;
  @Text({
    need: 'optional',
    max: 1024,
    example: 'https://oss.com.cn/head',
    description: 'The server spells it `faceURL`, the document `faceUrl`.',
  })
  faceURL?: string;
  @Int({ need: 'optional', values: GENDERS, description: '0 unknown, 1 male, 2 female.', example: 1 }) gender?: number;
  @Text({ need: 'optional', max: 32, example: '18666667777', description: 'Wins over `phoneNum`.' })
  phoneNumber?: string;
  @Text({ need: 'optional', max: 32, example: '18666667777' }) phoneNum?: string;
  @Int({ need: 'optional', min: 0, max: MAX_UINT32, description: 'Seconds since the epoch.', example: 1640692941 })
  birth?: number;
  @Text({ need: 'optional', max: 64, example: 'xxxx@qq.com' }) email?: string;
  @Text({ need: 'optional', max: 1024, example: 'xxx', description: 'Opaque to the server.' }) ex?: string;

  toInput(): RegisterUser {
    return {
      user: {
        userID: this.userID,
        nickname: this.nickname,
        faceURL: this.faceURL,
        gender: this.gender,
        phoneNumber: this.phoneNumber ?? this.phoneNum,
        ...birthFromSeconds(this.birth ?? 0),
        email: this.email,
        ex: this.ex,
      },
      login: { platformID: this.platform, dialect: 2 },
    };
  }
}

const answer = ({ token, expiredTime }: IssuedToken, userID: string): object => ({ userID, token, expiredTime });

/** Source: contract/legacy/seeds.md section 14. */
export const userRegisterV2: V2Speech<RegisterUser, IssuedToken> = {
  request: UserRegisterV2,
  answer: (issued, { user }) => answer(issued, user.userID),
  sample: {
    request: {
      secret: 'tuoyun',
      platform: 1,
      userID: 'openIM1111',
      nickname: '2222',
      faceUrl: 'https://oss.com.cn/head',
      gender: 1,
      phoneNum: '18666667777',
      birth: 1640692941,
      email: 'xxxx@qq.com',
      ex: 'xxx',
      operationID: '123111111',
    },
    answer: { errCode: 0, errMsg: '', data: { userID: 'openIM1111', token: SAMPLE_TOKEN, expiredTime: 1646280104 } },
  },
};

export class UserTokenV2 implements Wire<Login> {
  @Secret() secret: string;
  @Platform(9) platform: number;
  @Text({ max: 64, example: 'openIM1111' }) userID: string;
  @OperationID() operationID: string;
  @Text({ need: 'optional', max: 255, description: 'Recorded only in the request log.' }) loginIp?: string;

  toInput(): Login {
    return { userID: this.userID, platformID: this.platform, dialect: 2 };
  }
}

/** Source: contract/legacy/seeds.md section 15. An unknown user is answered with empty `data`, as 2.0 to 2.2 did. */
export const userTokenV2: V2Speech<Login, IssuedToken> = {
  request: UserTokenV2,
  answer: (issued, { userID }) => answer(issued, userID),
  errors: {
    'user.not-found': {
      http: 200,
      errCode: 802,
      errMsg: 'db failed',
      also: (wire) => ({ data: { userID: (wire as UserTokenV2).userID, token: '', expiredTime: 0 } }),
    },
  },
  sample: {
    request: { secret: 'tuoyun', platform: 1, userID: 'openIM123456', operationID: 'asdfasdfsadf' },
    answer: { errCode: 0, errMsg: '', data: { userID: 'openIM123456', token: SAMPLE_TOKEN, expiredTime: 1646293659 } },
  },
};
