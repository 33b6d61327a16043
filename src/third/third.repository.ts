import { Injectable } from '@nestjs/common';
import { In, type SelectQueryBuilder } from 'typeorm';
import { chunks, inChunks, insertRows } from '../database/bulk.js';
import { contains } from '../database/contains.js';
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

  async deleteLogs(logIDs: readonly string[]): Promise<void> {
    for (const some of chunks(logIDs)) await this.manager.delete(ClientLog, { logID: In([...some]) });
  }

  countLogs(filter: LogFilter): Promise<number> {
    return this.logs(filter).getCount();
  }

  /** Newest first, ties by logID. */
  pageOfLogs(filter: LogFilter, offset: number, limit: number): Promise<ClientLog[]> {
    return this.logs(filter)
      .orderBy('log.createTime', 'DESC')
      .addOrderBy('log.logID', 'DESC')
      .skip(offset)
      .take(limit)
      .getMany();
  }

  async forgetUsers(userIDs: readonly string[]): Promise<void> {
    for (const some of chunks(userIDs)) {
      const theirs = { userID: In([...some]) };
      await this.manager.delete(PushToken, theirs);
      await this.manager.delete(AppBadge, theirs);
      await this.manager.delete(ClientLog, theirs);
    }
  }

  private logs({ keyword, startTime, endTime }: LogFilter): SelectQueryBuilder<ClientLog> {
    const query = this.manager
      .createQueryBuilder(ClientLog, 'log')
      .where('log.createTime BETWEEN :startTime AND :endTime', { startTime, endTime });
    if (keyword === '') return query;
    const { sql, parameters } = contains(this.manager, 'log.userID', keyword);
    return query.andWhere(sql.replace('?', ':part'), { part: parameters[0] });
  }

  private get manager() {
    return this.transactions.manager;
  }
}
