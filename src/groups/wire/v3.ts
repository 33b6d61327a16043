import { ArgumentInvalid } from '../../core/errors.js';
import { MAX_ID_LENGTH } from '../../core/ids.js';
import { assertNotTooMany } from '../../core/lists.js';
import { GroupStatus, JoinSource, Role } from '../../core/protocol.js';
import { ID } from '../../dialects/common-fields.js';
import { Flag, Int, Part, Text, TextList } from '../../dialects/fields.js';
import type { V3Speech } from '../../dialects/speech.js';
import { v3Answer } from '../../dialects/v3-fields.js';
import type { Wire } from '../../dialects/wire.js';
import type { CreateGroup } from '../founding.js';
import type { DismissGroup, GroupSummary, SetGroupInfo } from '../groups.service.js';
import { SAMPLE_GROUP_ID } from './v1.js';
import { groupInfoView } from './v3-views.js';

/** `sendMessage`: whether it shows in the chat, instead of what is usual. */
export function SendMessage(): PropertyDecorator {
  return Flag({
    orNumber: true,
    description: 'Whether the notification is a message in the chat too. Default: as usual.',
  });
}

/** In the words of the service. */
export function quietOf(sendMessage: boolean | number | undefined): boolean | undefined {
  return sendMessage === undefined ? undefined : !sendMessage;
}

/** What cannot be found where the contract has 1004 for it. */
export const NOT_A_MEMBER = { 'group.not-a-member': { errCode: 1004, errMsg: 'RecordNotFoundError' } } as const;

export class NewGroupV3 {
  @Text({ need: 'optional', max: MAX_ID_LENGTH, description: 'Default: up to ten decimal digits.' }) groupID = '';
  @Text({ need: 'optional', max: 255, example: 'team' }) groupName = '';
  @Text({ need: 'optional', max: 4096, description: 'The announcement.' }) notification = '';
  @Text({ need: 'optional', max: 4096 }) introduction = '';
  @Text({ need: 'optional', max: 1024 }) faceURL = '';
  @Text({ need: 'optional', max: 4096 }) ex = '';
  @Int({ need: 'optional', values: [GroupStatus.ok, GroupStatus.muted], description: '0 (default), or 3 muted.' })
  status = 0;
  @Int({ example: 2, missing: 'group type only supports 2', description: '2, a working group.' }) groupType: number;
  @Int({ need: 'optional', description: '0 applicants are approved, 1 everybody, 2 nobody.' }) needVerification = 0;
  @Int({ need: 'optional' }) lookMemberInfo = 0;
  @Int({ need: 'optional' }) applyMemberFriend = 0;
}

export class CreateGroupV3 implements Wire<CreateGroup> {
  @Part(() => NewGroupV3, { missing: 'groupInfo is empty' }) groupInfo: NewGroupV3;
  @ID({ missing: 'ownerUserID is empty', example: 'openIM654321' }) ownerUserID: string;
  @TextList({ need: 'optional', example: ['openIM123456'], description: 'At most 1000.' }) memberUserIDs: string[] = [];
  @TextList({ need: 'optional', example: [] }) adminUserIDs: string[] = [];
  @SendMessage() sendMessage?: boolean | number;

  toInput(): CreateGroup {
    const { groupType, groupID, ...group } = this.groupInfo;
    if (groupType < 0 || groupType > 2) throw new ArgumentInvalid('GroupType is invalid', 'groupInfo.groupType');
    if (groupType !== 2) throw new ArgumentInvalid('group type only supports 2', 'groupInfo.groupType');
    assertNotTooMany(this.memberUserIDs, 'MemberUserIDs', 'memberUserIDs');
    return {
      ...group,
      groupID: groupID || undefined,
      members: [
        { userID: this.ownerUserID, role: Role.owner },
        ...this.adminUserIDs.map((userID) => ({ userID, role: Role.admin })),
        ...this.memberUserIDs.map((userID) => ({ userID, role: Role.member })),
      ],
      allOrNothing: true,
      joinSource: JoinSource.invitation,
      quiet: quietOf(this.sendMessage),
    };
  }
}

/** Source: contract/v3/group.md. */
export const createGroupV3: V3Speech<CreateGroup, GroupSummary> = {
  request: CreateGroupV3,
  answer: (summary) => ({ groupInfo: groupInfoView(summary) }),
  errors: { 'user.not-found': { errCode: 1101, errMsg: 'UserIDNotFoundError', errDlt: 'user not found' } },
  sample: {
    request: {
      groupInfo: { groupName: 'team', groupType: 2 },
      ownerUserID: 'openIM654321',
      memberUserIDs: ['openIM123456'],
      adminUserIDs: [],
    },
    answer: v3Answer({
      groupInfo: {
        groupID: SAMPLE_GROUP_ID,
        groupName: 'team',
        notification: '',
        introduction: '',
        faceURL: '',
        ownerUserID: 'openIM654321',
        createTime: 1699241222762,
        memberCount: 2,
        ex: '',
        status: 0,
        creatorUserID: 'openIM654321',
        groupType: 2,
        needVerification: 0,
        lookMemberInfo: 0,
        applyMemberFriend: 0,
        notificationUpdateTime: 0,
        notificationUserID: '',
      },
    }),
  },
};

export class GroupInfoForSetV3 {
  @ID({ missing: 'GroupID is empty', example: SAMPLE_GROUP_ID }) groupID: string;
  @Text({ need: 'optional', max: 255, example: 'team', description: '"" leaves it as it is.' }) groupName = '';
  @Text({ need: 'optional', max: 4096, description: 'The announcement. "" leaves it as it is.' }) notification = '';
  @Text({ need: 'optional', max: 4096, description: '"" leaves it as it is.' }) introduction = '';
  @Text({ need: 'optional', max: 1024, description: '"" leaves it as it is.' }) faceURL = '';
  @Text({ need: 'optional', max: 4096 }) ex?: string;
  @Int({ need: 'optional' }) needVerification?: number;
  @Int({ need: 'optional' }) lookMemberInfo?: number;
  @Int({ need: 'optional' }) applyMemberFriend?: number;
}

export class SetGroupInfoV3 implements Wire<SetGroupInfo> {
  @Part(() => GroupInfoForSetV3, { missing: 'GroupInfoForSets is empty' }) groupInfoForSet: GroupInfoForSetV3;

  toInput(): SetGroupInfo {
    const { groupName, notification, introduction, faceURL, ...rest } = this.groupInfoForSet;
    return {
      ...rest,
      groupName: groupName || undefined,
      notification: notification || undefined,
      introduction: introduction || undefined,
      faceURL: faceURL || undefined,
    };
  }
}

/** Source: contract/v3/group.md. */
export const setGroupInfoV3: V3Speech<SetGroupInfo, void> = {
  request: SetGroupInfoV3,
  errors: NOT_A_MEMBER,
  sample: { request: { groupInfoForSet: { groupID: SAMPLE_GROUP_ID, groupName: 'team' } }, answer: v3Answer() },
};

export class SetGroupInfoExV3 implements Wire<SetGroupInfo> {
  @ID({ need: 'optional', example: SAMPLE_GROUP_ID }) groupID = '';
  @Text({ need: 'optional', max: 255, example: 'team' }) groupName?: string;
  @Text({ need: 'optional', max: 4096, description: 'The announcement; "" takes it back.' }) notification?: string;
  @Text({ need: 'optional', max: 4096 }) introduction?: string;
  @Text({ need: 'optional', max: 1024 }) faceURL?: string;
  @Text({ need: 'optional', max: 4096 }) ex?: string;
  @Int({ need: 'optional' }) needVerification?: number;
  @Int({ need: 'optional' }) lookMemberInfo?: number;
  @Int({ need: 'optional' }) applyMemberFriend?: number;

  toInput(): SetGroupInfo {
    const { groupID, groupName, introduction, faceURL, ex, needVerification, lookMemberInfo, applyMemberFriend } = this;
    return {
      groupID,
      groupName,
      notification: this.notification?.trim(),
      introduction,
      faceURL,
      ex,
      needVerification,
      lookMemberInfo,
      applyMemberFriend,
    };
  }
}

/** Source: contract/v3/group.md. */
export const setGroupInfoExV3: V3Speech<SetGroupInfo, void> = {
  request: SetGroupInfoExV3,
  errors: NOT_A_MEMBER,
  sample: { request: { groupID: SAMPLE_GROUP_ID, groupName: 'team', notification: '' }, answer: v3Answer() },
};

export class DismissGroupV3 implements Wire<DismissGroup> {
  @ID({ missing: 'groupID is empty', example: SAMPLE_GROUP_ID }) groupID: string;
  @Flag({ description: 'True: the members are removed without being told.' }) deleteMember = false;
  @SendMessage() sendMessage?: boolean | number;

  toInput(): DismissGroup {
    return { groupID: this.groupID, untold: this.deleteMember, quiet: quietOf(this.sendMessage) };
  }
}

/** Source: contract/v3/group.md. */
export const dismissGroupV3: V3Speech<DismissGroup, void> = {
  request: DismissGroupV3,
  errors: {
    'group.dismissed': { errCode: 1204, errMsg: 'DismissedAlreadyError', errDlt: 'group status is dismissed' },
  },
  sample: { request: { groupID: SAMPLE_GROUP_ID, deleteMember: false }, answer: v3Answer() },
};

export class GroupIDV3 implements Wire<string> {
  @ID({ missing: 'groupID is empty', example: SAMPLE_GROUP_ID }) groupID: string;

  toInput(): string {
    return this.groupID;
  }
}

/** `mute_group` and `cancel_mute_group`. Source: contract/v3/group.md. */
export const muteGroupV3: V3Speech<string, void> = {
  request: GroupIDV3,
  sample: { request: { groupID: SAMPLE_GROUP_ID }, answer: v3Answer() },
};
