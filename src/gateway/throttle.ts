/** Seconds of full rate that may come at once. */
const BURST_SECONDS = 2;

/** Seconds of full rate over the bound at which a caller is beyond patience. */
const PATIENCE_SECONDS = 20;

/** How often somebody may ask: so many requests a second, twice as many at once. Costs two numbers and no timer. */
export class Throttle {
  private left: number;
  private since: number;

  /**
   * @param rate requests a second; 0 for no bound
   * @param now milliseconds on a clock that only goes forward, here and in {@link Throttle.take}
   */
  constructor(
    private readonly rate: number,
    now: number,
  ) {
    this.left = rate * BURST_SECONDS;
    this.since = now;
  }

  /** Counts a request. `refused` is one too many; `hopeless` one of somebody who goes on all the same. @param now milliseconds */
  take(now: number): 'granted' | 'refused' | 'hopeless' {
    if (this.rate === 0) return 'granted';
    this.left = Math.min(this.rate * BURST_SECONDS, this.left + ((now - this.since) * this.rate) / 1000) - 1;
    this.since = now;
    if (this.left >= 0) return 'granted';
    return this.left > -this.rate * PATIENCE_SECONDS ? 'refused' : 'hopeless';
  }
}
