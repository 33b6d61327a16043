import { LRUCache } from 'lru-cache';

/** Milliseconds that a message waits for those before it. */
const PATIENCE_MS = 150;

/** Conversations whose last seq is remembered, and messages that are. */
const MAX_CONVERSATIONS = 50_000;
const MAX_MESSAGES = 200_000;

/** What has a place in a conversation; seq 0 has none. */
interface Placed {
  readonly conversationID: string;
  readonly seq: number;
}

/** What waited in vain: something before it is missing. */
export interface Overdue<T> {
  /** The first and the last seq of all, missing ones among them. */
  readonly range: readonly [first: number, last: number];
  /** What is there, by seq. */
  readonly there: ReadonlyMap<number, T>;
}

/**
 * Puts messages of a conversation into the order of their seqs when several nodes accept them, and lets each pass once: what
 * was committed later may arrive sooner by a millisecond, and what was lost on its way may be fetched, and come after all.
 */
export class InOrder<T> {
  private readonly last = new LRUCache<string, number>({ max: MAX_CONVERSATIONS });
  private readonly passed = new LRUCache<string, true>({ max: MAX_MESSAGES });
  private readonly early = new Map<string, { waiting: Map<number, T>; timer: NodeJS.Timeout }>();

  /** @param tell is told of a conversation in which something has waited long enough: see {@link InOrder.overdue} */
  constructor(private readonly tell: (conversationID: string) => void) {}

  /** What may be delivered now that this one has come, in order; nothing while others have to come before it. */
  next(placed: Placed, one: T): T[] {
    const { conversationID, seq } = placed;
    if (seq === 0) return [one];
    const last = this.last.get(conversationID);
    const early = this.early.get(conversationID);
    if (last !== undefined && seq > last + 1) {
      if (early) early.waiting.set(seq, one);
      else this.hold(placed, one);
      return [];
    }
    this.last.set(conversationID, Math.max(last ?? 0, seq));
    const ready = this.isNew(placed) ? [one] : [];
    return early ? [...ready, ...this.follow(conversationID)] : ready;
  }

  /** Takes what waits in a conversation, which waits for nothing from then on. Undefined when nothing does. */
  overdue(conversationID: string): Overdue<T> | undefined {
    const early = this.early.get(conversationID);
    if (!early) return undefined;
    const first = (this.last.get(conversationID) ?? 0) + 1;
    const last = Math.max(...early.waiting.keys());
    this.last.set(conversationID, last);
    this.forget(conversationID);
    return { range: [first, last], there: early.waiting };
  }

  /** Notes that a message passes. @returns false when it has passed before */
  isNew({ conversationID, seq }: Placed): boolean {
    const key = `${seq} ${conversationID}`;
    if (this.passed.has(key)) return false;
    this.passed.set(key, true);
    return true;
  }

  private hold({ conversationID, seq }: Placed, one: T): void {
    const timer = setTimeout(() => this.tell(conversationID), PATIENCE_MS);
    this.early.set(conversationID, { waiting: new Map([[seq, one]]), timer });
  }

  /** Those that come right after what was just delivered. */
  private follow(conversationID: string): T[] {
    const { waiting } = this.early.get(conversationID) as { waiting: Map<number, T> };
    const ready: T[] = [];
    let next = (this.last.get(conversationID) as number) + 1;
    for (let one = waiting.get(next); one !== undefined; one = waiting.get(next)) {
      waiting.delete(next);
      if (this.isNew({ conversationID, seq: next })) ready.push(one);
      this.last.set(conversationID, next);
      next += 1;
    }
    if (waiting.size === 0) this.forget(conversationID);
    return ready;
  }

  private forget(conversationID: string): void {
    clearTimeout(this.early.get(conversationID)?.timer);
    this.early.delete(conversationID);
  }
}
