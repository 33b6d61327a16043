import { Injectable } from '@nestjs/common';
import { byBytes } from '../core/ids.js';
import { type Page, pageBounds } from '../core/pages.js';
import { SessionType } from '../core/protocol.js';
import type { Span } from '../database/spans.js';
import { Transactions } from '../database/transactions.js';
import { GroupQueries } from '../groups/group-queries.service.js';
import type { GroupSummary } from '../groups/groups.service.js';
import type { User } from '../users/user.entity.js';
import { UsersService } from '../users/users.service.js';
import { type MessageScope, StatisticsRepository } from './statistics.repository.js';

/** How something grew. */
export interface Growth {
  total: number;
  /** How many were there before the span. */
  before: number;
  /** Beginning of a UTC day, epoch milliseconds → how many came on it. Days on which none came are missing. */
  days: ReadonlyMap<number, number>;
}

/** Who was most or least active. */
export interface ActivityQuery {
  span: Span;
  /** The least active first. */
  ascending: boolean;
  page: Page;
}

/** How much was written, and a page of those who, or of the groups in which. */
export interface Activity<T> {
  messages: number;
  /** How many senders or groups there were. */
  ids: number;
  /** Beginning of a UTC day, epoch milliseconds → messages of it. */
  days: ReadonlyMap<number, number>;
  /** `found` is undefined when it was deleted since. */
  ranking: { id: string; found: T | undefined; count: number }[];
}

/** Counts for the administrators, by UTC days. Source: contract/v3/statistics.md. */
@Injectable()
export class StatisticsService {
  constructor(
    private readonly users: UsersService,
    private readonly groups: GroupQueries,
    private readonly statistics: StatisticsRepository,
    private readonly transactions: Transactions,
  ) {}

  /** Accounts, those of administrators too. */
  userGrowth(span: Span): Promise<Growth> {
    return this.transactions.stale(() => this.statistics.growth('im_users', span));
  }

  /** Groups, dismissed ones too. */
  groupGrowth(span: Span): Promise<Growth> {
    return this.transactions.stale(() => this.statistics.growth('im_groups', span));
  }

  /** Who wrote, in single chats and if asked in groups. */
  async activeUsers(query: ActivityQuery, withGroups: boolean): Promise<Activity<User>> {
    const sessionTypes = withGroups ? [SessionType.single, SessionType.group] : [SessionType.single];
    return this.activity(query, { ...query.span, by: 'sender', sessionTypes }, (ids) => this.users.getAll(ids));
  }

  /** In which groups was written. */
  async activeGroups(query: ActivityQuery): Promise<Activity<GroupSummary>> {
    return this.activity(query, { ...query.span, by: 'group', sessionTypes: [SessionType.group] }, async (ids) => {
      const found = await this.groups.find(ids);
      return new Map(found.map((summary) => [summary.group.groupID, summary]));
    });
  }

  private activity<T>(
    query: ActivityQuery,
    scope: MessageScope,
    load: (ids: string[]) => Promise<ReadonlyMap<string, T>>,
  ): Promise<Activity<T>> {
    return this.transactions.stale(() => this.activityNow(query, scope, load));
  }

  private async activityNow<T>(
    { ascending, page }: ActivityQuery,
    scope: MessageScope,
    load: (ids: string[]) => Promise<ReadonlyMap<string, T>>,
  ): Promise<Activity<T>> {
    const { messages, days, ids } = await this.statistics.activity(scope);
    const { offset, limit } = pageBounds(page, ids.size);
    const ranked = limit === 0 ? [] : ranking(ids, ascending).slice(offset, offset + limit);
    const found = ranked.length > 0 ? await load(ranked.map(([id]) => id)) : new Map<string, T>();
    return {
      messages,
      ids: ids.size,
      days,
      ranking: ranked.map(([id, count]) => ({ id, found: found.get(id), count })),
    };
  }
}

/** Who or what was most or least active first, ties by ID. */
function ranking(counts: ReadonlyMap<string, number>, ascending: boolean): [id: string, count: number][] {
  const sign = ascending ? 1 : -1;
  return [...counts].sort(([a, few], [b, many]) => sign * (few - many) || byBytes(a, b));
}
