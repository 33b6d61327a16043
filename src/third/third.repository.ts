import { Injectable } from '@nestjs/common';
import { In, LessThan } from 'typeorm';
import { chunks, inChunks, insertRows } from '../database/bulk.js';
import { type Condition, contains } from '../database/contains.js';
import { Transactions } from '../database/transactions.js';
import { AppBadge } from './app-badge.entity.js';
import { ClientLog } from './client-log.entity.js';
import { PushToken } from './push-token.entity.js';

/** Which logs are asked for. */
export interface LogFilter {
  /** Part of the userID, in any case; "" is part of all. */
  keyword: string;
  /** Epoch milliseconds, both included. */
  startTime: number;
  endTime: number;
}

/** How push tokens, badges and logs of clients are stored. */
@Injectable()
export class ThirdRepository {
  constructor(private readonly transactions: Transactions) {}

  async setPushToken(token: PushToken): Promise<void> {
    await insertRows(this.manager, PushToken, [token], { update: ['token', 'expireTime', 'updateTime'] });
  }

  async removePushToken(userID: string, platformID: number): Promise<void> {
    await this.manager.delete(PushToken, { userID, platformID });
  }

  async setBadge(badge: AppBadge): Promise<void> {
    await insertRows(this.manager, AppBadge, [badge], { update: ['unreadCount'] });
  }

  async addLogs(logs: readonly ClientLog[]): Promise<void> {
    await insertRows(this.manager, ClientLog, logs);
  }

  /** Which of the IDs there are. */
  async existingLogs(logIDs: readonly string[]): Promise<Set<string>> {
    const rows = await inChunks(logIDs, (some) =>
      this.manager.find(ClientLog, { select: { logID: true }, where: { logID: In([...some]) } }),
    );
    return new Set(rows.map(({ logID }) => logID));
  }

  /** Some of the logs of before a moment, the oldest first. */
  async oldestLogs(before: number, limit: number): Promise<string[]> {
    const rows = await this.manager.find(ClientLog, {
      select: { logID: true },
      where: { createTime: LessThan(before) },
      order: { createTime: 'ASC', logID: 'ASC' },
      take: limit,
    });
    return rows.map(({ logID }) => logID);
  }

  async deleteLogs(logIDs: readonly string[]): Promise<void> {
    for (const some of chunks(logIDs)) await this.manager.delete(ClientLog, { logID: In([...some]) });
  }

  async countLogs(filter: LogFilter): Promise<number> {
    const { sql, parameters } = this.matching(filter);
    const rows: { count: unknown }[] = await this.manager.query(
      `SELECT COUNT(*) AS count FROM im_client_logs WHERE ${sql}`,
      parameters,
    );
    return Number(rows[0].count);
  }

  /** Newest first, ties by logID. */
  async pageOfLogs(filter: LogFilter, offset: number, limit: number): Promise<ClientLog[]> {
    const { sql, parameters } = this.matching(filter);
    const rows: { logID: string }[] = await this.manager.query(
      `SELECT logID FROM im_client_logs WHERE ${sql} ORDER BY createTime DESC, logID DESC LIMIT ? OFFSET ?`,
      [...parameters, limit, offset],
    );
    const logIDs = rows.map(({ logID }) => logID);
    const logs = await inChunks(logIDs, (some) => this.manager.findBy(ClientLog, { logID: In([...some]) }));
    const byID = new Map(logs.map((log) => [log.logID, log]));
    return logIDs.map((logID) => byID.get(logID)).filter((log) => log !== undefined);
  }

  async forgetUsers(userIDs: readonly string[]): Promise<void> {
    for (const some of chunks(userIDs)) {
      const theirs = { userID: In([...some]) };
      await this.manager.delete(PushToken, theirs);
      await this.manager.delete(AppBadge, theirs);
      await this.manager.delete(ClientLog, theirs);
    }
  }

  private matching({ keyword, startTime, endTime }: LogFilter): Condition {
    const inTime = { sql: 'createTime BETWEEN ? AND ?', parameters: [startTime, endTime] };
    if (keyword === '') return inTime;
    const { sql, parameters } = contains(this.manager, 'userID', keyword);
    return { sql: `${inTime.sql} AND ${sql}`, parameters: [...inTime.parameters, ...parameters] };
  }

  private get manager() {
    return this.transactions.manager;
  }
}
