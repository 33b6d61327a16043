import { groupBy } from '../../core/collections.js';
import { assertSome } from '../../core/lists.js';
import { ID } from '../../dialects/common-fields.js';
import { Int, TextList } from '../../dialects/fields.js';
import { SAMPLE_TOKEN, type V3Speech } from '../../dialects/speech.js';
import { listOrNull, v3Answer } from '../../dialects/v3-fields.js';
import type { Wire } from '../../dialects/wire.js';
import { type Connections, platformsOf } from '../../presence/presence.js';
import type { OnlineStatus, Subscribe } from '../online.service.js';

/** Whether somebody is online, in numbers. Source: contract/v3/common.md section 10. */
const Status = { offline: 0, online: 1 } as const;

/** Where connections are asked for: an empty list asks about nobody. */
export class UsersOnlineV3 implements Wire<string[]> {
  @TextList({ need: 'optional', example: ['openIM123456'] }) userIDs: string[] = [];

  toInput(): string[] {
    return this.userIDs;
  }
}

/** Source: contract/v3/user.md. `data` is a list, one element for each user asked for. */
export const onlineStatusV3: V3Speech<string[], Connections> = {
  request: UsersOnlineV3,
  handBound: true,
  answer: (online, userIDs) =>
    listOrNull(
      userIDs.map((userID) => {
        const connections = online.get(userID) ?? [];
        return {
          userID,
          status: connections.length > 0 ? Status.online : Status.offline,
          detailPlatformStatus: listOrNull(
            connections.map(({ platformID, connID, isBackground, token }) => ({
              platformID,
              connID,
              isBackground,
              token,
            })),
          ),
        };
      }),
    ),
  errors: { 'caller.not-admin': { errCode: 1002, errMsg: 'NoPermissionError', errDlt: 'only app manager' } },
  sample: {
    request: { userIDs: ['openIM123456'] },
    answer: v3Answer([
      {
        userID: 'openIM123456',
        status: 1,
        detailPlatformStatus: [{ platformID: 1, connID: '3f1c0a9be1b64d0f', isBackground: false, token: SAMPLE_TOKEN }],
      },
    ]),
  },
};

/** Source: contract/v3/user.md. `data` is a list of who is online, null when nobody is. */
export const tokenDetailV3: V3Speech<string[], Connections> = {
  request: UsersOnlineV3,
  handBound: true,
  answer: (online) =>
    listOrNull(
      [...online].map(([userID, connections]) => ({
        userID,
        status: Status.online,
        singlePlatformToken: platformsOf(connections).map((platformID) => {
          const there = groupBy(connections, (one) => one.platformID).get(platformID) ?? [];
          return { platformID, total: there.length, token: there.map(({ token }) => token) };
        }),
      })),
    ),
  sample: {
    request: { userIDs: ['openIM123456'] },
    answer: v3Answer([
      {
        userID: 'openIM123456',
        status: 1,
        singlePlatformToken: [{ platformID: 1, total: 1, token: [SAMPLE_TOKEN] }],
      },
    ]),
  },
};

function statusListView({ userIDs, online }: OnlineStatus): object {
  return {
    statusList: listOrNull(
      userIDs.map((userID) => {
        const platforms = platformsOf(online.get(userID) ?? []);
        return {
          userID,
          status: platforms.length > 0 ? Status.online : Status.offline,
          platformIDs: listOrNull(platforms),
        };
      }),
    ),
  };
}

const STATUS_SAMPLE = v3Answer({
  statusList: [
    { userID: 'openIM123456', status: 1, platformIDs: [1, 5] },
    { userID: '11111112', status: 0, platformIDs: null },
  ],
});

export class GetUsersStatusV3 implements Wire<string[]> {
  @TextList({ missing: 'UserIDs is empty', example: ['openIM123456', '11111112'] }) userIDs: string[];

  toInput(): string[] {
    assertSome(this.userIDs, 'UserIDs is empty', 'userIDs');
    return this.userIDs;
  }
}

/** Source: contract/v3/user.md. */
export const getUsersStatusV3: V3Speech<string[], OnlineStatus> = {
  request: GetUsersStatusV3,
  answer: statusListView,
  sample: { request: { userIDs: ['openIM123456', '11111112'] }, answer: STATUS_SAMPLE },
};

/** `genre` of a subscription. */
const Genre = { subscribe: 1, unsubscribe: 2 } as const;
const GENRE_INVALID = 'invalid subscription type parameter';

export class SubscribeUsersStatusV3 implements Wire<Subscribe> {
  @ID({ missing: 'UserID is empty', description: 'Who watches: the caller.', example: 'openIM123456' }) userID: string;
  @TextList({ missing: 'subscription User-list is empty', example: ['11111112'] }) userIDs: string[];
  @Int({
    values: Object.values(Genre),
    missing: GENRE_INVALID,
    invalid: GENRE_INVALID,
    description: '1 begins, 2 ends.',
    example: 1,
  })
  genre: number;

  toInput(): Subscribe {
    const { userID, userIDs, genre } = this;
    assertSome(userIDs, 'subscription User-list is empty', 'userIDs');
    return { userID, userIDs, watch: genre === Genre.subscribe };
  }
}

/** Source: contract/v3/user.md, where it is a stub. Answers how all are that are watched then. */
export const subscribeUsersStatusV3: V3Speech<Subscribe, OnlineStatus> = {
  request: SubscribeUsersStatusV3,
  answer: statusListView,
  sample: { request: { userID: 'openIM123456', userIDs: ['11111112'], genre: 1 }, answer: STATUS_SAMPLE },
};

export class GetSubscribedStatusV3 implements Wire<string> {
  @ID({ missing: 'UserID is empty', description: 'Who watches: the caller.', example: 'openIM123456' }) userID: string;

  toInput(): string {
    return this.userID;
  }
}

/** Source: contract/v3/user.md, where it is a stub. */
export const getSubscribedStatusV3: V3Speech<string, OnlineStatus> = {
  request: GetSubscribedStatusV3,
  answer: statusListView,
  sample: { request: { userID: 'openIM123456' }, answer: STATUS_SAMPLE },
};
