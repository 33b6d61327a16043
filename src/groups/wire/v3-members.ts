import { ArgumentInvalid, NotPermitted } from '../../core/errors.js';
import { assertDistinct, assertNotTooMany, assertSome } from '../../core/lists.js';
import { Role } from '../../core/protocol.js';
import { ID } from '../../dialects/common-fields.js';
import { Int, Parts, Text, TextList } from '../../dialects/fields.js';
import type { V3Speech } from '../../dialects/speech.js';
import { v3Answer } from '../../dialects/v3-fields.js';
import type { Wire } from '../../dialects/wire.js';
import { NotInGroup } from '../group.errors.js';
import type { GroupUsers, MuteMember, QuitGroup, SetMemberInfo, TransferGroup } from '../members.service.js';
import { SAMPLE_GROUP_ID } from './v1.js';
import { NOT_A_MEMBER, quietOf, SendMessage } from './v3.js';

/** The samples, tried from top to bottom by openIM123456, work on the group of `create_group`'s. */
const SAMPLE_USER_ID = 'openIMAdmin';

export class InviteUserToGroupV3 implements Wire<GroupUsers> {
  @ID({ missing: 'groupID is empty', example: SAMPLE_GROUP_ID }) groupID: string;
  @TextList({ missing: 'invitedUserIDs is empty', example: [SAMPLE_USER_ID], description: 'At most 1000.' })
  invitedUserIDs: string[];
  @Text({ need: 'optional', max: 4096 }) reason = '';
  @SendMessage() sendMessage?: boolean | number;

  toInput(): GroupUsers {
    const userIDs = this.invitedUserIDs;
    assertSome(userIDs, 'invitedUserIDs is empty', 'invitedUserIDs');
    assertNotTooMany(userIDs, 'InvitedUserIDs', 'invitedUserIDs');
    assertDistinct(userIDs, 'userID duplicate', 'invitedUserIDs');
    const { groupID, reason, sendMessage } = this;
    return { groupID, userIDs, allOrNothing: true, reason, quiet: quietOf(sendMessage) };
  }
}

/** Source: contract/v3/group.md. */
export const inviteUserToGroupV3: V3Speech<GroupUsers, unknown> = {
  request: InviteUserToGroupV3,
  errors: {
    'user.not-found': { errCode: 1004, errMsg: 'RecordNotFoundError', errDlt: 'user not found' },
    'group.dismissed': {
      errCode: 1204,
      errMsg: 'DismissedAlreadyError',
      errDlt: 'group dismissed checking group status found it dismissed',
    },
  },
  sample: {
    request: { groupID: SAMPLE_GROUP_ID, invitedUserIDs: [SAMPLE_USER_ID], reason: 'reason' },
    answer: v3Answer(),
  },
};

export class KickGroupV3 implements Wire<GroupUsers> {
  @ID({ missing: 'groupID is empty', example: SAMPLE_GROUP_ID }) groupID: string;
  @TextList({ missing: 'kickUserIDs is empty', example: ['openIM654321'], description: 'At most 1000.' })
  kickedUserIDs: string[];
  @Text({ need: 'optional', max: 4096 }) reason = '';
  @SendMessage() sendMessage?: boolean | number;

  toInput(): GroupUsers {
    const userIDs = this.kickedUserIDs;
    assertSome(userIDs, 'kickUserIDs is empty', 'kickedUserIDs');
    assertNotTooMany(userIDs, 'KickedUserIDs', 'kickedUserIDs');
    assertDistinct(userIDs, 'KickedUserIDs duplicate', 'kickedUserIDs');
    const { groupID, reason, sendMessage } = this;
    return { groupID, userIDs, allOrNothing: true, reason, quiet: quietOf(sendMessage) };
  }
}

/** Source: contract/v3/group.md. */
export const kickGroupV3: V3Speech<GroupUsers, unknown> = {
  request: KickGroupV3,
  errors: {
    'group.not-a-member': {
      errCode: 1101,
      errMsg: 'UserIDNotFoundError',
      errDlt: (error) => (error instanceof NotInGroup ? error.userID : error.message),
    },
  },
  sample: {
    request: { groupID: SAMPLE_GROUP_ID, kickedUserIDs: ['openIM654321'], reason: 'reason' },
    answer: v3Answer(),
  },
};

export class QuitGroupV3 implements Wire<QuitGroup> {
  @ID({ missing: 'groupID is empty', example: SAMPLE_GROUP_ID }) groupID: string;
  @ID({ need: 'optional', example: SAMPLE_USER_ID, description: 'Default: the caller.' }) userID = '';

  toInput(): QuitGroup {
    return { groupID: this.groupID, userID: this.userID || undefined };
  }
}

/** Source: contract/v3/group.md. */
export const quitGroupV3: V3Speech<QuitGroup, void> = {
  request: QuitGroupV3,
  errors: NOT_A_MEMBER,
  sample: { request: { groupID: SAMPLE_GROUP_ID }, answer: v3Answer() },
};

export class TransferGroupV3 implements Wire<TransferGroup> {
  @ID({ missing: 'groupID is empty', example: SAMPLE_GROUP_ID }) groupID: string;
  @ID({ missing: 'oldOwnerUserID is empty', example: 'openIM654321' }) oldOwnerUserID: string;
  @ID({ missing: 'newOwnerUserID is empty', example: SAMPLE_USER_ID }) newOwnerUserID: string;

  toInput(): TransferGroup {
    return this;
  }
}

/** Source: contract/v3/group.md. */
export const transferGroupV3: V3Speech<TransferGroup, void> = {
  request: TransferGroupV3,
  sample: {
    request: { groupID: SAMPLE_GROUP_ID, oldOwnerUserID: 'openIM654321', newOwnerUserID: SAMPLE_USER_ID },
    answer: v3Answer(),
  },
};

export class MuteGroupMemberV3 implements Wire<MuteMember> {
  @ID({ missing: 'groupID is empty', example: SAMPLE_GROUP_ID }) groupID: string;
  @ID({ missing: 'userID is empty', example: SAMPLE_USER_ID }) userID: string;
  @Int({ min: 0, max: 2 ** 32 - 1, missing: 'mutedSeconds is empty', example: 3600 }) mutedSeconds: number;

  toInput(): MuteMember {
    return { groupID: this.groupID, userID: this.userID, seconds: this.mutedSeconds };
  }
}

/** Source: contract/v3/group.md. */
export const muteGroupMemberV3: V3Speech<MuteMember, void> = {
  request: MuteGroupMemberV3,
  errors: NOT_A_MEMBER,
  sample: {
    request: { groupID: SAMPLE_GROUP_ID, userID: SAMPLE_USER_ID, mutedSeconds: 3600 },
    answer: v3Answer(),
  },
};

export class CancelMuteGroupMemberV3 implements Wire<MuteMember> {
  @ID({ missing: 'groupID is empty', example: SAMPLE_GROUP_ID }) groupID: string;
  @ID({ missing: 'userID is empty', example: SAMPLE_USER_ID }) userID: string;

  toInput(): MuteMember {
    return { groupID: this.groupID, userID: this.userID, seconds: 0 };
  }
}

/** Source: contract/v3/group.md. */
export const cancelMuteGroupMemberV3: V3Speech<MuteMember, void> = {
  request: CancelMuteGroupMemberV3,
  errors: NOT_A_MEMBER,
  sample: { request: { groupID: SAMPLE_GROUP_ID, userID: SAMPLE_USER_ID }, answer: v3Answer() },
};

export class MemberToSetV3 {
  @ID({ need: 'optional', example: SAMPLE_GROUP_ID }) groupID = '';
  @ID({ need: 'optional', example: SAMPLE_USER_ID }) userID = '';
  @Text({ need: 'optional', max: 255, description: '"" shows the profile\'s.' }) nickname?: string;
  @Text({ need: 'optional', max: 1024, description: '"" shows the profile\'s.' }) faceURL?: string;
  @Int({ need: 'optional', description: '60 administrator, 20 ordinary.' }) roleLevel?: number;
  @Text({ need: 'optional', max: 4096 }) ex?: string;
}

export class SetGroupMemberInfoV3 implements Wire<SetMemberInfo[]> {
  @Parts(() => MemberToSetV3, { missing: 'members is empty', description: 'At most 1000.' }) members: MemberToSetV3[];

  toInput(): SetMemberInfo[] {
    assertSome(this.members, 'members is empty', 'members');
    assertNotTooMany(this.members, 'Members', 'members');
    const named = new Set<string>();
    for (const { groupID, userID, roleLevel } of this.members) {
      if (roleLevel === Role.owner) throw new NotPermitted('cannot set ungroup owner');
      if (roleLevel !== undefined && roleLevel !== Role.admin && roleLevel !== Role.member) {
        throw new ArgumentInvalid('invalid role level', 'roleLevel');
      }
      const key = `${groupID}\0${userID}`;
      if (named.has(key)) throw new ArgumentInvalid(`repeat group ${groupID} user ${userID}`, 'members');
      named.add(key);
    }
    return this.members;
  }
}

/** Source: contract/v3/group.md. */
export const setGroupMemberInfoV3: V3Speech<SetMemberInfo[], void> = {
  request: SetGroupMemberInfoV3,
  sample: {
    request: { members: [{ groupID: SAMPLE_GROUP_ID, userID: SAMPLE_USER_ID, nickname: 'captain', roleLevel: 60 }] },
    answer: v3Answer(),
  },
};
