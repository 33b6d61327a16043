import { Injectable } from '@nestjs/common';
import { groupConversationID } from '../core/ids.js';
import type { SessionType } from '../core/protocol.js';
import { fewRowsEach, type Span } from '../database/spans.js';
import { Transactions } from '../database/transactions.js';

/** What is counted among messages. Times in epoch milliseconds. */
export interface MessageScope extends Span {
  by: 'sender' | 'group';
  sessionTypes: readonly SessionType[];
}

/** How much was written. */
interface MessageCounts {
  messages: number;
  /** Beginning of a UTC day, epoch milliseconds → messages of it, in the order of the days. */
  days: Map<number, number>;
  /** ID of the sender or group → messages. */
  ids: Map<string, number>;
}

const DAY_MS = 86_400_000;

/** Rows of a table counted by the beginning of the UTC day they came on. */
type DayRow = Record<'day' | 'count', string | number>;

/**
 * Counts over the tables of other features. Reads alone, by index alone, and a little at a time, so that others are served
 * however much there is to count.
 */
@Injectable()
export class StatisticsRepository {
  constructor(private readonly transactions: Transactions) {}

  /** How many rows there are, how many were there before the span, and how many came on each day of it. */
  async growth(
    table: 'im_users' | 'im_groups',
    span: Span,
  ): Promise<{ total: number; before: number; days: Map<number, number> }> {
    const [all] = await this.query<{ count: string | number }>(`SELECT COUNT(*) AS count FROM ${table}`, []);
    const earlier = await this.created(table, { start: Number.MIN_SAFE_INTEGER, end: span.start });
    const before = [...earlier.values()].reduce((sum, count) => sum + count, 0);
    return { total: Number(all.count), before, days: inOrder(await this.created(table, span)) };
  }

  /** How many messages were written on each day, and how many by each sender or in each group. */
  async activity({ by, sessionTypes, ...span }: MessageScope): Promise<MessageCounts> {
    const column = by === 'sender' ? 'sendID' : 'conversationID';
    // Those of notification channels are of the same session types; their IDs begin with n_, the ones wanted with si_ and sg_.
    const sql =
      `SELECT ${dayOf('sendTime')} AS day, ${column} AS id, COUNT(*) AS count FROM im_messages ` +
      `WHERE sendTime >= ? AND sendTime < ? AND sessionType IN (${sessionTypes.map(() => '?').join(', ')}) ` +
      `AND conversationID >= 's' GROUP BY day, id`;
    const days = new Map<number, number>();
    const counted = new Map<string, number>();
    let messages = 0;
    for await (const { start, end } of this.parts('im_messages', 'sendTime', span)) {
      for (const row of await this.query<DayRow & { id: string }>(sql, [start, end, ...sessionTypes])) {
        const count = Number(row.count);
        messages += count;
        add(days, Number(row.day), count);
        add(counted, row.id, count);
      }
    }
    const ids = by === 'sender' ? counted : new Map([...counted].map(([id, count]) => [groupIDOf(id), count]));
    return { messages, days: inOrder(days), ids };
  }

  private async created(table: 'im_users' | 'im_groups', span: Span): Promise<Map<number, number>> {
    const sql =
      `SELECT ${dayOf('createTime')} AS day, COUNT(*) AS count FROM ${table} ` +
      'WHERE createTime >= ? AND createTime < ? GROUP BY day';
    const days = new Map<number, number>();
    for await (const { start, end } of this.parts(table, 'createTime', span)) {
      for (const { day, count } of await this.query<DayRow>(sql, [start, end])) add(days, Number(day), Number(count));
    }
    return days;
  }

  private parts(table: string, column: string, span: Span): AsyncGenerator<Span> {
    return fewRowsEach(this.transactions.manager, { table, column }, span);
  }

  private query<Row>(sql: string, values: readonly (string | number)[]): Promise<Row[]> {
    return this.transactions.manager.query(sql, [...values]);
  }
}

/** Beginning of the UTC day a time lies in, in words both engines understand. */
function dayOf(column: string): string {
  return `${column} - ${column} % ${DAY_MS}`;
}

function add<K>(counts: Map<K, number>, key: K, count: number): void {
  counts.set(key, (counts.get(key) ?? 0) + count);
}

function inOrder(days: ReadonlyMap<number, number>): Map<number, number> {
  return new Map([...days].sort(([a], [b]) => a - b));
}

/** The index has conversations, not groups; one is made of the other. */
function groupIDOf(conversationID: string): string {
  return conversationID.slice(groupConversationID('').length);
}
