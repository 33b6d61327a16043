import { ImCall, ImController, Input } from '../dialects/im-call.js';
import type { Span } from '../database/spans.js';
import type { GroupSummary } from '../groups/groups.service.js';
import type { User } from '../users/user.entity.js';
import { type Activity, type ActivityQuery, type Growth, StatisticsService } from './statistics.service.js';
import {
  activeGroupsV3,
  type ActiveUsersQuery,
  activeUsersV3,
  groupCreateStatisticsV3,
  userRegisterStatisticsV3,
} from './wire/v3.js';

@ImController('statistics')
export class StatisticsController {
  constructor(private readonly statistics: StatisticsService) {}

  @ImCall({
    path: 'statistics/user/register',
    summary: 'Counts registrations by day',
    v3: userRegisterStatisticsV3,
    by: 'admin',
  })
  userGrowth(@Input() span: Span): Promise<Growth> {
    return this.statistics.userGrowth(span);
  }

  @ImCall({
    path: 'statistics/group/create',
    summary: 'Counts created groups by day',
    v3: groupCreateStatisticsV3,
    by: 'admin',
  })
  groupGrowth(@Input() span: Span): Promise<Growth> {
    return this.statistics.groupGrowth(span);
  }

  @ImCall({
    path: 'statistics/user/active',
    summary: 'Counts messages by sender and by day',
    v3: activeUsersV3,
    by: 'admin',
  })
  activeUsers(@Input() { query, withGroups }: ActiveUsersQuery): Promise<Activity<User>> {
    return this.statistics.activeUsers(query, withGroups);
  }

  @ImCall({
    path: 'statistics/group/active',
    summary: 'Counts messages by group and by day',
    v3: activeGroupsV3,
    by: 'admin',
  })
  activeGroups(@Input() query: ActivityQuery): Promise<Activity<GroupSummary>> {
    return this.statistics.activeGroups(query);
  }
}
