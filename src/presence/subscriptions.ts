import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Bus } from '../cluster/bus.js';

/** Users one subscriber may watch. */
export const MAX_SUBSCRIPTIONS = 3_000;

/** Subscriptions of all subscribers together; who did not ask for longest is forgotten first. */
export const MAX_IN_ALL = 2_000_000;

/** What nodes tell each other. */
type Change = { add: Watch } | { remove: Watch } | { forget: readonly string[] };
interface Watch {
  subscriber: string;
  userIDs: readonly string[];
}

const CHANGE = 'presence.subscriptions';

/**
 * Whom users asked, by REST, to be told about. In the memory of all nodes: like presence itself it does not outlive them, and
 * clients subscribe again when they connect. Those of the gateway belong to its connections and are not here.
 */
@Injectable()
export class Subscriptions {
  private readonly watched = new LRUCache<string, ReadonlySet<string>>({
    maxSize: MAX_IN_ALL,
    sizeCalculation: (userIDs) => userIDs.size,
    dispose: (userIDs, subscriber, reason) => {
      if (reason !== 'set') this.unwatch(subscriber, userIDs);
    },
  });
  /** The same the other way: by whom each user is watched. */
  private readonly watchers = new Map<string, Set<string>>();

  constructor(private readonly bus: Bus) {
    bus.on<Change>(CHANGE, (change, from) => {
      if (from !== bus.nodeID) this.apply(change);
    });
    bus.onRetell(() => {
      for (const [subscriber, userIDs] of this.watched.entries())
        this.tell({ add: { subscriber, userIDs: [...userIDs] } });
    });
  }

  /**
   * Adds users to those a subscriber watches. Users watched already stay where they are.
   *
   * @returns false, and nothing is changed, when there would be more than {@link MAX_SUBSCRIPTIONS}
   */
  add(subscriber: string, userIDs: readonly string[]): boolean {
    if (!this.watch(subscriber, userIDs)) return false;
    this.tell({ add: { subscriber, userIDs } });
    return true;
  }

  /** Takes users from those a subscriber watches. Who is not among them is no error. */
  remove(subscriber: string, userIDs: readonly string[]): void {
    this.takeAway(subscriber, userIDs);
    this.tell({ remove: { subscriber, userIDs } });
  }

  /** Whom a subscriber watches, in the order they were added. */
  of(subscriber: string): readonly string[] {
    return [...(this.watched.get(subscriber) ?? [])];
  }

  /** Who watches a user, in no order. */
  watchersOf(userID: string): readonly string[] {
    return [...(this.watchers.get(userID) ?? [])];
  }

  /** These subscribers watch nobody any more. */
  forget(subscribers: readonly string[]): void {
    this.drop(subscribers);
    this.tell({ forget: subscribers });
  }

  private tell(change: Change): void {
    void this.bus.publish(CHANGE, change);
  }

  private apply(change: Change): void {
    if ('add' in change) this.watch(change.add.subscriber, change.add.userIDs);
    else if ('remove' in change) this.takeAway(change.remove.subscriber, change.remove.userIDs);
    else this.drop(change.forget);
  }

  private watch(subscriber: string, userIDs: readonly string[]): boolean {
    const next = new Set([...this.of(subscriber), ...userIDs]);
    if (next.size > MAX_SUBSCRIPTIONS) return false;
    if (next.size > 0) this.watched.set(subscriber, next);
    for (const userID of userIDs) {
      const watchers = this.watchers.get(userID);
      if (watchers) watchers.add(subscriber);
      else this.watchers.set(userID, new Set([subscriber]));
    }
    return true;
  }

  private takeAway(subscriber: string, userIDs: readonly string[]): void {
    const next = new Set(this.of(subscriber));
    for (const userID of userIDs) next.delete(userID);
    if (next.size > 0) this.watched.set(subscriber, next);
    else this.watched.delete(subscriber);
    this.unwatch(subscriber, userIDs);
  }

  private drop(subscribers: readonly string[]): void {
    for (const subscriber of subscribers) this.watched.delete(subscriber);
  }

  private unwatch(subscriber: string, userIDs: Iterable<string>): void {
    for (const userID of userIDs) {
      const watchers = this.watchers.get(userID);
      watchers?.delete(subscriber);
      if (watchers?.size === 0) this.watchers.delete(userID);
    }
  }
}
