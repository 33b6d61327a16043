import type { Instant } from '../core/operation.js';

interface Wait {
  isOver: () => boolean;
  deadline: Instant;
  done: () => void;
}

/** Those who wait for something to be so, which is looked at whenever it may have become so. */
export class Waits {
  private waiting: Wait[] = [];

  /** Resolves at a look at which it is over, or after the deadline. */
  async until(isOver: () => boolean, deadline: Instant): Promise<void> {
    if (isOver() || performance.now() >= deadline) return;
    await new Promise<void>((done) => this.waiting.push({ isOver, deadline, done }));
  }

  look(): void {
    const now = performance.now();
    const over = this.waiting.filter(({ isOver, deadline }) => now >= deadline || isOver());
    if (over.length === 0) return;
    this.waiting = this.waiting.filter((one) => !over.includes(one));
    for (const { done } of over) done();
  }
}
