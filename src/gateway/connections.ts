import { Injectable } from '@nestjs/common';
import { Measures } from '../core/measures.js';
import type { Connection } from './connection.js';
import { platformName } from './connection-measures.js';

const NONE: readonly Connection[] = [];

/** The open connections of this process, by user, in the order they were opened. */
@Injectable()
export class Connections {
  private readonly byUser = new Map<string, Connection[]>();
  /** How many there are on each platform that ever was there. */
  private readonly byPlatform = new Map<string, number>();
  private count = 0;

  constructor(measures: Measures) {
    measures.gauge({ name: 'openim_sockets', help: 'Open sockets of clients.', labels: ['platform'] }, () =>
      Array.from(this.byPlatform, ([platform, open]) => [{ platform }, open] as const),
    );
  }

  /** How many there are. */
  get size(): number {
    return this.count;
  }

  add(connection: Connection): void {
    const mine = this.byUser.get(connection.userID);
    if (mine) mine.push(connection);
    else this.byUser.set(connection.userID, [connection]);
    this.move(connection, 1);
  }

  /** @returns false when it was not there */
  remove(connection: Connection): boolean {
    const mine = this.byUser.get(connection.userID);
    const place = mine?.indexOf(connection) ?? -1;
    if (!mine || place < 0) return false;
    if (mine.length === 1) this.byUser.delete(connection.userID);
    else mine.splice(place, 1);
    this.move(connection, -1);
    return true;
  }

  /** A user's connections. Whoever ends some of them goes through a copy. */
  of(userID: string): readonly Connection[] {
    return this.byUser.get(userID) ?? NONE;
  }

  *all(): Iterable<Connection> {
    for (const mine of this.byUser.values()) yield* mine;
  }

  private move({ platformID }: Connection, by: 1 | -1): void {
    const platform = platformName(platformID);
    this.byPlatform.set(platform, (this.byPlatform.get(platform) ?? 0) + by);
    this.count += by;
  }
}
