import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** The server as a process of its own, as `npm start` runs it. */
export interface ServerProcess {
  readonly url: string;
  readonly pid: number;
  /** What it has printed. */
  readonly output: string;
  /** Ends it with a signal, unless it has ended; answers the exit code, null when a signal killed it. */
  stop(signal: NodeJS.Signals): Promise<number | null>;
}

/**
 * Starts the compiled server on free ports and waits until it has said where it listens.
 *
 * @param maxFileKiB beyond which the system lets it write no file, until somebody lifts that
 * @param main what is run; default the server itself
 */
export async function startProcess(
  env: Record<string, string>,
  { maxFileKiB, main = MAIN }: { maxFileKiB?: number; main?: string } = {},
): Promise<ServerProcess> {
  const limited = ['bash', '-c', `ulimit -S -f ${maxFileKiB}; exec "$0" "$1"`];
  const [command, ...args] = [...(maxFileKiB === undefined ? [] : limited), process.execPath, main];
  const child: ChildProcess = spawn(command, args, {
    env: {
      PATH: process.env['PATH'],
      HOST: '127.0.0.1',
      API_PORT: '0',
      LEGACY_API_PORT: '0',
      WS_PORT: '0',
      LOG_LEVEL: 'warn',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // It must not outlive whoever asked for it, in whatever way that ends.
  const end = (): void => void child.kill('SIGKILL');
  process.once('exit', end);
  child.once('exit', () => process.off('exit', end));
  const ended = once(child, 'exit') as Promise<[number | null]>;
  let output = '';
  child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout! }).on('line', (line) => {
      output += `${line}\n`;
      const [, found] = /REST\s+(http:\S+)/.exec(line) ?? [];
      if (found) resolve(found);
    });
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}:\n${output}`)));
  });
  return {
    url,
    pid: child.pid as number,
    get output() {
      return output;
    },
    async stop(signal) {
      child.kill(signal);
      return (await ended)[0];
    },
  };
}
