import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { ProbeCalls, Usage } from '../server/probe.js';
import { writeHotSpots } from './profile.js';
import type { Remote } from './remote.js';

/** A server under measurement, the real one or a bare one. */
export class Served {
  constructor(
    private readonly process: Remote<ProbeCalls>,
    /** 'server', or the name of the baseline. */
    readonly side: string,
    /** WebSocket. */
    readonly port: number,
    /** REST; of a bare server, the same as `port`. */
    readonly apiPort: number,
    /** Empty of a bare server without a database. */
    readonly databaseUrl: string,
    /** Milliseconds from starting the process to its first answer. */
    readonly startedIn: number,
    /** Names the file of the next CPU profile; none is made without it. */
    private readonly profileFile?: () => string,
  ) {}

  /** What it holds after collecting garbage. */
  settle(): ReturnType<ProbeCalls['settle']> {
    return this.process.call('settle');
  }

  /** What the server used while something was done. */
  async during<T>(work: () => Promise<T>, { watchLoop = true } = {}): Promise<Usage & { readonly result: T }> {
    if (this.profileFile) await this.process.call('startProfile');
    await this.process.call('begin', { watchLoop });
    const result = await work();
    const usage = await this.process.call('end');
    if (this.profileFile) {
      const file = this.profileFile();
      mkdirSync(dirname(file), { recursive: true });
      writeHotSpots(file, await this.process.call('stopProfile', file));
    }
    return { ...usage, result };
  }

  /** What it used since its process began. @throws Error when it has ended */
  sinceStart(): Promise<Usage> {
    return this.process.call('end');
  }

  stop(): Promise<void> {
    return this.process.stop();
  }
}
