// Loaded into every measured server before its own code (node --import): answers what can be seen only from inside.
// The same probe sits in the bare server, so it weighs on both sides alike.
import { writeFileSync } from 'node:fs';
import { type Profiler, Session } from 'node:inspector/promises';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { answerCalls } from '../frame/remote.js';

/** Bytes held after garbage was collected. */
export interface Memory {
  readonly rss: number;
  readonly heapUsed: number;
  /** Outside of the V8 heap: buffers, strings of C++ objects. */
  readonly external: number;
}

/** What a server used since `begin`. */
export interface Usage {
  /** User and system time. */
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
  /** Bytes, as they stand now, garbage included. */
  readonly rss: number;
  /** Milliseconds the event loop was late at worst. */
  readonly loopDelayMax: number;
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

let cpuAtBegin = process.cpuUsage();
let begin = performance.now();
const loopDelay = monitorEventLoopDelay({ resolution: 5 });
let session: Session | undefined;

const calls = {
  /** Collects garbage until nothing more comes of it. */
  async settle(): Promise<Memory> {
    for (let round = 0; round < 5; round++) {
      collectGarbage();
      await sleep(100);
    }
    const { rss, heapUsed, external } = process.memoryUsage();
    return { rss, heapUsed, external };
  },

  /** Starts a window of measuring. Watching the event loop takes a timer, so an idle window goes without. */
  begin({ watchLoop }: { watchLoop: boolean }): void {
    loopDelay.reset();
    if (watchLoop) loopDelay.enable();
    cpuAtBegin = process.cpuUsage();
    begin = performance.now();
  },

  end(): Usage {
    const { user, system } = process.cpuUsage(cpuAtBegin);
    const wallSeconds = (performance.now() - begin) / 1000;
    loopDelay.disable();
    return {
      cpuSeconds: (user + system) / 1e6,
      wallSeconds,
      rss: process.memoryUsage.rss(),
      loopDelayMax: loopDelay.count > 0 ? loopDelay.max / 1e6 : 0,
    };
  },

  async startProfile(): Promise<void> {
    session = new Session();
    session.connect();
    await session.post('Profiler.enable');
    await session.post('Profiler.setSamplingInterval', { interval: 500 });
    await session.post('Profiler.start');
  },

  /** Writes the profile as a .cpuprofile file, and answers it. */
  async stopProfile(file: string): Promise<Profiler.Profile> {
    const { profile } = await session!.post('Profiler.stop');
    session!.disconnect();
    writeFileSync(file, JSON.stringify(profile));
    return profile;
  },
};

export type ProbeCalls = typeof calls;

answerCalls(calls);
// The probe must not keep a server alive that wants to end.
process.channel?.unref();
