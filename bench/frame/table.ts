import { withDatabase } from '../client/sql.js';
import type { TableOfRows } from '../server/bare-insert.js';

/** Which of a server's rows the bare driver is to insert as well. */
export interface Inserts extends Pick<TableOfRows, 'table' | 'unique'> {
  /** The column whose largest value tells the row that was written last. */
  readonly newestBy: string;
  /** Rows that one request writes; 1 when left out. */
  readonly count?: number;
}

/** A table as the server's migrations made it, with its indices, and the row the server wrote into it last. */
export function tableOf(databaseUrl: string, { table, unique, newestBy, count = 1 }: Inserts): Promise<TableOfRows> {
  return withDatabase(databaseUrl, async (database) => {
    const [row] = (await database.query(`SELECT * FROM ${table} ORDER BY ${newestBy} DESC LIMIT 1`)) as [
      TableOfRows['row'],
    ];
    const ddl = databaseUrl.startsWith('sqlite:')
      ? await database.query(
          `SELECT sql AS ddl FROM sqlite_master WHERE tbl_name = ? AND sql IS NOT NULL ORDER BY type = 'index'`,
          [table],
        )
      : (await database.query(`SHOW CREATE TABLE ${table}`)).map((made: object) => ({
          ddl: (made as Record<string, string>)['Create Table'],
        }));
    return { ddl: (ddl as { ddl: string }[]).map((statement) => statement.ddl), table, row, count, unique };
  });
}
