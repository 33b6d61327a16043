import { randomInt } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Actor } from '../core/actor.js';
import { RecordNotFound } from '../core/errors.js';
import { assertSome } from '../core/lists.js';
import { type Page, pageBounds } from '../core/pages.js';
import { assertSelf } from '../core/permissions.js';
import { PLATFORM_NAMES } from '../core/protocol.js';
import { Transactions } from '../database/transactions.js';
import { isDuplicateKey } from '../database/failures.js';
import { OnImEvent } from '../events/on-im-event.js';
import { UsersDeleted } from '../users/user.events.js';
import { UsersService } from '../users/users.service.js';
import type { ClientLog } from './client-log.entity.js';
import { type LogFilter, ThirdRepository } from './third.repository.js';

/** Whose device. A user has one of each platform. */
export interface Device {
  userID: string;
  platformID: number;
}

/** A device as a push service knows it. */
export interface RegisterPushToken extends Device {
  token: string;
  /** Seconds it lives; 0: for ever. */
  lifetime: number;
}

export interface SetBadge {
  userID: string;
  unreadCount: number;
}

export interface UploadLogs {
  platformID: number;
  files: readonly { filename: string; url: string }[];
  version: string;
  appFramework: string;
  ex: string;
}

/** A log with the name its user has now; "" when there is no such user any more. */
export interface FoundLog extends ClientLog {
  nickname: string;
}

/** Times random IDs are drawn again because one is taken. */
const DRAWS = 5;

/** What clients tell that others need: push services, icons, administrators who look for a mistake. */
@Injectable()
export class ThirdService {
  constructor(
    private readonly transactions: Transactions,
    private readonly third: ThirdRepository,
    private readonly users: UsersService,
  ) {}

  /** Remembers under which name a push service knows a device. @throws NotPermitted, UserNotFound */
  async registerPushToken({ userID, platformID, token, lifetime }: RegisterPushToken, actor: Actor): Promise<void> {
    assertSelf(actor, userID);
    const now = Date.now();
    const expireTime = lifetime > 0 ? now + lifetime * 1000 : 0;
    await this.transactions.run(async () => {
      await this.users.holdOne(userID); // what is noted for a user goes with him
      await this.third.setPushToken({ userID, platformID, token, expireTime, updateTime: now });
    });
  }

  /** Forgets under which name a push service knows a device. Where none is known that is no error. @throws NotPermitted */
  async removePushToken({ userID, platformID }: Device, actor: Actor): Promise<void> {
    assertSelf(actor, userID);
    await this.transactions.run(() => this.third.removePushToken(userID, platformID));
  }

  /** Sets the number the next push to a user counts on from. @throws NotPermitted, UserNotFound */
  async setBadge({ userID, unreadCount }: SetBadge, actor: Actor): Promise<void> {
    assertSelf(actor, userID);
    await this.transactions.run(async () => {
      await this.users.holdOne(userID);
      await this.third.setBadge({ userID, unreadCount });
    });
  }

  /** Notes logs the caller uploaded. @throws ArgumentInvalid when there are none */
  async uploadLogs({ platformID, files, version, appFramework, ex }: UploadLogs, { userID }: Actor): Promise<void> {
    assertSome(files, 'fileURLs is empty', 'fileURLs');
    const platform = PLATFORM_NAMES[platformID] ?? '';
    const common = { userID, platform, version, appFramework, ex, createTime: Date.now() };
    for (let draw = 1; ; draw += 1) {
      const logIDs = newLogIDs(files.length);
      try {
        await this.transactions.run(() =>
          this.third.addLogs(
            files.map(({ filename, url }, index) => ({ ...common, logID: logIDs[index], filename, url })),
          ),
        );
        return;
      } catch (error) {
        if (draw >= DRAWS || !isDuplicateKey(error)) throw error;
      }
    }
  }

  /** Deletes all of the logs, or none. The files stay. @throws RecordNotFound when any of them is unknown */
  async deleteLogs(logIDs: readonly string[]): Promise<void> {
    const asked = [...new Set(logIDs)];
    assertSome(asked, 'logIDs is empty', 'logIDs');
    await this.transactions.run(async () => {
      const known = await this.third.existingLogs(asked);
      const unknown = asked.filter((logID) => !known.has(logID));
      if (unknown.length > 0) throw new RecordNotFound(`logIDs not found, logIDs=[${unknown.join(' ')}]`);
      await this.third.deleteLogs(asked);
    });
  }

  /** A page of the logs, newest first. */
  async searchLogs(filter: LogFilter, page: Page): Promise<{ total: number; logs: FoundLog[] }> {
    const total = await this.third.countLogs(filter);
    const { offset, limit } = pageBounds(page, total);
    const logs = limit === 0 ? [] : await this.third.pageOfLogs(filter, offset, limit);
    const users = await this.users.getAll(logs.map(({ userID }) => userID));
    return { total, logs: logs.map((log) => ({ ...log, nickname: users.get(log.userID)?.nickname ?? '' })) };
  }

  /** A new account of the same ID gets nobody's pushes and has no logs. */
  @OnImEvent(UsersDeleted, { phase: 'in-transaction' })
  async forgetUsers({ userIDs }: UsersDeleted): Promise<void> {
    await this.third.forgetUsers(userIDs);
  }
}

/** Different ones, ten decimal digits each. */
function newLogIDs(count: number): string[] {
  const logIDs = new Set<string>();
  while (logIDs.size < count) logIDs.add(String(randomInt(1_000_000_000, 10_000_000_000)));
  return [...logIDs];
}
