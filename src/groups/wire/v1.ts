import { newHexGroupID } from '../../core/ids.js';
import { Role } from '../../core/protocol.js';
import { ID, OperationID } from '../../dialects/common-fields.js';
import { Int, Parts, Text, TextList } from '../../dialects/fields.js';
import type { V1Speech } from '../../dialects/speech.js';
import type { Wire } from '../../dialects/wire.js';
import { KickListEmpty } from '../group.errors.js';
import type { CreateGroup } from '../founding.js';
import type { GroupSummary } from '../groups.service.js';
import type { GroupUsers } from '../members.service.js';

/** v1 numbers roles without order: 0 ordinary, 1 owner, 2 administrator. Source: contract/legacy/dialects.md 3.4. */
const ROLES: Readonly<Record<number, Role>> = { 0: Role.member, 1: Role.owner, 2: Role.admin };

/** v1 shows it when no name was given. */
const UNNAMED = 'groupChat';

/** What v1 sample requests call a group; /docs puts the last created one in its place. */
export const SAMPLE_GROUP_ID = '05dc84b52829e82242a710ecf999c72c';

export class FounderV1 {
  @ID({ example: 'openIM654321' }) uid: string;
  @Int({ need: 'optional', values: [0, 1, 2], description: '0 ordinary (default), 1 owner, 2 administrator.' })
  setRole?: number;
}

export class CreateGroupV1 implements Wire<CreateGroup> {
  @Parts(() => FounderV1, { min: 1, description: 'Exactly one with setRole 1.' }) memberList: FounderV1[];
  @Text({ need: 'present', max: 255, example: 'groupName_on10', description: '"" becomes `groupChat`.' })
  groupName: string;
  @Text({ need: 'optional', max: 255, example: '简介' }) introduction?: string;
  @Text({ need: 'optional', max: 255, example: '公告', description: 'The announcement.' }) notification?: string;
  @Text({ need: 'optional', max: 255, example: 'url' }) faceUrl?: string;
  @Text({ need: 'optional', max: 255 }) ex?: string;
  @OperationID() operationID: string;

  toInput(): CreateGroup {
    return {
      groupID: newHexGroupID(),
      groupName: this.groupName || UNNAMED,
      introduction: this.introduction,
      notification: this.notification,
      faceURL: this.faceUrl,
      ex: this.ex,
      members: this.memberList.map(({ uid, setRole = 0 }) => ({ userID: uid, role: ROLES[setRole] })),
      copyProfiles: true,
    };
  }
}

/** Source: contract/legacy/seeds.md section 4. `data` holds the group ID alone. */
export const createGroupV1: V1Speech<CreateGroup, GroupSummary> = {
  request: CreateGroupV1,
  answer: ({ group: { groupID } }) => ({ data: { groupID } }),
  sample: {
    request: {
      memberList: [
        { uid: 'openIM654321', setRole: 1 },
        { uid: 'openIMAdmin', setRole: 2 },
      ],
      groupName: 'groupName_on10',
      introduction: '简介',
      notification: '公告',
      faceUrl: 'url',
      operationID: '1',
    },
    answer: { errCode: 0, errMsg: '', data: { groupID: SAMPLE_GROUP_ID } },
  },
};

/** One entry per asked user, in the order asked: 0 for who is in `done`, once; -1 for the others. */
function resultPerUser(asked: readonly string[], done: ReadonlySet<string>): object {
  const counted = new Set<string>();
  return asked.map((uid) => {
    const first = done.has(uid) && !counted.has(uid);
    counted.add(uid);
    return { uid, result: first ? 0 : -1 };
  });
}

const NO_PERMISSION = { http: 200, errCode: 800, errMsg: 'no permission' };

export class InviteUserToGroupV1 implements Wire<GroupUsers> {
  @ID({ example: SAMPLE_GROUP_ID }) groupID: string;
  @TextList({ need: 'present', example: ['openIM123456'] }) uidList: string[];
  @Text({ need: 'present', max: 255, example: 'reason' }) reason: string;
  @OperationID() operationID: string;

  toInput(): GroupUsers {
    return { groupID: this.groupID, userIDs: this.uidList };
  }
}

/** Source: contract/legacy/seeds.md section 5. The success text is `ok`. */
export const inviteUserToGroupV1: V1Speech<GroupUsers, Set<string>> = {
  request: InviteUserToGroupV1,
  answer: (joined, { userIDs }) => ({ errMsg: 'ok', data: resultPerUser(userIDs, joined) }),
  errors: { 'group.not-found': NO_PERMISSION, 'group.dismissed': NO_PERMISSION },
  sample: {
    request: { groupID: SAMPLE_GROUP_ID, uidList: ['openIM123456'], reason: 'reason', operationID: '1111111111111 ' },
    answer: { errCode: 0, errMsg: 'ok', data: [{ uid: 'openIM123456', result: 0 }] },
  },
};

export class KickedV1 {
  @ID({ also: ['uid'], example: 'openIM123456', description: 'Also accepted: `userID`, `uid`.' }) userId: string;
}

export class KickGroupV1 implements Wire<GroupUsers> {
  @ID({ example: SAMPLE_GROUP_ID }) groupID: string;
  @Parts(() => KickedV1) uidListInfo: KickedV1[];
  @Text({ need: 'optional', max: 255 }) reason?: string;
  @OperationID() operationID: string;

  toInput(): GroupUsers {
    if (this.uidListInfo.length === 0) throw new KickListEmpty();
    return { groupID: this.groupID, userIDs: this.uidListInfo.map(({ userId }) => userId) };
  }
}

/** Source: contract/legacy/seeds.md section 6. The request says `userId`, the answer `uid`. */
export const kickGroupV1: V1Speech<GroupUsers, Set<string>> = {
  request: KickGroupV1,
  answer: (kicked, { userIDs }) => ({ data: resultPerUser(userIDs, kicked) }),
  sample: {
    request: { groupID: SAMPLE_GROUP_ID, uidListInfo: [{ userId: 'openIMAdmin' }], operationID: '1111111111111 ' },
    answer: { errCode: 0, errMsg: '', data: [{ uid: 'openIMAdmin', result: 0 }] },
  },
};
