import { type ChildProcess, spawn } from 'node:child_process';

/** What a process answers when it is called. Arguments and results may hold buffers and typed arrays. */
// oxlint-disable-next-line typescript/no-explicit-any -- any function will do; its own types are kept by Remote.call
export type Calls = Record<string, (...args: any[]) => unknown>;

interface Question {
  readonly id: number;
  readonly name: string;
  readonly args: unknown[];
}

interface Reply {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: string;
}

/** Makes this process answer its parent. It ends when the parent is gone, so that no run leaves processes behind. */
export function answerCalls(calls: Calls): void {
  process.on('message', ({ id, name, args }: Question) => {
    void (async () => {
      let reply: Reply;
      try {
        reply = { id, result: await calls[name](...args) };
      } catch (error) {
        reply = { id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
      }
      process.send!(reply);
    })();
  });
  process.on('disconnect', () => process.exit(1));
}

/** A child process and the calls it answers. */
export class Remote<C extends Calls> {
  private readonly waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  private lastID = 0;
  private complaints = '';

  private constructor(
    readonly what: string,
    private readonly child: ChildProcess,
  ) {
    child.stderr?.on('data', (chunk: Buffer) => (this.complaints = (this.complaints + chunk.toString()).slice(-4000)));
    child.on('message', ({ id, result, error }: Reply) => {
      const call = this.waiting.get(id);
      this.waiting.delete(id);
      if (error === undefined) call?.resolve(result);
      else call?.reject(new Error(`${what}: ${error}`));
    });
    // What could not be sent is told by the end of the process, which follows.
    child.on('error', () => {});
    child.on('exit', () => {
      for (const call of this.waiting.values()) call.reject(this.ended());
      this.waiting.clear();
    });
  }

  /** Runs a script under this Node, with its output thrown away and its complaints kept for error messages. */
  static start<C extends Calls>(
    what: string,
    script: string,
    { args = [], nodeArgs = [], env = {} }: { args?: string[]; nodeArgs?: string[]; env?: Record<string, string> } = {},
  ): Remote<C> {
    const child = spawn(process.execPath, [...nodeArgs, script, ...args], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      serialization: 'advanced',
      env: { PATH: process.env['PATH'], ...env },
    });
    return new Remote<C>(what, child);
  }

  /** @throws Error with what the other process threw, or when it has ended */
  call<K extends keyof C & string>(name: K, ...args: Parameters<C[K]>): Promise<Awaited<ReturnType<C[K]>>> {
    return new Promise((resolve, reject) => {
      if (!this.running) return reject(this.ended());
      const id = ++this.lastID;
      this.waiting.set(id, { resolve: resolve as (value: unknown) => void, reject });
      this.child.send({ id, name, args } satisfies Question);
    });
  }

  get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** How a process ended that does not run any more, and what it said last. */
  ended(): Error {
    const { exitCode, signalCode } = this.child;
    return new Error(`${this.what} ended with ${exitCode ?? signalCode}\n${this.complaints}`);
  }

  /** Ends the process, by force when it takes more than five seconds. */
  async stop(): Promise<void> {
    const force = setTimeout(() => void this.kill(), 5000);
    await this.kill('SIGTERM');
    clearTimeout(force);
  }

  /** Ends the process at once. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (!this.running) return;
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill(signal);
    await ended;
  }
}
