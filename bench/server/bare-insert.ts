import { createRequire } from 'node:module';
import { createPool } from 'mysql2/promise';

/** A table, and the rows that each request puts into it. */
export interface TableOfRows {
  /** Statements that create the table and its indices. */
  readonly ddl: readonly string[];
  readonly table: string;
  readonly row: Readonly<Record<string, string | number | null>>;
  /** Rows of one statement. */
  readonly count: number;
  /** Columns in which no two rows are alike. */
  readonly unique: readonly string[];
}

/** Inserts rows with one statement, which is one commit. */
export interface BareInsert {
  /** The next rows. */
  run(): Promise<void>;
  end(): Promise<void>;
}

/** A prepared statement. */
interface Driver {
  execute(values: Values): Promise<unknown>;
  end(): Promise<void>;
}

type Values = (string | number | null)[];

/** As many connections as the server's pool has. */
const POOL = 16;

/** Creates the table, and says how to insert into it. Durability is the server's: see src/database/data-source.ts. */
export async function bareInsert(databaseUrl: string, rows: TableOfRows): Promise<BareInsert> {
  const columns = Object.keys(rows.row);
  const tuple = `(${columns.map(() => '?').join(', ')})`;
  const tuples = Array.from({ length: rows.count }, () => tuple).join(', ');
  const sql = `INSERT INTO ${rows.table} (${columns.join(', ')}) VALUES ${tuples}`;
  const driver = databaseUrl.startsWith('sqlite:')
    ? sqlite(databaseUrl.slice('sqlite:'.length), rows.ddl, sql)
    : await mysql(databaseUrl, rows.ddl, sql);
  const next = valuesOf(rows, columns);
  return {
    run: async () => {
      await driver.execute(next());
    },
    end: () => driver.end(),
  };
}

function sqlite(file: string, ddl: readonly string[], sql: string): Driver {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const engine = major > 22 || (major === 22 && minor >= 16) ? 'node:sqlite' : '@photostructure/sqlite';
  const { DatabaseSync } = createRequire(import.meta.url)(engine) as typeof import('@photostructure/sqlite');
  const database = new DatabaseSync(file);
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
  for (const statement of ddl) database.exec(statement);
  const insert = database.prepare(sql);
  return {
    execute: async (values) => insert.run(...values),
    // That the database is mentioned here keeps it: @photostructure/sqlite crashes when it is collected before its statements.
    end: async () => database.close(),
  };
}

async function mysql(uri: string, ddl: readonly string[], sql: string): Promise<Driver> {
  const pool = createPool({ uri, charset: 'utf8mb4', connectionLimit: POOL });
  for (const statement of ddl) await pool.query(statement);
  return { execute: (values) => pool.execute(sql, values), end: () => pool.end() };
}

/** Values of the next rows, one after the other: the unique columns of each are counted on, at their length. */
function valuesOf({ row, count, unique }: TableOfRows, columns: readonly string[]): () => Values {
  let made = 0;
  const valueOf = (column: string): string | number | null => {
    const value = row[column];
    if (!unique.includes(column)) return value;
    return typeof value === 'string' ? String(made).padStart(value.length, '0') : made;
  };
  return () => {
    const values: Values = [];
    for (let left = count; left > 0; left--) {
      made++;
      for (const column of columns) values.push(valueOf(column));
    }
    return values;
  };
}
