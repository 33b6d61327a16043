import 'reflect-metadata';
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EmbeddedSqlite } from '../../src/database/embedded-sqlite.js';
import { type ServerProcess, startProcess } from '../support/process.js';
import { isDone, isTurnedAway, ledger, Traffic } from '../support/traffic.js';

/** Room for a database with its tables and some messages, in KiB. */
const ROOM_KIB = 8 * 1024;

/** Of a message that fills the disk. */
const LONG_TEXT = 'x'.repeat(100_000);

const STORY_MS = 240_000;

/** True when a command can be run here. */
function can(command: string, ...args: string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const canMount = can('unshare', '--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt');
const canLift = can('prlimit', '--version');
if (!canMount) process.stdout.write('\n  SKIPPED: no disk could be filled, because this account may not mount one.\n');

describe('A server on SQLite', () => {
  let folder: string;
  let databaseUrl: string;
  let server: ServerProcess;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'openim-full-'));
    databaseUrl = `sqlite:${join(folder, 'im.sqlite')}`;
  });
  afterEach(async () => {
    await server?.stop('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  });

  /** Has long messages stored until there is no room left. */
  async function fill(traffic: Traffic): Promise<void> {
    for (let stored = true; stored;) {
      const asked = await traffic.say('ann', randomUUID(), LONG_TEXT);
      traffic.asked.push(asked);
      stored = isDone(asked);
    }
    await traffic.until(isTurnedAway, 2, Traffic.writers);
  }

  /** Fills the disk, looks what the server does then, gives it room, and looks again. */
  async function tell(giveRoom: () => Promise<void>): Promise<void> {
    const traffic = await Traffic.begin(server.url);
    await traffic.until(isDone, 3);
    await fill(traffic);
    // Reading needs no room.
    await traffic.until(isDone, 5, ['reader']);
    await giveRoom();
    await traffic.until(isDone, 3);
    await traffic.stop();
    expect(traffic.asked.filter((one) => !isDone(one) && !isTurnedAway(one))).toEqual([]);
    expect(traffic.asked.filter((one) => one.by === 'reader' && !isDone(one))).toEqual([]);

    // Nothing of what was refused has been stored: whoever was turned away may send again, or let it be.
    const times = await ledger(databaseUrl);
    for (const one of traffic.asked)
      if (one.clientMsgID) expect(times.get(one.clientMsgID)).toBe(isDone(one) ? 1 : undefined);
    expect(await server.stop('SIGTERM')).toBe(0);
    const file = new EmbeddedSqlite(databaseUrl.slice('sqlite:'.length));
    expect(file.pragma('integrity_check')).toEqual([{ integrity_check: 'ok' }]);
    file.close();
  }

  it.skipIf(!canLift)(
    'whose files may not grow any more refuses what has to be stored, until they may',
    async () => {
      server = await startProcess({ DATABASE_URL: databaseUrl }, { maxFileKiB: ROOM_KIB });
      await tell(async () => void execFileSync('prlimit', ['--pid', String(server.pid), '--fsize=unlimited']));
    },
    STORY_MS,
  );

  it.skipIf(!canMount)(
    'whose disk is full refuses what has to be stored, until there is room',
    async () => {
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${ROOM_KIB}k`, 'tmpfs', folder]);
      try {
        server = await startProcess({ DATABASE_URL: databaseUrl });
        await tell(async () => void execFileSync('mount', ['-o', `remount,size=${8 * ROOM_KIB}k`, folder]));
      } finally {
        await server?.stop('SIGKILL');
        execFileSync('umount', ['--lazy', folder]);
      }
    },
    STORY_MS,
  );

  it(
    'that ended with its disk full goes on where it was',
    async () => {
      server = await startProcess({ DATABASE_URL: databaseUrl }, { maxFileKiB: ROOM_KIB });
      const traffic = await Traffic.begin(server.url);
      await fill(traffic);
      await server.stop('SIGKILL');
      await traffic.stop();

      server = await startProcess({ DATABASE_URL: databaseUrl });
      const again = await Traffic.begin(server.url);
      await again.until(isDone, 3);
      await again.stop();
      const times = await ledger(databaseUrl);
      for (const { clientMsgID = '' } of [...traffic.asked, ...again.asked].filter(isDone)) {
        if (clientMsgID) expect(times.get(clientMsgID)).toBe(1);
      }
      expect(await server.stop('SIGTERM')).toBe(0);
    },
    STORY_MS,
  );
});
