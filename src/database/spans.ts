import { setImmediate as turn } from 'node:timers/promises';
import type { EntityManager } from 'typeorm';

/** A span of whole numbers, times mostly: from `start` on, before `end`. */
export interface Span {
  start: number;
  end: number;
}

/** Rows one part has: while a statement reads them, SQLite serves nobody else. */
const STEP = 5_000;

/**
 * Parts of a span that have few rows each, the highest first, so that a table is read whole without anybody waiting for
 * long: between two parts others have their turn. Only rows of one and the same number are never parted.
 *
 * @param column of numbers, first of an index; like `table` a word of the programmer's
 */
export async function* fewRowsEach(
  manager: EntityManager,
  { table, column }: { table: string; column: string },
  span: Span,
): AsyncGenerator<Span> {
  const sql =
    `SELECT ${column} AS edge FROM ${table} WHERE ${column} >= ? AND ${column} < ? ` +
    `ORDER BY ${column} DESC LIMIT 1 OFFSET ${STEP}`;
  for (let { end } = span; span.start < end;) {
    const [row] = (await manager.query(sql, [span.start, end])) as { edge: number | string }[];
    if (!row) {
      yield { start: span.start, end };
      return;
    }
    const start = Math.min(Number(row.edge) + 1, end - 1);
    yield { start, end };
    await turn();
    end = start;
  }
}
