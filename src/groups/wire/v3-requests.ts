import { ArgumentInvalid, RecordNotFound } from '../../core/errors.js';
import { assertNotTooMany, assertSome } from '../../core/lists.js';
import { JoinSource } from '../../core/protocol.js';
import { ID } from '../../dialects/common-fields.js';
import { Int, IntList, Text, TextList } from '../../dialects/fields.js';
import type { V3Speech } from '../../dialects/speech.js';
import { listOrNull, Pagination, PaginationV3, v3Answer } from '../../dialects/v3-fields.js';
import type { Wire } from '../../dialects/wire.js';
import type { User } from '../../users/user.entity.js';
import { publicUserView } from '../../users/wire/v3-views.js';
import { type GroupRequest, MAX_REQUEST_MESSAGE } from '../group-request.entity.js';
import type {
  AnswerGroupRequest,
  JoinGroup,
  RequestPage,
  RequestSearch,
  ShownRequest,
} from '../group-requests.service.js';
import { SAMPLE_GROUP_ID } from './v1.js';
import { SAMPLE_GROUP } from './v3-queries.js';
import { groupInfoView } from './v3-views.js';

/** A user who is not there, or none is named. */
const USER_NOT_FOUND = {
  'user.not-found': { errCode: 1004, errMsg: 'RecordNotFoundError', errDlt: 'record not found' },
};

const PAGE = { pageNumber: 1, showNumber: 100 };

/** GroupRequest; inside notifications `groupInfo` is null. Source: contract/v3/common.md section 12. */
export function groupRequestView(
  request: GroupRequest,
  { user, groupInfo }: { user: User | undefined; groupInfo: object | null },
): object {
  return {
    userInfo: user ? publicUserView(user) : null,
    groupInfo,
    handleResult: request.handleResult,
    reqMsg: request.reqMsg,
    handleMsg: request.handleMsg,
    reqTime: request.reqTime,
    handleUserID: request.handleUserID,
    handleTime: request.handleTime,
    ex: request.ex,
    joinSource: request.joinSource,
    inviterUserID: request.inviterUserID,
  };
}

function pageView({ total, requests }: RequestPage): object {
  const view = ({ request, user, group }: ShownRequest): object =>
    groupRequestView(request, { user, groupInfo: groupInfoView(group) });
  return { total, groupRequests: listOrNull(requests.map(view)) };
}

const SAMPLE_PAGE = v3Answer({
  total: 1,
  groupRequests: [
    {
      userInfo: { userID: '11111112', nickname: 'system3', faceURL: '', ex: '' },
      groupInfo: SAMPLE_GROUP,
      handleResult: 0,
      reqMsg: 'hello',
      handleMsg: '',
      reqTime: 1699241222762,
      handleUserID: '',
      handleTime: 0,
      ex: '',
      joinSource: 3,
      inviterUserID: '',
    },
  ],
});

export class JoinGroupV3 implements Wire<JoinGroup> {
  @ID({ missing: 'groupID is empty', example: SAMPLE_GROUP_ID }) groupID: string;
  @Int({
    values: Object.values(JoinSource),
    missing: 'joinSource is invalid',
    invalid: 'joinSource is invalid',
    description: '1 by an administrator, 2 invitation, 3 search, 4 QR code.',
  })
  joinSource: number;
  @ID({ need: 'optional', description: 'Who joins.', example: '11111112' }) inviterUserID: string = '';
  @Text({ need: 'optional', max: MAX_REQUEST_MESSAGE }) reqMessage: string = '';
  @Text({ need: 'optional', max: 4096 }) ex: string = '';

  toInput(): JoinGroup {
    const { groupID, joinSource, inviterUserID: userID, reqMessage: reqMsg, ex } = this;
    if (!userID) {
      if (joinSource === JoinSource.invitation) throw new ArgumentInvalid('inviterUserID is empty', 'inviterUserID');
      throw new RecordNotFound('record not found');
    }
    return { groupID, userID, joinSource, reqMsg, ex };
  }
}

export const joinGroupV3: V3Speech<JoinGroup, void> = {
  request: JoinGroupV3,
  errors: USER_NOT_FOUND,
  sample: {
    request: { groupID: SAMPLE_GROUP_ID, joinSource: 3, inviterUserID: '11111112', reqMessage: 'hello', ex: '' },
    answer: v3Answer(),
  },
};

export class GroupApplicationResponseV3 implements Wire<AnswerGroupRequest> {
  @ID({ missing: 'groupID is empty', example: SAMPLE_GROUP_ID }) groupID: string;
  @ID({ missing: 'fromUserID is empty', example: '11111112' }) fromUserID: string;
  @Text({ need: 'optional', max: MAX_REQUEST_MESSAGE }) handledMsg: string = '';
  @Int({
    need: 'optional',
    values: [-1, 0, 1],
    invalid: 'handleResult is invalid',
    description: '1 accepts, -1 refuses.',
  })
  handleResult: number = 0;

  toInput(): AnswerGroupRequest {
    if (this.handleResult === 0) throw new ArgumentInvalid('HandleResult unknown', 'handleResult');
    const { groupID, fromUserID: userID, handledMsg: handleMsg } = this;
    return { groupID, userID, accepted: this.handleResult > 0, handleMsg };
  }
}

export const groupApplicationResponseV3: V3Speech<AnswerGroupRequest, void> = {
  request: GroupApplicationResponseV3,
  errors: { 'user.not-found': { errCode: 1004, errMsg: 'RecordNotFoundError', errDlt: 'user not found' } },
  sample: {
    request: { groupID: SAMPLE_GROUP_ID, fromUserID: '11111112', handledMsg: 'welcome', handleResult: 1 },
    answer: v3Answer(),
  },
};

/** What the two lists of requests have in common. */
abstract class RequestListV3 {
  @Pagination() pagination: PaginationV3;
  @TextList({ need: 'optional', max: 1000, description: 'Only these groups.' }) groupIDs: string[] = [];
  @IntList({ need: 'optional', max: 100, description: 'Only these: 0 pending, 1 accepted, -1 refused.' })
  handleResults: number[] = [];

  protected searchOf(userID: string): RequestSearch {
    const given = <T>(list: T[]): T[] | undefined => (list.length > 0 ? [...new Set(list)] : undefined);
    return { userID, groupIDs: given(this.groupIDs), handleResults: given(this.handleResults), page: this.pagination };
  }
}

export class GetRecvGroupApplicationListV3 extends RequestListV3 implements Wire<RequestSearch> {
  @ID({ missing: 'fromUserID is empty', example: 'openIM654321', description: 'Who owns or administers the groups.' })
  fromUserID: string;

  toInput(): RequestSearch {
    return this.searchOf(this.fromUserID);
  }
}

export const getRecvGroupApplicationListV3: V3Speech<RequestSearch, RequestPage> = {
  request: GetRecvGroupApplicationListV3,
  answer: pageView,
  sample: {
    request: { fromUserID: 'openIM654321', pagination: PAGE, groupIDs: [], handleResults: [0] },
    answer: SAMPLE_PAGE,
  },
};

export class GetUserReqGroupApplicationListV3 extends RequestListV3 implements Wire<RequestSearch> {
  @ID({ missing: 'UserID is empty', example: '11111112' }) userID: string;

  toInput(): RequestSearch {
    return this.searchOf(this.userID);
  }
}

export const getUserReqGroupApplicationListV3: V3Speech<RequestSearch, RequestPage> = {
  request: GetUserReqGroupApplicationListV3,
  answer: pageView,
  errors: USER_NOT_FOUND,
  sample: {
    request: { userID: '11111112', pagination: PAGE, groupIDs: [], handleResults: [] },
    answer: SAMPLE_PAGE,
  },
};

export class GetGroupUsersReqApplicationListV3 implements Wire<{ groupID: string; userIDs: string[] }> {
  @ID({ missing: 'GroupID is empty', example: SAMPLE_GROUP_ID }) groupID: string;
  @TextList({ missing: 'UserID is empty', example: ['11111112'] }) userIDs: string[];

  toInput(): { groupID: string; userIDs: string[] } {
    assertSome(this.userIDs, 'UserID is empty', 'userIDs');
    assertNotTooMany(this.userIDs, 'UserIDs', 'userIDs');
    return { groupID: this.groupID, userIDs: [...new Set(this.userIDs)] };
  }
}

export const getGroupUsersReqApplicationListV3: V3Speech<{ groupID: string; userIDs: string[] }, RequestPage> = {
  request: GetGroupUsersReqApplicationListV3,
  answer: pageView,
  sample: { request: { groupID: SAMPLE_GROUP_ID, userIDs: ['11111112'] }, answer: SAMPLE_PAGE },
};

export class GetSpecifiedUserGroupRequestInfoV3 implements Wire<{ groupID: string; userID: string }> {
  @ID({ need: 'optional', example: SAMPLE_GROUP_ID }) groupID: string = '';
  @ID({ need: 'optional', example: '11111112' }) userID: string = '';

  toInput(): { groupID: string; userID: string } {
    return { groupID: this.groupID, userID: this.userID };
  }
}

export const getSpecifiedUserGroupRequestInfoV3: V3Speech<{ groupID: string; userID: string }, RequestPage> = {
  request: GetSpecifiedUserGroupRequestInfoV3,
  answer: pageView,
  sample: { request: { groupID: SAMPLE_GROUP_ID, userID: '11111112' }, answer: SAMPLE_PAGE },
};

export class GetGroupApplicationUnhandledCountV3 implements Wire<{ userID: string; after: number }> {
  @ID({ need: 'optional', example: 'openIM654321' }) userID: string = '';
  @Int({
    need: 'optional',
    min: Number.MIN_SAFE_INTEGER,
    max: Number.MAX_SAFE_INTEGER,
    description: 'Only requests made after this moment, in epoch milliseconds.',
  })
  time: number = 0;

  toInput(): { userID: string; after: number } {
    return { userID: this.userID, after: this.time };
  }
}

export const getGroupApplicationUnhandledCountV3: V3Speech<{ userID: string; after: number }, number> = {
  request: GetGroupApplicationUnhandledCountV3,
  answer: (count) => ({ count }),
  sample: { request: { userID: 'openIM654321', time: 0 }, answer: v3Answer({ count: 1 }) },
};
