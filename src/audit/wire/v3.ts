import { ArgumentInvalid } from '../../core/errors.js';
import type { Page } from '../../core/pages.js';
import { Int, Text } from '../../dialects/fields.js';
import type { V3Speech } from '../../dialects/speech.js';
import { Pagination, PaginationV3, v3Answer } from '../../dialects/v3-fields.js';
import type { Wire } from '../../dialects/wire.js';
import type { AuditEntry } from '../audit-entry.entity.js';
import type { AuditFilter } from '../audit.repository.js';

/** The audit log is of this server alone; OpenIM has none. */

export interface SearchAuditLog {
  filter: AuditFilter;
  page: Page;
}

const MOMENT = { need: 'optional', min: 0, max: Number.MAX_SAFE_INTEGER } as const;
const RESULTS = ['', 'success', 'failure'] as const;

export class SearchAuditLogV3 implements Wire<SearchAuditLog> {
  @Text({ need: 'optional', max: 255, description: 'userID of the administrator. "": anybody.' }) actor: string = '';
  @Text({ need: 'optional', max: 255, description: 'Of the operation, e.g. `/group/kick_group`.' }) path: string = '';
  @Text({ need: 'optional', max: 128, description: 'Of the request that was made.' }) operationID: string = '';
  @Int({ ...MOMENT, description: 'Epoch milliseconds.', example: 0 }) startTime: number = 0;
  @Int({ ...MOMENT, description: 'Epoch milliseconds; 0: until now.', example: 0 }) endTime: number = 0;
  @Text({
    need: 'optional',
    description: '`success`, `failure`, or "" for both.',
    rule: (text) => (RESULTS.includes(text as never) ? undefined : '$ must be success or failure'),
  })
  result: string = '';
  @Pagination() pagination: PaginationV3;

  toInput(): SearchAuditLog {
    const { actor, path, operationID, startTime, endTime, result, pagination } = this;
    if (endTime !== 0 && startTime > endTime) throw new ArgumentInvalid('startTime>endTime', 'startTime');
    const filter = {
      actorUserID: actor,
      path: path.replace(/^\/+/, ''),
      operationID,
      start: startTime,
      end: endTime,
      result: result as AuditFilter['result'],
    };
    return { filter, page: pagination };
  }
}

export const searchAuditLogV3: V3Speech<SearchAuditLog, { total: number; entries: AuditEntry[] }> = {
  request: SearchAuditLogV3,
  answer: ({ total, entries }) => ({ total, entries: entries.map(entryView) }),
  sample: {
    request: {
      actor: 'openIM123456',
      path: '/group/kick_group',
      operationID: '',
      startTime: 0,
      endTime: 0,
      result: 'success',
      pagination: { pageNumber: 1, showNumber: 20 },
    },
    answer: v3Answer({
      total: 1,
      entries: [
        {
          time: 1699241222762,
          actor: 'openIM123456',
          bySecret: false,
          ip: '198.51.100.7',
          dialect: 'v3',
          path: '/group/kick_group',
          operationID: '1646445464564',
          targets: ['1234567890', 'bob'],
          moreTargets: 0,
          errCode: 0,
        },
      ],
    }),
  },
};

function entryView(entry: AuditEntry): object {
  return {
    time: entry.actedAt,
    actor: entry.actorUserID,
    bySecret: entry.bySecret,
    ip: entry.ip,
    dialect: `v${entry.dialect}`,
    path: `/${entry.path}`,
    operationID: entry.operationID,
    targets: JSON.parse(entry.targets) as string[],
    moreTargets: entry.moreTargets,
    errCode: entry.errCode,
  };
}
