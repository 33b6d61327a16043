import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ArgumentInvalid } from '../core/errors.js';
import { platformsOf, Presence } from '../presence/presence.js';
import { MAX_SUBSCRIPTIONS, Subscriptions } from '../presence/subscriptions.js';
import { protobufType } from '../protobuf/protobuf.js';
import type { Connection } from './connection.js';
import { Connections } from './connections.js';
import { Push } from './push.js';

/** A user's platforms as watchers are told of them; none when he is offline. */
export interface OnlinePlatforms {
  userID: string;
  onlinePlatformIDs: number[];
}

/** Milliseconds in which changes are collected: who reconnects at once was never away. */
const COLLECT_MS = 100;

/**
 * Tells who is online to whoever wants to know. A connection's subscriptions are its own and end with it; a user's, made by
 * REST, are told on all his connections. Source: contract/gateway.md section 9.
 */
@Injectable()
export class OnlineStatus implements OnModuleInit {
  private readonly watchers = new Map<string, Set<Connection>>();
  private readonly watched = new WeakMap<Connection, Set<string>>();
  /** Users whose platforms changed, and what they were before. */
  private changed = new Map<string, string>();

  constructor(
    private readonly presence: Presence,
    private readonly subscriptions: Subscriptions,
    private readonly connections: Connections,
  ) {}

  onModuleInit(): void {
    this.presence.onChange((userID, before) => this.note(userID, before));
  }

  /**
   * Changes whom a connection watches; a user in both lists is watched. Answers how those are that it asked to watch.
   *
   * @throws ArgumentInvalid for more than {@link MAX_SUBSCRIPTIONS}
   */
  async subscribe(
    connection: Connection,
    { add, remove }: { add: readonly string[]; remove: readonly string[] },
  ): Promise<OnlinePlatforms[]> {
    const mine = this.watched.get(connection) ?? new Set<string>();
    const next = new Set(mine);
    for (const userID of remove) next.delete(userID);
    for (const userID of add) next.add(userID);
    if (next.size > MAX_SUBSCRIPTIONS) {
      throw new ArgumentInvalid(`at most ${MAX_SUBSCRIPTIONS} users can be subscribed to`, 'subscribeUserID');
    }
    // What he is answered now must not be what others were told before a change that is yet to be told.
    if (add.some((userID) => this.changed.has(userID))) await this.tell();
    for (const userID of mine) if (!next.has(userID)) this.unwatch(userID, connection);
    if (!connection.isOpen) return [];
    for (const userID of next) if (!mine.has(userID)) this.watch(userID, connection);
    this.watched.set(connection, next);
    return this.platforms([...new Set(add)]);
  }

  /** A closed connection watches nobody. */
  forget(connection: Connection): void {
    for (const userID of this.watched.get(connection) ?? []) this.unwatch(userID, connection);
    this.watched.delete(connection);
  }

  private watch(userID: string, connection: Connection): void {
    const watchers = this.watchers.get(userID);
    if (watchers) watchers.add(connection);
    else this.watchers.set(userID, new Set([connection]));
  }

  private unwatch(userID: string, connection: Connection): void {
    const watchers = this.watchers.get(userID);
    watchers?.delete(connection);
    if (watchers?.size === 0) this.watchers.delete(userID);
  }

  private note(userID: string, before: readonly number[]): void {
    if (this.changed.has(userID) || this.audience(userID).size === 0) return;
    if (this.changed.size === 0) setTimeout(() => void this.tell(), COLLECT_MS);
    this.changed.set(userID, before.join());
  }

  private async tell(): Promise<void> {
    const { changed } = this;
    this.changed = new Map();
    for (const now of await this.platforms([...changed.keys()])) {
      if (now.onlinePlatformIDs.join() === changed.get(now.userID)) continue;
      const push = new Push({
        reqIdentifier: 2005,
        msgIncr: '',
        operationID: '',
        errCode: 0,
        errMsg: '',
        data: protobufType('SubUserOnlineStatusTips').encode({ subscribers: [now] }),
      });
      for (const connection of this.audience(now.userID)) connection.push(push);
    }
  }

  /** The connections that are told of a user. */
  private audience(userID: string): Set<Connection> {
    const audience = new Set(this.watchers.get(userID));
    for (const watcher of this.subscriptions.watchersOf(userID)) {
      for (const connection of this.connections.of(watcher)) audience.add(connection);
    }
    return audience;
  }

  private async platforms(userIDs: readonly string[]): Promise<OnlinePlatforms[]> {
    const online = await this.presence.connections(userIDs);
    return userIDs.map((userID) => ({ userID, onlinePlatformIDs: platformsOf(online.get(userID) ?? []) }));
  }
}
