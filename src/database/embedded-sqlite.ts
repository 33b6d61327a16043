import { createRequire } from 'node:module';

/** What `node:sqlite` and its twin for older Nodes, @photostructure/sqlite, have in common. */
interface NativeStatement {
  columns(): unknown[];
  run(...values: unknown[]): { changes: number | bigint; lastInsertRowid: number | bigint };
  all(...values: unknown[]): Record<string, unknown>[];
  get(...values: unknown[]): Record<string, unknown> | undefined;
}
interface NativeDatabase {
  prepare(sql: string): NativeStatement;
  exec(sql: string): void;
  close(): void;
}
type NativeSqlite = new (path: string, options?: object) => NativeDatabase;

const require = createRequire(import.meta.url);

/** The engine inside Node from 22.16 on, else the prebuilt one that @photostructure/sqlite ships: nothing is compiled. */
function loadNative(): NativeSqlite {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const builtIn = major > 22 || (major === 22 && minor >= 16);
  const name = builtIn ? 'node:sqlite' : '@photostructure/sqlite';
  return (require(name) as { DatabaseSync: NativeSqlite }).DatabaseSync;
}

function toBindable(value: unknown): unknown {
  if (typeof value === 'boolean') return value ? 1 : 0;
  return value === undefined ? null : value;
}

class Statement {
  /** TypeORM asks this to choose between `all` and `run`. */
  readonly reader: boolean;

  constructor(private readonly native: NativeStatement) {
    this.reader = native.columns().length > 0;
  }

  run(...values: unknown[]): unknown {
    return this.native.run(...values.map(toBindable));
  }

  all(...values: unknown[]): unknown[] {
    return this.native.all(...values.map(toBindable));
  }

  get(...values: unknown[]): unknown {
    return this.native.get(...values.map(toBindable));
  }
}

/**
 * The embedded database with the surface TypeORM's `better-sqlite3` driver uses; passed to it as `driver`. Chosen over
 * better-sqlite3 itself because that compiles for a minute, and fails where no compiler is.
 */
export class EmbeddedSqlite {
  private readonly native: NativeDatabase;

  /** @param readonly as TypeORM passes it: nothing can be written, and a file that is not there is not made */
  constructor(path: string, { readonly = false }: { readonly?: boolean } = {}) {
    this.native = new (loadNative())(path, { readOnly: readonly });
  }

  prepare(sql: string): Statement {
    return new Statement(this.native.prepare(sql));
  }

  exec(sql: string): void {
    this.native.exec(sql);
  }

  pragma(text: string): unknown {
    return this.native.prepare(`PRAGMA ${text}`).all();
  }

  close(): void {
    this.native.close();
  }
}
