import type { Page } from '../../core/pages.js';
import { FriendAnswer } from '../../core/protocol.js';
import { ID } from '../../dialects/common-fields.js';
import { Int, IntList, Text } from '../../dialects/fields.js';
import type { V3Speech } from '../../dialects/speech.js';
import { listOrNull, Pagination, PaginationV3, v3Answer } from '../../dialects/v3-fields.js';
import type { Wire } from '../../dialects/wire.js';
import type { AnswerFriend, AskFriend, RequestList } from '../friend-requests.service.js';
import type { CannotBefriendSelf } from '../friend.errors.js';
import { REQUEST_SAMPLE } from './v3-samples.js';
import { friendRequestView } from './v3-views.js';

/** Asking to be friends in v3. Source: contract/v3/friend.md. */

/** Longest text of a request and of its answer. */
const MAX_MESSAGE = 1024;

export class AddFriendV3 implements Wire<AskFriend> {
  @ID({ missing: 'toUserID is empty', example: '11111112' }) toUserID: string;
  @ID({ missing: 'fromUserID is empty', example: 'openIMAdmin' }) fromUserID: string;
  @Text({ need: 'optional', max: MAX_MESSAGE, example: 'Hello' }) reqMsg: string = '';
  @Text({ need: 'optional', max: 4096 }) ex: string = '';

  toInput(): AskFriend {
    const { fromUserID, toUserID, reqMsg, ex } = this;
    return { fromUserID, toUserID, reqMsg, ex };
  }
}

export const addFriendV3: V3Speech<AskFriend, void> = {
  request: AddFriendV3,
  errors: {
    'user.not-found': { errCode: 1004, errMsg: 'RecordNotFoundError', errDlt: 'user not found' },
    'friend.self': {
      errCode: 1301,
      errMsg: 'CanNotAddYourselfError',
      errDlt: (error) => `req.ToUserID, ${(error as CannotBefriendSelf).userID}=MISSING`,
    },
  },
  sample: {
    request: { fromUserID: 'openIMAdmin', toUserID: '11111112', reqMsg: 'Hello', ex: '' },
    answer: v3Answer(),
  },
};

export class AddFriendResponseV3 implements Wire<AnswerFriend> {
  @ID({ missing: 'toUserID is empty', example: '11111112' }) toUserID: string;
  @ID({ missing: 'fromUserID is empty', example: 'openIMAdmin' }) fromUserID: string;
  @Int({
    values: [FriendAnswer.agreed, FriendAnswer.refused],
    missing: 'req.HandleResult != -1/1',
    invalid: 'req.HandleResult != -1/1',
    description: '1 agree, -1 refuse.',
  })
  handleResult: number;
  @Text({ need: 'optional', max: MAX_MESSAGE, example: 'Welcome' }) handleMsg: string = '';

  toInput(): AnswerFriend {
    const { fromUserID, toUserID, handleResult, handleMsg } = this;
    return { fromUserID, toUserID, agree: handleResult === FriendAnswer.agreed, handleMsg };
  }
}

export const addFriendResponseV3: V3Speech<AnswerFriend, void> = {
  request: AddFriendResponseV3,
  sample: {
    request: { fromUserID: 'openIMAdmin', toUserID: '11111112', handleResult: 1, handleMsg: 'Welcome' },
    answer: v3Answer(),
  },
};

/** A page of the requests a user sent or received. */
export interface PageOfRequests {
  userID: string;
  handleResults: number[];
  page: Page;
}

export class PageOfRequestsV3 implements Wire<PageOfRequests> {
  @ID({ missing: 'userID is empty', example: '11111112' }) userID: string;
  @Pagination() pagination: PaginationV3;
  @IntList({ need: 'optional', max: 1000, description: 'Only those with these results.', example: [0] })
  handleResults: number[] = [];

  toInput(): PageOfRequests {
    return { userID: this.userID, handleResults: [...new Set(this.handleResults)], page: this.pagination };
  }
}

const PAGE_SAMPLE = { userID: '11111112', pagination: { pageNumber: 1, showNumber: 100 }, handleResults: [0] };

/** Those received: the capital is the original's. */
export const getFriendApplyListV3: V3Speech<PageOfRequests, RequestList> = {
  request: PageOfRequestsV3,
  answer: (list) => ({ FriendRequests: requestsView(list), total: list.total }),
  sample: { request: PAGE_SAMPLE, answer: v3Answer({ FriendRequests: [REQUEST_SAMPLE], total: 1 }) },
};

/** Those sent. */
export const getSelfFriendApplyListV3: V3Speech<PageOfRequests, RequestList> = {
  request: PageOfRequestsV3,
  answer: (list) => ({ friendRequests: requestsView(list), total: list.total }),
  sample: {
    request: { ...PAGE_SAMPLE, userID: 'openIMAdmin' },
    answer: v3Answer({ friendRequests: [REQUEST_SAMPLE], total: 1 }),
  },
};

/** Two users, one of whom may have asked the other. */
export interface RequestPair {
  fromUserID: string;
  toUserID: string;
}

export class GetDesignatedFriendApplyV3 implements Wire<RequestPair> {
  @ID({ missing: 'ownerUserID is empty', example: 'openIMAdmin' }) fromUserID: string;
  @ID({ missing: 'toUserID is empty', example: '11111112' }) toUserID: string;

  toInput(): RequestPair {
    return { fromUserID: this.fromUserID, toUserID: this.toUserID };
  }
}

export const getDesignatedFriendApplyV3: V3Speech<RequestPair, RequestList> = {
  request: GetDesignatedFriendApplyV3,
  answer: (list) => ({ friendRequests: requestsView(list) }),
  sample: {
    request: { fromUserID: 'openIMAdmin', toUserID: '11111112' },
    answer: v3Answer({ friendRequests: [REQUEST_SAMPLE] }),
  },
};

/** Requests a user received after a moment, in epoch milliseconds. */
export interface OpenSince {
  userID: string;
  after: number;
}

export class GetSelfUnhandledApplyCountV3 implements Wire<OpenSince> {
  @ID({ need: 'optional', example: '11111112' }) userID: string = '';
  @Int({
    need: 'optional',
    min: Number.MIN_SAFE_INTEGER,
    max: Number.MAX_SAFE_INTEGER,
    description: 'Epoch milliseconds; only later ones are counted. 0: all.',
    example: 0,
  })
  time: number = 0;

  toInput(): OpenSince {
    return { userID: this.userID, after: this.time };
  }
}

export const getSelfUnhandledApplyCountV3: V3Speech<OpenSince, number> = {
  request: GetSelfUnhandledApplyCountV3,
  answer: (count) => ({ count }),
  sample: { request: { userID: '11111112', time: 0 }, answer: v3Answer({ count: 1 }) },
};

function requestsView({ requests, users }: RequestList): readonly object[] | null {
  return listOrNull(requests.map((request) => friendRequestView(request, users)));
}
