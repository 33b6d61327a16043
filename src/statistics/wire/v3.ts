import { ArgumentInvalid } from '../../core/errors.js';
import { GroupStatus } from '../../core/protocol.js';
import type { Span } from '../../database/spans.js';
import { Flag, Int } from '../../dialects/fields.js';
import type { V3Speech } from '../../dialects/speech.js';
import { listOrNull, Pagination, PaginationV3, v3Answer } from '../../dialects/v3-fields.js';
import type { Wire } from '../../dialects/wire.js';
import { userInfoView } from '../../users/wire/v3-views.js';
import type { GroupSummary } from '../../groups/groups.service.js';
import { groupInfoView } from '../../groups/wire/v3-views.js';
import type { User } from '../../users/user.entity.js';
import type { Activity, ActivityQuery, Growth } from '../statistics.service.js';

/** Source of all of these: contract/v3/statistics.md. */

const MOMENT = { min: 1, max: Number.MAX_SAFE_INTEGER, description: 'Epoch milliseconds.' };

export class UserRegisterStatisticsV3 implements Wire<Span> {
  @Int({ ...MOMENT, missing: 'start is invalid', invalid: 'start is invalid', example: 1700000000000 }) start: number;
  @Int({ ...MOMENT, missing: 'end is invalid', invalid: 'end is invalid', example: 1700604800000 }) end: number;

  toInput(): Span {
    if (this.start > this.end) throw new ArgumentInvalid('start > end', 'start');
    return { start: this.start, end: this.end };
  }
}

/** As for users, but for what it says to a span that ends before it begins: the original forgot to fill its template. */
export class GroupCreateStatisticsV3 implements Wire<Span> {
  @Int({ ...MOMENT, missing: 'start is invalid', invalid: 'start is invalid', example: 1700000000000 }) start: number;
  @Int({ ...MOMENT, missing: 'end is invalid', invalid: 'end is invalid', example: 1700604800000 }) end: number;

  toInput(): Span {
    const { start, end } = this;
    if (start > end) throw new ArgumentInvalid(`start > end: %d > %d, ${start}=${end}`, 'start');
    return { start, end };
  }
}

const ANY_MOMENT = { need: 'optional', min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER } as const;

export class ActiveGroupsV3 implements Wire<ActivityQuery> {
  @Int({ ...ANY_MOMENT, description: 'Epoch milliseconds.', example: 1700000000000 }) start: number = 0;
  @Int({ ...ANY_MOMENT, description: 'Epoch milliseconds, not included.', example: 1700604800000 }) end: number = 0;
  @Flag({ description: 'The least active first.' }) ase: boolean = false;
  @Pagination() pagination: PaginationV3;

  toInput(): ActivityQuery {
    return { span: { start: this.start, end: this.end }, ascending: this.ase, page: this.pagination };
  }
}

export interface ActiveUsersQuery {
  query: ActivityQuery;
  withGroups: boolean;
}

export class ActiveUsersV3 implements Wire<ActiveUsersQuery> {
  @Int({ ...ANY_MOMENT, description: 'Epoch milliseconds.', example: 1700000000000 }) start: number = 0;
  @Int({ ...ANY_MOMENT, description: 'Epoch milliseconds, not included.', example: 1700604800000 }) end: number = 0;
  @Flag({ description: 'The least active first.' }) ase: boolean = false;
  @Flag({ description: 'Messages in groups count too.' }) group: boolean = false;
  @Pagination() pagination: PaginationV3;

  toInput(): ActiveUsersQuery {
    const query = { span: { start: this.start, end: this.end }, ascending: this.ase, page: this.pagination };
    return { query, withGroups: this.group };
  }
}

/** `YYYY-MM-DD` → count; left out when there are none, as every empty map. */
function daysView(name: 'count' | 'dateCount', days: ReadonlyMap<number, number>): object {
  if (days.size === 0) return {};
  return {
    [name]: Object.fromEntries([...days].map(([day, count]) => [new Date(day).toISOString().slice(0, 10), count])),
  };
}

function growthView({ total, before, days }: Growth): object {
  return { total, before, ...daysView('count', days) };
}

/** UserInfo of somebody who was deleted since: his ID is all that is known. */
function missingUser(userID: string): object {
  return { userID, nickname: userID, faceURL: '', ex: '', createTime: 0, appMangerLevel: 0, globalRecvMsgOpt: 0 };
}

/** GroupInfo of a group that was deleted since. */
function missingGroup(groupID: string): GroupSummary {
  const group = {
    groupID,
    groupName: groupID,
    notification: '',
    introduction: '',
    faceURL: '',
    createTime: 0,
    ex: '',
    status: GroupStatus.ok,
    creatorUserID: '',
    groupType: 0,
    needVerification: 0,
    lookMemberInfo: 0,
    applyMemberFriend: 0,
    notificationUpdateTime: 0,
    notificationUserID: '',
  };
  return { group, memberCount: 0, ownerUserID: '' };
}

const GROWTH_SAMPLE = {
  request: { start: 1700000000000, end: 1700604800000 },
  answer: v3Answer({ total: 12, before: 3, count: { '2023-11-15': 2 } }),
};

export const userRegisterStatisticsV3: V3Speech<Span, Growth> = {
  request: UserRegisterStatisticsV3,
  answer: growthView,
  sample: GROWTH_SAMPLE,
};

export const groupCreateStatisticsV3: V3Speech<Span, Growth> = {
  request: GroupCreateStatisticsV3,
  answer: growthView,
  sample: GROWTH_SAMPLE,
};

export const activeUsersV3: V3Speech<ActiveUsersQuery, Activity<User>> = {
  request: ActiveUsersV3,
  answer: ({ messages, ids, days, ranking }) => ({
    msgCount: messages,
    userCount: ids,
    ...daysView('dateCount', days),
    users: listOrNull(
      ranking.map(({ id, found, count }) => ({ user: found ? userInfoView(found) : missingUser(id), count })),
    ),
  }),
  sample: {
    request: { ...GROWTH_SAMPLE.request, ase: false, group: true, pagination: { pageNumber: 1, showNumber: 10 } },
    answer: v3Answer({
      msgCount: 5,
      userCount: 1,
      dateCount: { '2023-11-15': 5 },
      users: [
        {
          user: { ...missingUser('openIM123456'), nickname: 'system1', createTime: 1699241222762, appMangerLevel: 1 },
          count: 5,
        },
      ],
    }),
  },
};

export const activeGroupsV3: V3Speech<ActivityQuery, Activity<GroupSummary>> = {
  request: ActiveGroupsV3,
  answer: ({ messages, ids, days, ranking }) => ({
    msgCount: messages,
    groupCount: ids,
    ...daysView('dateCount', days),
    groups: listOrNull(
      ranking.map(({ id, found, count }) => ({ group: groupInfoView(found ?? missingGroup(id)), count })),
    ),
  }),
  sample: {
    request: { ...GROWTH_SAMPLE.request, ase: false, pagination: { pageNumber: 1, showNumber: 10 } },
    answer: v3Answer({
      msgCount: 5,
      groupCount: 1,
      dateCount: { '2023-11-15': 5 },
      groups: [{ group: groupInfoView(missingGroup('3102384021')), count: 5 }],
    }),
  },
};
