import { ReceiveOption } from '../../core/protocol.js';
import { ID } from '../../dialects/common-fields.js';
import { Int, Part, Text } from '../../dialects/fields.js';
import type { V3Speech } from '../../dialects/speech.js';
import { v3Answer } from '../../dialects/v3-fields.js';
import type { Wire } from '../../dialects/wire.js';
import type { UpdateUser } from '../profile.js';

const RECEIVE_OPTIONS = Object.values(ReceiveOption);

/** A profile of which every member may be left out. */
class ProfileV3 {
  @Text({ need: 'optional', max: 255, example: 'a new name' }) nickname?: string;
  @Text({ need: 'optional', max: 1024 }) faceURL?: string;
  @Text({ need: 'optional', max: 4096, description: 'Opaque to the server.' }) ex?: string;
  @Int({ need: 'optional', values: RECEIVE_OPTIONS, description: '0 receive, 1 do not, 2 without offline push.' })
  globalRecvMsgOpt?: number;
}

/** What of a profile `update_user_info` sets. */
export class UserInfoV3 extends ProfileV3 {
  @ID({ missing: 'UserID is empty', example: 'openIM123456' }) userID: string;
}

export class UpdateUserInfoV3 implements Wire<UpdateUser> {
  @Part(() => UserInfoV3, { missing: 'UserInfo is empty', description: 'Members that are "" or 0 stay as they are.' })
  userInfo: UserInfoV3;

  toInput(): UpdateUser {
    const { userID, nickname, faceURL, ex, globalRecvMsgOpt } = this.userInfo;
    return {
      userID,
      profile: {
        nickname: nickname || undefined,
        faceURL: faceURL || undefined,
        ex: ex || undefined,
        globalRecvMsgOpt: globalRecvMsgOpt || undefined,
      },
    };
  }
}

/** Source: contract/v3/user.md. */
export const updateUserInfoV3: V3Speech<UpdateUser, void> = {
  request: UpdateUserInfoV3,
  sample: { request: { userInfo: { userID: 'openIM123456', ex: 'from /docs' } }, answer: v3Answer() },
};

/** What of a profile `update_user_info_ex` sets: members that are there, also to "" and 0. */
export class UserInfoWithExV3 extends ProfileV3 {
  @ID({ missing: 'userID is empty', example: 'openIM123456' }) userID: string;
}

export class UpdateUserInfoExV3 implements Wire<UpdateUser> {
  @Part(() => UserInfoWithExV3, { missing: 'userInfo is empty' }) userInfo: UserInfoWithExV3;

  toInput(): UpdateUser {
    const { userID, ...profile } = this.userInfo;
    return { userID, profile };
  }
}

/** Source: contract/v3/user.md. */
export const updateUserInfoExV3: V3Speech<UpdateUser, void> = {
  request: UpdateUserInfoExV3,
  sample: { request: { userInfo: { userID: 'openIM123456', ex: '' } }, answer: v3Answer() },
};

const OPTION_INVALID = 'GlobalRecvMsgOpt is invalid';

export class SetGlobalMsgRecvOptV3 implements Wire<UpdateUser> {
  @Int({
    need: 'optional',
    values: RECEIVE_OPTIONS,
    invalid: OPTION_INVALID,
    description: '0 receive (default), 1 do not, 2 without offline push.',
    example: 0,
  })
  globalRecvMsgOpt: number = ReceiveOption.receive;
  @ID({ missing: 'UserID is empty', example: 'openIM123456' }) userID: string;

  toInput(): UpdateUser {
    return { userID: this.userID, profile: { globalRecvMsgOpt: this.globalRecvMsgOpt } };
  }
}

/** Source: contract/v3/user.md. */
export const setGlobalMsgRecvOptV3: V3Speech<UpdateUser, void> = {
  request: SetGlobalMsgRecvOptV3,
  errors: { 'user.not-found': { errCode: 1004, errMsg: 'RecordNotFoundError', errDlt: 'userID not found' } },
  sample: { request: { userID: 'openIM123456', globalRecvMsgOpt: 0 }, answer: v3Answer() },
};
