import { LRUCache } from 'lru-cache';

/** Milliseconds that a message waits for those before it. What then is missing was for others, or is found by its seq. */
const PATIENCE_MS = 150;

/** Conversations whose last seq is remembered. */
const MAX_CONVERSATIONS = 50_000;

/** What has a place in a conversation; seq 0 has none. */
interface Placed {
  readonly conversationID: string;
  readonly seq: number;
}

/**
 * Puts messages of a conversation into the order of their seqs when several nodes accept them: what was committed later may
 * arrive sooner by a millisecond.
 */
export class InOrder<T> {
  private readonly last = new LRUCache<string, number>({ max: MAX_CONVERSATIONS });
  private readonly early = new Map<string, { waiting: [seq: number, one: T][]; timer: NodeJS.Timeout }>();

  /** @param release takes what has waited long enough */
  constructor(private readonly release: (ready: T[]) => void) {}

  /** What may be delivered now that this one has come, in order; nothing while others have to come before it. */
  next({ conversationID, seq }: Placed, one: T): T[] {
    if (seq === 0) return [one];
    const last = this.last.get(conversationID);
    const early = this.early.get(conversationID);
    if (last !== undefined && seq > last + 1) {
      if (early) early.waiting.push([seq, one]);
      else this.hold(conversationID, seq, one);
      return [];
    }
    this.last.set(conversationID, Math.max(last ?? 0, seq));
    return early ? [one, ...this.follow(conversationID)] : [one];
  }

  private hold(conversationID: string, seq: number, one: T): void {
    const timer = setTimeout(() => this.giveUp(conversationID), PATIENCE_MS);
    this.early.set(conversationID, { waiting: [[seq, one]], timer });
  }

  /** Those that come right after what was just delivered. */
  private follow(conversationID: string): T[] {
    const early = this.early.get(conversationID);
    if (!early) return [];
    early.waiting.sort(([a], [b]) => a - b);
    const ready: T[] = [];
    let last = this.last.get(conversationID) ?? 0;
    while (early.waiting.length > 0 && early.waiting[0][0] <= last + 1) {
      const [seq, one] = early.waiting.shift() as [number, T];
      last = Math.max(last, seq);
      ready.push(one);
    }
    this.last.set(conversationID, last);
    if (early.waiting.length === 0) this.forget(conversationID);
    return ready;
  }

  private giveUp(conversationID: string): void {
    const waiting = this.early.get(conversationID)?.waiting.sort(([a], [b]) => a - b) ?? [];
    this.forget(conversationID);
    this.last.set(conversationID, waiting[waiting.length - 1][0]);
    this.release(waiting.map(([, one]) => one));
  }

  private forget(conversationID: string): void {
    clearTimeout(this.early.get(conversationID)?.timer);
    this.early.delete(conversationID);
  }
}
