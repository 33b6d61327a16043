/** Milliseconds until a doubt is told: what is only late has come by then. */
const TELL_AFTER_MS = 300;

/** Milliseconds that what a node said may have been under way, and that clocks may differ by. */
const SLACK_MS = 5_000;

/** Collects doubts whether everything was heard, and tells of them together. */
export class Doubts {
  private since = Infinity;
  private timer: NodeJS.Timeout | undefined;

  /** @param tell is told since when something may be missing, in epoch milliseconds */
  constructor(private readonly tell: (since: number) => void) {}

  /** @param heardAt when all was still well, on the clock of Redis, which is about right; 0: there was nothing to hear */
  note(heardAt: number): void {
    if (heardAt === 0) return;
    this.since = Math.min(this.since, heardAt - SLACK_MS);
    this.timer ??= setTimeout(() => {
      const { since } = this;
      this.close();
      this.tell(since);
    }, TELL_AFTER_MS).unref();
  }

  close(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.since = Infinity;
  }
}
