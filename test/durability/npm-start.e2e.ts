import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, it, vi } from 'vitest';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

it('A server that npm started stops with the shell it was started in', async () => {
  // As npm does it: the shell does not hand on what it is told.
  const shell = spawn('sh', ['-c', `"${process.execPath}" "${MAIN}"; :`], {
    env: {
      PATH: process.env['PATH'],
      npm_lifecycle_event: 'start',
      HOST: '127.0.0.1',
      API_PORT: '0',
      LEGACY_API_PORT: '0',
      WS_PORT: '0',
      DATABASE_URL: 'sqlite::memory:',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await new Promise<string>((resolve) => {
    createInterface({ input: shell.stdout }).on('line', (line) => {
      const [, found] = /REST\s+(http:\S+)/.exec(line) ?? [];
      if (found) resolve(found);
    });
  });
  expect((await fetch(`${url}/nothing`)).status).toBe(404);

  const ended = once(shell, 'exit');
  shell.kill('SIGTERM');
  await ended;
  await vi.waitFor(() => expect(fetch(`${url}/nothing`)).rejects.toThrow('fetch failed'), {
    timeout: 30_000,
    interval: 200,
  });
});
