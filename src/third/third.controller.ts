import { CurrentActor } from '../access/current-actor.js';
import type { Actor } from '../core/actor.js';
import { ImCall, ImController, Input } from '../dialects/im-call.js';
import {
  type FoundLog,
  type RegisterPushToken,
  type SetBadge,
  ThirdService,
  type UploadLogs,
} from './third.service.js';
import {
  deleteLogsV3,
  fcmUpdateTokenV3,
  type SearchLogs,
  searchLogsV3,
  setAppBadgeV3,
  uploadLogsV3,
} from './wire/v3.js';

@ImController('third')
export class ThirdController {
  constructor(private readonly third: ThirdService) {}

  @ImCall({
    path: 'third/fcm_update_token',
    summary: 'Tells under which name a push service knows a device',
    v3: fcmUpdateTokenV3,
    by: 'token',
  })
  registerPushToken(@Input() token: RegisterPushToken, @CurrentActor() actor: Actor): Promise<void> {
    return this.third.registerPushToken(token, actor);
  }

  @ImCall({
    path: 'third/set_app_badge',
    summary: "Sets the number on the icon of a user's app",
    v3: setAppBadgeV3,
    by: 'token',
  })
  setBadge(@Input() badge: SetBadge, @CurrentActor() actor: Actor): Promise<void> {
    return this.third.setBadge(badge, actor);
  }

  @ImCall({ path: 'third/logs/upload', summary: 'Notes log files of a client', v3: uploadLogsV3, by: 'token' })
  uploadLogs(@Input() logs: UploadLogs, @CurrentActor() actor: Actor): Promise<void> {
    return this.third.uploadLogs(logs, actor);
  }

  @ImCall({ path: 'third/logs/delete', summary: 'Deletes logs, all of them or none', v3: deleteLogsV3, by: 'admin' })
  deleteLogs(@Input() logIDs: string[]): Promise<void> {
    return this.third.deleteLogs(logIDs);
  }

  @ImCall({ path: 'third/logs/search', summary: 'Finds logs by user and time', v3: searchLogsV3, by: 'admin' })
  searchLogs(@Input() { filter, page }: SearchLogs): Promise<{ total: number; logs: FoundLog[] }> {
    return this.third.searchLogs(filter, page);
  }
}
