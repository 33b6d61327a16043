import { Platform, Secret } from '../../dialects/common-fields.js';
import { Text } from '../../dialects/fields.js';
import { SAMPLE_TOKEN, type V1Speech } from '../../dialects/speech.js';
import type { Wire } from '../../dialects/wire.js';
import { userIDProblem } from '../../users/user.policy.js';
import { ProfileV1, profileFromV1 } from '../../users/wire/v1.js';
import type { IssuedToken } from '../../access/tokens.service.js';
import type { RegisterUser } from '../auth.input.js';
import type { Login } from '../auth.service.js';

export class UserRegisterV1 extends ProfileV1 implements Wire<RegisterUser> {
  @Secret() secret: string;
  @Platform(7) platform: number;
  @Text({ max: 64, rule: (uid) => userIDProblem(uid)?.replace('userID', '$'), example: 'd5645454517' }) uid: string;
  @Text({ need: 'present', max: 64, example: '张三', description: 'Nickname, may be "".' }) declare name: string;

  toInput(): RegisterUser {
    return {
      user: { userID: this.uid, ...profileFromV1(this) },
      login: { platformID: this.platform, dialect: 1 },
    };
  }
}

const answer = ({ token, expiredTime }: IssuedToken, userID: string): object => ({
  data: { uid: userID, token, expiredTime },
});

/** Source: contract/legacy/seeds.md section 1. */
export const userRegisterV1: V1Speech<RegisterUser, IssuedToken> = {
  request: UserRegisterV1,
  answer: (issued, { user }) => answer(issued, user.userID),
  sample: {
    request: {
      secret: 'tuoyun',
      platform: 1,
      uid: 'd5645454517',
      name: '张三',
      icon: 'https://oss.com.cn/head',
      gender: 1,
      mobile: '17812457845',
      birth: '1998.12.15',
      email: 'xxxx@qq.com',
      ex: 'xxx',
    },
    answer: { errCode: 0, errMsg: '', data: { uid: 'd5645454517', token: SAMPLE_TOKEN, expiredTime: 1646280104 } },
  },
};

export class UserTokenV1 implements Wire<Login> {
  @Secret() secret: string;
  @Platform(8) platform: number;
  @Text({ max: 64, example: 'openIM123456' }) uid: string;

  toInput(): Login {
    return { userID: this.uid, platformID: this.platform, dialect: 1 };
  }
}

/** Source: contract/legacy/seeds.md section 2. */
export const userTokenV1: V1Speech<Login, IssuedToken> = {
  request: UserTokenV1,
  answer: (issued, { userID }) => answer(issued, userID),
  sample: {
    request: { secret: 'tuoyun', platform: 1, uid: 'openIM123456' },
    answer: { errCode: 0, errMsg: '', data: { uid: 'openIM123456', token: SAMPLE_TOKEN, expiredTime: 1646280104 } },
  },
};
