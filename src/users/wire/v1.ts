import type { User } from '../user.entity.js';
import { type Connections, platformsOf } from '../../presence/presence.js';
import { PLATFORM_NAMES, GENDERS } from '../../core/protocol.js';
import { ListMissing } from '../../core/errors.js';
import { ID, OperationID, Secret } from '../../dialects/common-fields.js';
import { tokenTexts } from '../../dialects/errors/legacy-error.js';
import { Int, Text, TextList } from '../../dialects/fields.js';
import type { V1Speech } from '../../dialects/speech.js';
import type { StreamedList } from '../../dialects/streamed-list.js';
import type { Wire } from '../../dialects/wire.js';
import { birthFromText } from '../birth.js';
import type { Profile, UpdateUser } from '../profile.js';

/** The members of a profile in v1: `name`, `icon`, `mobile`. Source: contract/legacy/seeds.md section 1. */
export class ProfileV1 {
  @Text({ need: 'optional', max: 64, example: '张三', description: 'Nickname.' }) name?: string;
  @Text({
    need: 'optional',
    maxBytes: 1024,
    example: 'https://oss.com.cn/head',
    description: 'Avatar URL, at most 1024 bytes.',
  })
  icon?: string;
  @Int({ need: 'optional', values: GENDERS, description: '0 unknown, 1 male, 2 female.', example: 1 }) gender?: number;
  @Text({ need: 'optional', max: 32, example: '+852-xxxxxxxx' }) mobile?: string;
  @Text({ need: 'optional', max: 16, example: '1998.12.15', description: 'Free text.' }) birth?: string;
  @Text({ need: 'optional', max: 64, example: 'xxxx@qq.com' }) email?: string;
  @Text({ need: 'optional', max: 1024, example: 'xxx', description: 'Opaque to the server.' }) ex?: string;
}

/** A v1 profile in the words of the service; members that are absent stay absent. */
export function profileFromV1({ name, icon, gender, mobile, birth, email, ex }: ProfileV1): Profile {
  return {
    nickname: name,
    faceURL: icon,
    gender,
    phoneNumber: mobile,
    ...(birth === undefined ? {} : birthFromText(birth)),
    email,
    ex,
  };
}

/** A profile as v1 shows it: all eight members, always. */
function profileView(user: User): object {
  return {
    uid: user.userID,
    name: user.nickname,
    icon: user.faceURL,
    gender: user.gender,
    mobile: user.phoneNumber,
    birth: user.birthText,
    email: user.email,
    ex: user.ex,
  };
}

/** Who may not, on the /user and /manager paths that answer 401. */
const NOT_ADMIN = { http: 200, errCode: 401, errMsg: 'not authorized' };

export class GetUsersOnlineStatusV1 implements Wire<string[]> {
  @OperationID() operationID: string;
  @TextList({ need: 'present', max: 200, example: ['openIM123456', '18349115126'] }) userIDList: string[];
  @Secret() secret: string;

  toInput(): string[] {
    return this.userIDList;
  }
}

/** Source: contract/legacy/seeds.md section 3. The payload is at top level, and entries say `userID`. */
export const onlineStatusV1: V1Speech<string[], Connections> = {
  request: GetUsersOnlineStatusV1,
  answer: (online, userIDs) => ({
    successResult: userIDs.map((userID) => {
      const connections = online.get(userID);
      if (!connections) return { userID, status: 'offline' };
      return {
        userID,
        status: 'online',
        detailPlatformStatus: platformsOf(connections).map((id) => ({
          platform: PLATFORM_NAMES[id],
          status: 'online',
        })),
      };
    }),
  }),
  errors: { 'secret.wrong': { http: 400, errCode: 401, errMsg: 'secret failed' } },
  sample: {
    request: { operationID: '545454', userIDList: ['openIM123456', '18349115126'], secret: 'tuoyun' },
    answer: {
      errCode: 0,
      errMsg: '',
      successResult: [
        {
          userID: 'openIM123456',
          status: 'online',
          detailPlatformStatus: [{ platform: 'Android', status: 'online' }],
        },
        { userID: '18349115126', status: 'offline' },
      ],
    },
  },
};

export class UpdateUserInfoV1 extends ProfileV1 implements Wire<UpdateUser> {
  @ID({ description: 'The user to change.' }) uid: string;
  @OperationID() operationID: string;

  toInput(): UpdateUser {
    return { userID: this.uid, profile: profileFromV1(this), ordinaryCallersOwn: true };
  }
}

/** Source: contract/legacy/seeds.md section 9. */
export const updateUserInfoV1: V1Speech<UpdateUser, void> = {
  request: UpdateUserInfoV1,
  errors: {
    ...tokenTexts({ http: 200, errCode: 200 }),
    'user.not-found': { http: 200, errCode: 616, errMsg: 'update user some attribute failed' },
  },
  sample: {
    request: { uid: 'openIMAdmin', operationID: '1111111222', ex: 'changed from the documentation' },
    answer: { errCode: 0, errMsg: '' },
  },
};

export class GetUserInfoV1 implements Wire<string[]> {
  @OperationID() operationID: string;
  @TextList({ need: 'optional', example: ['openIM123456', 'openIM654321'] }) uidList?: string[];

  toInput(): string[] {
    if (!this.uidList?.length) throw new ListMissing('uidList');
    return this.uidList;
  }
}

/** Source: contract/legacy/seeds.md section 11. Order of the request; unknown users are passed over. */
export const getUserInfoV1: V1Speech<string[], Map<string, User>> = {
  request: GetUserInfoV1,
  answer: (users, userIDs) => ({
    data: userIDs.flatMap((userID) => {
      const user = users.get(userID);
      return user ? [profileView(user)] : [];
    }),
  }),
  errors: { ...tokenTexts({ http: 200, errCode: 200 }), 'caller.not-admin': NOT_ADMIN },
  sample: {
    request: { operationID: '1111111222', uidList: ['openIM123456', 'openIM654321'] },
    answer: {
      errCode: 0,
      errMsg: '',
      data: [
        { uid: 'openIM123456', name: 'system1', icon: '', gender: 0, mobile: '', birth: '', email: '', ex: '' },
        { uid: 'openIM654321', name: 'system2', icon: '', gender: 0, mobile: '', birth: '', email: '', ex: '' },
      ],
    },
  },
};

export class DeleteUserV1 implements Wire<string[]> {
  @OperationID() operationID: string;
  @TextList({ need: 'present', example: ['123', '343', '456'] }) deleteUidList: string[];

  toInput(): string[] {
    return this.deleteUidList;
  }
}

const failedAsAsked = (wire: unknown): Record<string, unknown> => ({
  failedUidList: (wire as DeleteUserV1).deleteUidList,
});

/** Source: contract/legacy/seeds.md section 10. `failedUidList` is at top level, also when nobody may or could be deleted. */
export const deleteUserV1: V1Speech<string[], string[]> = {
  request: DeleteUserV1,
  answer: (failed) => ({ failedUidList: failed }),
  errors: {
    ...tokenTexts({ http: 200, errCode: 200, also: failedAsAsked }),
    'caller.not-admin': { ...NOT_ADMIN, also: failedAsAsked },
    'user.none-deleted': { http: 200, errCode: 201, errMsg: 'some uid deleted failed', also: failedAsAsked },
  },
  sample: {
    request: { operationID: '1111111222', deleteUidList: [] },
    answer: { errCode: 0, errMsg: '', failedUidList: [] },
  },
};

export class GetAllUsersUidV1 implements Wire<void> {
  @OperationID() operationID: string;

  toInput(): void {}
}

const nobody = (): Record<string, unknown> => ({ uidList: [] });

/** Source: contract/legacy/seeds.md section 12. `uidList` is at top level, `[]` on failure. */
export const getAllUsersUidV1: V1Speech<void, StreamedList<string>> = {
  request: GetAllUsersUidV1,
  answer: (uidList) => ({ uidList }),
  errors: {
    ...tokenTexts({ http: 200, errCode: 200, also: nobody }),
    'caller.not-admin': { ...NOT_ADMIN, also: nobody },
  },
  sample: {
    request: { operationID: '1111111222' },
    answer: { errCode: 0, errMsg: '', uidList: ['openIM123456', 'openIM654321', 'openIMAdmin'] },
  },
};
