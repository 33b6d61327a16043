import { setTimeout as delay } from 'node:timers/promises';

/** A time of day in the time zone of this process (`TZ`). */
export interface TimeOfDay {
  hour: number;
  minute: number;
}

/** Reads `HH:MM`; undefined when it is none. */
export function parseTimeOfDay(text: string): TimeOfDay | undefined {
  const [, hour, minute] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text) ?? [];
  return hour === undefined ? undefined : { hour: Number(hour), minute: Number(minute) };
}

/** When that time comes next, later than now. Where the clock is set forward over it, as soon as it has been. */
export function nextTime({ hour, minute }: TimeOfDay, now: Date): Date {
  const next = new Date(now);
  next.setHours(hour, minute, 0, 0);
  if (next <= now) next.setDate(next.getDate() + 1);
  return next;
}

/** Milliseconds between looks at the clock: a machine that slept, or whose clock was set, is not a day late. */
const LOOK_MS = 600_000;

/** Milliseconds that are rested after a step at the least, and how many times as long as it took. */
const REST_MS = 20;
const REST_TIMES = 3;

/**
 * Work in the background at one time of every day, in steps between which others get their turn. Keeps no process alive.
 */
export class Daily {
  private readonly stopping = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();

  /** @param work ends soon once `stopped` is true, and reports what fails itself */
  constructor(
    private readonly at: TimeOfDay,
    private readonly work: () => Promise<void>,
  ) {}

  get stopped(): boolean {
    return this.stopping.signal.aborted;
  }

  start(): void {
    const due = nextTime(this.at, new Date());
    const look = (): void => {
      const left = due.getTime() - Date.now();
      if (left > 0) {
        this.timer = setTimeout(look, Math.min(left, LOOK_MS)).unref();
        return;
      }
      this.running = this.work().finally(() => {
        if (!this.stopped) this.start();
      });
    };
    look();
  }

  /** Waits for the step that is under way, and does no other. */
  async stop(): Promise<void> {
    this.stopping.abort();
    clearTimeout(this.timer);
    await this.running;
  }

  /** Does a step and rests, so that no more than a quarter of the time is taken from others. */
  async step<T>(work: () => Promise<T>): Promise<T> {
    const begin = performance.now();
    try {
      return await work();
    } finally {
      const ms = Math.max(REST_MS, REST_TIMES * (performance.now() - begin));
      await delay(ms, undefined, { signal: this.stopping.signal }).catch(() => undefined);
    }
  }
}
