import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';

/** One event of the client. */
export interface Heard {
  readonly name: string;
  readonly data: any;
}

/** What a story expects: per event, its data in order. An event that is not named must not come. */
export type Expected = Readonly<Record<string, readonly unknown[]>>;

/**
 * Told as often as the client likes, depending on how it batches its own work: counts mean nothing here. What they tell
 * about is checked by asking the client.
 */
const UNCOUNTED = new Set([
  'OnConversationChanged',
  'OnTotalUnreadMessageCountChanged',
  'OnSyncServerProgress',
  'OnProgress',
]);

/** These carry several messages at a time; a story sees them one by one. */
const BATCHES = new Set(['OnRecvNewMessages', 'OnRecvOfflineNewMessages', 'OnRecvOnlineOnlyMessages']);

/** Long enough for a second, superfluous event to show up after the first. */
const QUIET_MS = 400;
const PATIENCE_MS = 60_000;

/** Everything a client said, in order. */
export class Journal {
  readonly all: Heard[] = [];
  private told = 0;

  /** `settled` answers when the client has nothing more to say at the moment. */
  constructor(
    private readonly owner: string,
    private readonly settled: () => Promise<unknown>,
  ) {}

  add(name: string, data: unknown): void {
    const items: unknown[] = BATCHES.has(name) && Array.isArray(data) ? data : [data];
    for (const item of items) this.all.push({ name, data: item });
  }

  /** What was said since the last look, by event; without what does not count. */
  private fresh(): Record<string, unknown[]> {
    const byName: Record<string, unknown[]> = {};
    for (const { name, data } of this.all.slice(this.told)) {
      if (!UNCOUNTED.has(name)) (byName[name] ??= []).push(data);
    }
    return byName;
  }

  /** Waits for the expected events, and a moment more; then exactly those must have come since the last look, each once. */
  async hears(expected: Expected, patience = PATIENCE_MS): Promise<void> {
    const wanted = Object.fromEntries(Object.entries(expected).filter(([, list]) => list.length > 0));
    const complete = (): boolean => {
      const fresh = this.fresh();
      return Object.entries(wanted).every(([name, list]) => (fresh[name]?.length ?? 0) >= list.length);
    };
    for (const end = Date.now() + patience; !complete() && Date.now() < end;) await sleep(20);
    let seen = -1;
    while (seen !== this.all.length) {
      seen = this.all.length;
      await sleep(QUIET_MS);
      await this.settled();
    }
    const fresh = this.fresh();
    this.told = this.all.length;
    const counts = (events: Expected): unknown =>
      Object.entries(events)
        .map(([name, list]) => [name, list.length])
        .sort();
    const heard = `${this.owner} heard ${brief(fresh)}`;
    expect(counts(fresh), heard).toEqual(counts(wanted));
    expect(fresh, heard).toMatchObject(wanted);
  }

  /** Waits for one event, whatever else comes; the next `hears` still sees it. */
  async waitFor(name: string, fits: (data: any) => boolean = () => true, patience = PATIENCE_MS): Promise<any> {
    for (const end = Date.now() + patience; ; await sleep(20)) {
      const found = this.all.slice(this.told).find((heard) => heard.name === name && fits(heard.data));
      if (found) return found.data;
      if (Date.now() >= end) throw new Error(`${this.owner} never heard ${name}; since then: ${this.names()}`);
    }
  }

  /** Lets everything said so far be over. */
  forget(): void {
    this.told = this.all.length;
  }

  /** Every message announced as new, in order, since the client was opened. */
  get announced(): any[] {
    return this.all.filter(({ name }) => /^onrecv(offline)?newmessages$/i.test(name)).map(({ data }) => data);
  }

  /** No message was announced twice, and those of a conversation in the order of their seqs. */
  expectOnceAndInOrder(): void {
    const ids = this.announced.map(({ clientMsgID }) => clientMsgID);
    expect(new Set(ids).size, `${this.owner} heard a message twice`).toBe(ids.length);
    const last = new Map<string, number>();
    for (const { seq, sessionType, groupID, sendID, recvID } of this.announced) {
      if (!seq) continue;
      const chat = sessionType === 3 ? groupID : [sendID, recvID].sort().join();
      expect(seq, `${this.owner} heard ${chat} out of order`).toBeGreaterThan(last.get(chat) ?? 0);
      last.set(chat, seq);
    }
  }

  private names(): string {
    return (
      this.all
        .slice(this.told)
        .map(({ name }) => name)
        .join(', ') || 'nothing'
    );
  }
}

/** Events in one line, long ones cut. */
function brief(events: Expected): string {
  const lines = Object.entries(events).flatMap(([name, list]) =>
    list.map((data) => `${name} ${(JSON.stringify(data) ?? '').slice(0, 400)}`),
  );
  return lines.join('\n  ') || 'nothing';
}
