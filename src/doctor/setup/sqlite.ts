import { access, constants } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Area, type Check, OK } from '../check.js';

const journal: Check = {
  name: 'sqlite.journal',
  title: 'commits go to a log first (WAL)',
  async look({ engine, dataSource }) {
    if (engine !== 'sqlite') return undefined;
    const [{ journal_mode: mode }] = (await dataSource.query('PRAGMA journal_mode')) as { journal_mode: string }[];
    if (mode === 'wal') return OK;
    const advice = 'Somebody else changed it; the server sets it right when it starts.';
    return { level: 'warning', says: `journal_mode is ${mode}`, advice };
  },
};

/** A file of another user's cannot be written, nor the log beside it. */
const writable: Check = {
  name: 'sqlite.writable',
  title: 'the file and its folder can be written',
  async look({ engine, config: { databaseUrl } }) {
    if (engine !== 'sqlite') return undefined;
    const file = databaseUrl.slice('sqlite:'.length);
    const locked: string[] = [];
    for (const path of [file, dirname(file)]) await access(path, constants.W_OK).catch(() => locked.push(path));
    if (locked.length === 0) return OK;
    const advice = 'Give them to the user the server runs as, or run the doctor as that user.';
    return { level: 'problem', says: 'not by this user', examples: locked, advice };
  },
};

/** SQLite looks through its own file: broken pages, and with `thorough` rows that an index does not have. */
const sound: Check = {
  name: 'sqlite.sound',
  title: 'the file is not damaged',
  async look({ engine, dataSource, thorough }) {
    if (engine !== 'sqlite') return undefined;
    const pragma = thorough ? 'integrity_check' : 'quick_check';
    // Where the damage is at the root of a table, the pragma itself fails.
    const rows: Record<string, string>[] = await dataSource
      .query(`PRAGMA ${pragma}(20)`)
      .catch(({ message }: Error) => [{ message }]);
    const found = rows.map((row) => Object.values(row)[0]);
    if (found.length === 1 && found[0] === 'ok') return OK;
    const advice = 'Stop the server and copy the file and those beside it (-wal, -shm); then restore a backup.';
    return { level: 'problem', says: 'it is damaged', examples: found, advice };
  },
};

export const SQLITE: Area = { title: 'SQLite', checks: [journal, writable, sound] };
