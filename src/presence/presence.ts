import { Injectable } from '@nestjs/common';

/** A connection of a user, as its owner tells of it. */
export interface Connection {
  /** Names it among the user's connections. */
  readonly connID: string;
  readonly platformID: number;
  /** The app is in the background: it hears little, and is pushed to. */
  readonly isBackground: boolean;
  /** The token it was opened with; "" when it was opened without. */
  readonly token: string;
}

/** A user's connections, in the order they were opened. Who is offline or unknown is missing. */
export type Connections = ReadonlyMap<string, readonly Connection[]>;

/** Hears that a user's platforms are not what they were. @param before those until then, ascending */
export type PresenceListener = (userID: string, before: readonly number[]) => void;

/** Who is connected where. Kept by whoever owns the connections; asked by REST. */
@Injectable()
export class Presence {
  private readonly online = new Map<string, Map<string, Connection>>();
  private readonly listeners: PresenceListener[] = [];

  /** Has somebody told whenever a user appears on a platform or is gone from it. */
  onChange(listener: PresenceListener): void {
    this.listeners.push(listener);
  }

  /** A connection of a user opened on a platform. Telling of one again replaces what was known of it. */
  connected(
    userID: string,
    platformID: number,
    connID: string,
    { token = '', isBackground = false }: { token?: string; isBackground?: boolean } = {},
  ): void {
    const mine = this.online.get(userID) ?? new Map<string, Connection>();
    const before = platformsOf([...mine.values()]);
    this.online.set(userID, mine.set(connID, { connID, platformID, isBackground, token }));
    this.tell(userID, before, mine);
  }

  /** The app behind a connection went to the background, or came back. One that is closed stays closed. */
  moved(userID: string, connID: string, isBackground: boolean): void {
    const mine = this.online.get(userID);
    const connection = mine?.get(connID);
    if (connection) mine?.set(connID, { ...connection, isBackground });
  }

  /** A connection closed. Closing one twice is no error. */
  disconnected(userID: string, connID: string): void {
    const mine = this.online.get(userID);
    if (!mine?.has(connID)) return;
    const before = platformsOf([...mine.values()]);
    mine.delete(connID);
    if (mine.size === 0) this.online.delete(userID);
    this.tell(userID, before, mine);
  }

  /** The connections of those users that are online. */
  async connections(userIDs: readonly string[]): Promise<Connections> {
    const found = new Map<string, Connection[]>();
    for (const userID of userIDs) {
      const mine = this.online.get(userID);
      if (mine && !found.has(userID)) found.set(userID, [...mine.values()]);
    }
    return found;
  }

  private tell(userID: string, before: readonly number[], now: ReadonlyMap<string, Connection>): void {
    if (before.join() === platformsOf([...now.values()]).join()) return;
    for (const listener of this.listeners) listener(userID, before);
  }
}

/** The platforms of connections, each once, ascending. */
export function platformsOf(connections: readonly Connection[]): number[] {
  return [...new Set(connections.map(({ platformID }) => platformID))].sort((a, b) => a - b);
}
