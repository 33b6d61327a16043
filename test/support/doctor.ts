import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { ImSettings } from '../../src/core/settings.js';
import { Transactions } from '../../src/database/transactions.js';
import type { Result } from '../../src/doctor/examination.js';
import type { Im } from './im.js';

const DOCTOR = fileURLToPath(new URL('../../dist/doctor.js', import.meta.url));

/** What a run of `npm run doctor` came to. */
export interface Consultation {
  code: number;
  output: string;
  complaint: string;
  /** With `--json`. */
  checks: Result[];
}

/** Runs the compiled doctor as a process of its own. */
export async function askDoctor(env: Record<string, string>, ...args: string[]): Promise<Consultation> {
  const child = spawn(process.execPath, [DOCTOR, ...args], {
    env: { PATH: process.env['PATH'], NODE_ENV: 'test', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [output, complaint, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit') as Promise<[number]>,
  ]);
  const checks = args.includes('--json') && output ? (JSON.parse(output) as { checks: Result[] }).checks : [];
  return { code, output, complaint, checks };
}

/** The environment of a server of `startIm`. */
export function environmentOf(im: Im): Record<string, string> {
  const { options } = im.get(Transactions).dataSource;
  const { objectStorage } = im.get(ImSettings);
  return {
    HOST: '127.0.0.1',
    API_PORT: new URL(im.url).port,
    LEGACY_API_PORT: '0',
    WS_PORT: '0',
    DATABASE_URL: 'url' in options && options.url ? options.url : `sqlite:${options.database as string}`,
    OBJECT_STORAGE: objectStorage.kind === 'file' ? `file:${objectStorage.folder}` : '',
  };
}

/** What is not well, by name. */
export function ailments(results: readonly Result[], level: Result['level'] = 'problem'): string[] {
  return results.filter((result) => result.level === level).map(({ name }) => name);
}
