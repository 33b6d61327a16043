import { access, constants, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { EmbeddedSqlite } from '../database/embedded-sqlite.js';

/** Why there is no backup, in words. */
export class NoBackup extends Error {}

/**
 * Copies a SQLite database into a file of its own, as it is at one moment, without keeping a server that writes meanwhile
 * from it. The copy is whole, or not there: it is made beside the place, looked through, flushed to disk and renamed. It is
 * readable by its owner alone, and as large as what is stored, without what was deleted.
 *
 * @param from path of the database
 * @param to path of a file that is not there yet
 * @returns bytes of the copy
 * @throws NoBackup when there is no database, the place is taken, or the copy is not sound
 */
export async function backUpSqlite(from: string, to: string): Promise<number> {
  if (from === ':memory:') throw new NoBackup('A database in memory ends with its server: there is nothing to copy.');
  await access(from, constants.R_OK).catch(() => {
    throw new NoBackup(
      `There is no file ${from} that could be read: is DATABASE_URL, and this the folder, of the server?`,
    );
  });
  if (await exists(to)) throw new NoBackup(`${to} is there already. A backup overwrites nothing: choose another name.`);
  const aside = `${to}.${process.pid}.partial`;
  try {
    // SQLite takes a file that is there and empty: so nobody else reads it while it grows.
    await (await open(aside, 'wx', 0o600)).close();
    copy(from, aside);
    await flush(aside);
    const { size } = await stat(aside);
    await rename(aside, to);
    await flush(dirname(to));
    return size;
  } catch (error) {
    await rm(aside, { force: true });
    if (error instanceof NoBackup) throw error;
    throw new NoBackup(`The copy failed: ${(error as Error).message}`, { cause: error });
  }
}

/** Reads within one transaction: what is written meanwhile waits in the log file of the database. */
function copy(from: string, to: string): void {
  const source = new EmbeddedSqlite(from, { readonly: true });
  try {
    source.pragma('busy_timeout = 10000');
    source.prepare('VACUUM INTO ?').run(to);
  } finally {
    source.close();
  }
  const made = new EmbeddedSqlite(to, { readonly: true });
  try {
    const [{ quick_check: found }] = made.pragma('quick_check(1)') as { quick_check: string }[];
    if (found !== 'ok')
      throw new NoBackup(`The copy is not sound: ${found}. Ask the doctor about the database itself.`);
  } finally {
    made.close();
  }
}

async function flush(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
