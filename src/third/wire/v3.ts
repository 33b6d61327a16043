import { ArgumentInvalid } from '../../core/errors.js';
import { assertSome } from '../../core/lists.js';
import type { Page } from '../../core/pages.js';
import { ID } from '../../dialects/common-fields.js';
import { Int, Parts, Text, TextList } from '../../dialects/fields.js';
import type { V3Speech } from '../../dialects/speech.js';
import { LenientPagination, LenientPaginationV3, listOrNull, pageOrNone, v3Answer } from '../../dialects/v3-fields.js';
import type { Wire } from '../../dialects/wire.js';
import type { LogFilter } from '../third.repository.js';
import type { FoundLog, RegisterPushToken, SetBadge, UploadLogs } from '../third.service.js';

/** What third-party endpoints say in v3. Source: contract/v3/object-and-third.md. */

/** Platforms a push token can be of. */
const PUSH_PLATFORMS = { min: 1, max: 10, missing: 'platformID is invalidate', invalid: 'platformID is invalidate' };

/** Most seconds a push token lives: a hundred years, so that moments stay whole numbers. */
const MAX_LIFETIME = 3_155_760_000;

export class FcmUpdateTokenV3 implements Wire<RegisterPushToken> {
  @Int({ ...PUSH_PLATFORMS, example: 2 }) platformID: number;
  @Text({ missing: 'FcmToken is empty', max: 4096, example: 'fcm-token' }) fcmToken: string;
  @ID({ missing: 'account is empty', description: 'The userID.', example: 'openIM123456' }) account: string;
  @Int({ need: 'optional', min: 0, max: MAX_LIFETIME, description: 'Seconds it lives; 0: for ever.' })
  expireTime: number = 0;

  toInput(): RegisterPushToken {
    const { platformID, fcmToken, account, expireTime } = this;
    return { userID: account, platformID, token: fcmToken, lifetime: expireTime };
  }
}

export const fcmUpdateTokenV3: V3Speech<RegisterPushToken, unknown> = {
  request: FcmUpdateTokenV3,
  sample: {
    request: { platformID: 2, fcmToken: 'fcm-token', account: 'openIM123456', expireTime: 0 },
    answer: v3Answer(),
  },
};

export class SetAppBadgeV3 implements Wire<SetBadge> {
  @ID({ missing: 'UserID is empty', example: 'openIM123456' }) userID: string;
  @Int({ need: 'optional', example: 3 }) appUnreadCount: number = 0;

  toInput(): SetBadge {
    return { userID: this.userID, unreadCount: this.appUnreadCount };
  }
}

export const setAppBadgeV3: V3Speech<SetBadge, unknown> = {
  request: SetAppBadgeV3,
  sample: { request: { userID: 'openIM123456', appUnreadCount: 3 }, answer: v3Answer() },
};

export class LogFileV3 {
  @Text({ need: 'optional', max: 255, example: 'sdk.log' }) filename: string = '';
  @Text({ need: 'optional', max: 1024, example: 'http://127.0.0.1:10002/object/openIM123456/sdk.log' })
  URL: string = '';
}

export class UploadLogsV3 implements Wire<UploadLogs> {
  @Int({ need: 'optional', description: 'Number of the platform.', example: 1 }) platform: number = 0;
  @Parts(() => LogFileV3, { min: 1, max: 1000, missing: 'fileURLs is empty' }) fileURLs: LogFileV3[];
  @Text({ need: 'optional', max: 255, example: 'flutter' }) appFramework: string = '';
  @Text({ need: 'optional', max: 255, description: 'Of the app.', example: '3.8.3' }) version: string = '';
  @Text({ need: 'optional', max: 4096 }) ex: string = '';

  toInput(): UploadLogs {
    const { platform, fileURLs, ...rest } = this;
    return { ...rest, platformID: platform, files: fileURLs.map(({ filename, URL }) => ({ filename, url: URL })) };
  }
}

export const uploadLogsV3: V3Speech<UploadLogs, unknown> = {
  request: UploadLogsV3,
  sample: {
    request: {
      platform: 1,
      fileURLs: [{ filename: 'sdk.log', URL: 'http://127.0.0.1:10002/object/openIM123456/sdk.log' }],
      appFramework: 'flutter',
      version: '3.8.3',
      ex: '',
    },
    answer: v3Answer(),
  },
};

export class DeleteLogsV3 implements Wire<string[]> {
  @TextList({ missing: 'logIDs is empty', max: 1000, maxLength: 64, example: ['1234567890'] }) logIDs: string[];

  toInput(): string[] {
    assertSome(this.logIDs, 'logIDs is empty', 'logIDs');
    return this.logIDs;
  }
}

export const deleteLogsV3: V3Speech<string[], unknown> = {
  request: DeleteLogsV3,
  sample: { request: { logIDs: ['1234567890'] }, answer: v3Answer() },
};

export interface SearchLogs {
  filter: LogFilter;
  page: Page;
}

/** Logs are looked for from here on when no time is given: 2019-01-01 UTC. */
const FIRST_LOG_MS = Date.UTC(2019, 0, 1);

const MOMENT = { need: 'optional', min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER } as const;

export class SearchLogsV3 implements Wire<SearchLogs> {
  @Text({ need: 'optional', max: 255, description: 'Part of the userID, in any case.' }) keyword: string = '';
  @Int({ ...MOMENT, description: 'Epoch milliseconds. Both 0: everything until now.', example: 0 })
  startTime: number = 0;
  @Int({ ...MOMENT, description: 'Epoch milliseconds.', example: 0 }) endTime: number = 0;
  @LenientPagination() pagination?: LenientPaginationV3;

  toInput(): SearchLogs {
    const { keyword, startTime, endTime, pagination } = this;
    if (startTime > endTime) throw new ArgumentInvalid('startTime>endTime', 'startTime');
    const times =
      startTime === 0 && endTime === 0 ? { startTime: FIRST_LOG_MS, endTime: Date.now() } : { startTime, endTime };
    return { filter: { keyword, ...times }, page: pageOrNone(pagination) };
  }
}

/** The operating system is a relic and always empty; the framework is kept and not shown. */
export const searchLogsV3: V3Speech<SearchLogs, { total: number; logs: FoundLog[] }> = {
  request: SearchLogsV3,
  answer: ({ total, logs }) => ({
    logsInfos: listOrNull(
      logs.map(({ userID, platform, url, createTime, nickname, logID, filename, ex, version }) => ({
        userID,
        platform,
        url,
        createTime,
        nickname,
        logID,
        filename,
        systemType: '',
        ex,
        version,
      })),
    ),
    total,
  }),
  sample: {
    request: { keyword: '', startTime: 0, endTime: 0, pagination: { pageNumber: 1, showNumber: 20 } },
    answer: v3Answer({
      logsInfos: [
        {
          userID: 'openIM123456',
          platform: 'IOS',
          url: 'http://127.0.0.1:10002/object/openIM123456/sdk.log',
          createTime: 1699241222762,
          nickname: 'system1',
          logID: '1234567890',
          filename: 'sdk.log',
          systemType: '',
          ex: '',
          version: '3.8.3',
        },
      ],
      total: 1,
    }),
  },
};
