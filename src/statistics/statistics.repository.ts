import { Injectable } from '@nestjs/common';
import type { SessionType } from '../core/protocol.js';
import { Transactions } from '../database/transactions.js';

/** A span of time in epoch milliseconds: from `start` on, before `end`. */
export interface Span {
  start: number;
  end: number;
}

/** Who wrote how much, or where how much was written. */
export interface Count {
  id: string;
  count: number;
}

/** What is counted among messages. */
export interface MessageScope extends Span {
  /** By sender, or by group. */
  by: 'sendID' | 'groupID';
  sessionTypes: readonly SessionType[];
}

const DAY_MS = 86_400_000;

/** Counts over the tables of other features. Reads alone. */
@Injectable()
export class StatisticsRepository {
  constructor(private readonly transactions: Transactions) {}

  /** How many rows there are, how many were there before the span, and how many came on each day of it. */
  async growth(
    table: 'im_users' | 'im_groups',
    { start, end }: Span,
  ): Promise<{ total: number; before: number; days: Map<number, number> }> {
    const [all] = await this.query<{ count: unknown }>(`SELECT COUNT(*) AS count FROM ${table}`, []);
    const [earlier] = await this.query<{ count: unknown }>(
      `SELECT COUNT(*) AS count FROM ${table} WHERE createTime < ?`,
      [start],
    );
    const days = await this.query<DayRow>(
      `SELECT ${dayOf('createTime')} AS day, COUNT(*) AS count FROM ${table} ` +
        'WHERE createTime >= ? AND createTime < ? GROUP BY day',
      [start, end],
    );
    return { total: Number(all.count), before: Number(earlier.count), days: byDay(days) };
  }

  /** How many messages were written, by how many senders or in how many groups, and how many on each day. */
  async activity(scope: MessageScope): Promise<{ messages: number; ids: number; days: Map<number, number> }> {
    const [sums] = await this.query<{ messages: unknown; ids: unknown }>(
      `SELECT COUNT(*) AS messages, COUNT(DISTINCT ${scope.by}) AS ids ${chatMessages(scope)}`,
      valuesOf(scope),
    );
    const days = await this.query<DayRow>(
      `SELECT ${dayOf('sendTime')} AS day, COUNT(*) AS count ${chatMessages(scope)} GROUP BY day`,
      valuesOf(scope),
    );
    return { messages: Number(sums.messages), ids: Number(sums.ids), days: byDay(days) };
  }

  /** A page of senders or groups by how much they wrote, ties by ID. */
  async ranking(scope: MessageScope, ascending: boolean, page: { offset: number; limit: number }): Promise<Count[]> {
    const rows = await this.query<{ id: string; count: unknown }>(
      `SELECT ${scope.by} AS id, COUNT(*) AS count ${chatMessages(scope)} GROUP BY ${scope.by} ` +
        `ORDER BY count ${ascending ? 'ASC' : 'DESC'}, id ASC LIMIT ? OFFSET ?`,
      [...valuesOf(scope), page.limit, page.offset],
    );
    return rows.map(({ id, count }) => ({ id, count: Number(count) }));
  }

  private query<Row>(sql: string, values: readonly (string | number)[]): Promise<Row[]> {
    return this.transactions.manager.query(sql, [...values]);
  }
}

interface DayRow {
  day: unknown;
  count: unknown;
}

/**
 * Messages of chats in the span, found by index. Those of notification channels are of the same session types; their IDs
 * begin with n_, the ones wanted with si_ and sg_.
 */
function chatMessages({ sessionTypes }: MessageScope): string {
  const wanted = sessionTypes.map(() => '?').join(', ');
  return `FROM im_messages WHERE sendTime >= ? AND sendTime < ? AND sessionType IN (${wanted}) AND conversationID >= 's'`;
}

function valuesOf({ start, end, sessionTypes }: MessageScope): number[] {
  return [start, end, ...sessionTypes];
}

/** Beginning of the UTC day a time lies in, in words both engines understand. */
function dayOf(column: string): string {
  return `${column} - ${column} % ${DAY_MS}`;
}

/** Counts by beginning of the day, in the order of the days. */
function byDay(rows: readonly DayRow[]): Map<number, number> {
  const counts = rows.map(({ day, count }): [number, number] => [Number(day), Number(count)]);
  return new Map(counts.sort(([a], [b]) => a - b));
}
