import { Injectable } from '@nestjs/common';
import { Bus } from '../cluster/bus.js';
import { chunks } from '../database/bulk.js';

/** A connection of a user, as its owner tells of it. */
export interface Connection {
  /** Names it; no other connection of anybody has the same. */
  readonly connID: string;
  readonly platformID: number;
  /** The app is in the background: it hears little, and is pushed to. */
  readonly isBackground: boolean;
  /** The token it was opened with; "" when it was opened without. */
  readonly token: string;
  /** The node it is connected to. */
  readonly nodeID: string;
  /** Epoch milliseconds, the node's clock. */
  readonly openedAt: number;
}

/** A user's connections, in the order they were opened. Who is offline or unknown is missing. */
export type Connections = ReadonlyMap<string, readonly Connection[]>;

/** Hears that a user's platforms are not what they were. @param before those until then, ascending */
export type PresenceListener = (userID: string, before: readonly number[]) => void;

/** What nodes tell each other of a user's connection. */
type Told = Omit<Connection, 'nodeID'> & { userID: string };
type Change =
  { opened: Told } | { moved: { userID: string; connID: string; isBackground: boolean } } | { closed: Gone };
type Gone = { userID: string; connID: string };

/** All connections of a node, in parts; the first one takes the place of what was known. */
interface Census {
  begins: boolean;
  there: Told[];
}

const CHANGE = 'presence.change';
const CENSUS = 'presence.census';

/** Connections that are told of in one piece. */
const CENSUS_PART = 500;

/**
 * Who is connected where, on any node. Each node tells of its own connections, and knows those of the others in memory: who
 * is asked needs no query. What a node told ends with it.
 */
@Injectable()
export class Presence {
  private readonly online = new Map<string, Map<string, Connection>>();
  /** Whose connections are on other nodes: user by connection. */
  private readonly elsewhere = new Map<string, Map<string, string>>();
  private readonly listeners: PresenceListener[] = [];
  private readonly mergers: ((userIDs: readonly string[]) => void)[] = [];

  constructor(private readonly bus: Bus) {
    bus.on<Change>(CHANGE, (change, from) => this.hear(change, from));
    bus.on<Census>(CENSUS, (census, from) => this.count(census, from));
    bus.onGone((nodeID) => this.lose(nodeID));
    bus.onRetell(() => this.tellAll());
  }

  /** Has somebody told whenever a user appears on a platform or is gone from it. */
  onChange(listener: PresenceListener): void {
    this.listeners.push(listener);
  }

  /** Has somebody told when connections of other nodes became known that may be older than ours. */
  onMerge(merger: (userIDs: readonly string[]) => void): void {
    this.mergers.push(merger);
  }

  /**
   * A connection of a user opened on a platform. Telling of one again replaces what was known of it. Resolves once other nodes
   * know, or cannot be told: by then all of them have the same order of the user's connections.
   */
  connected(
    userID: string,
    platformID: number,
    connID: string,
    { token = '', isBackground = false }: { token?: string; isBackground?: boolean } = {},
  ): Promise<void> {
    const { nodeID } = this.bus;
    const openedAt = this.online.get(userID)?.get(connID)?.openedAt ?? Date.now();
    const opened = { connID, platformID, isBackground, token, openedAt };
    this.put(userID, { ...opened, nodeID });
    return this.bus.publish(CHANGE, { opened: { ...opened, userID } } satisfies Change);
  }

  /** The app behind a connection went to the background, or came back. One that is closed stays closed. */
  moved(userID: string, connID: string, isBackground: boolean): void {
    this.move(userID, connID, isBackground);
    void this.bus.publish(CHANGE, { moved: { userID, connID, isBackground } } satisfies Change);
  }

  /** A connection closed. Closing one twice is no error. */
  disconnected(userID: string, connID: string): void {
    this.remove(userID, connID);
    void this.bus.publish(CHANGE, { closed: { userID, connID } } satisfies Change);
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

  /** The other nodes that any of these users is connected to. */
  otherNodesOf(userIDs: Iterable<string>): Set<string> {
    const nodes = new Set<string>();
    if (this.elsewhere.size === 0) return nodes;
    for (const userID of userIDs) {
      for (const { nodeID } of this.online.get(userID)?.values() ?? [])
        if (nodeID !== this.bus.nodeID) nodes.add(nodeID);
    }
    return nodes;
  }

  private hear(change: Change, from: string): void {
    if (from === this.bus.nodeID) return this.hearOwn(change);
    if ('opened' in change) this.put(change.opened.userID, fromTold(change.opened, from));
    else if ('moved' in change) this.move(change.moved.userID, change.moved.connID, change.moved.isBackground);
    else this.remove(change.closed.userID, change.closed.connID);
  }

  /** From here on the order of a user's connections is that of all nodes. */
  private hearOwn(change: Change): void {
    if (!('opened' in change)) return;
    const { userID, connID } = change.opened;
    const mine = this.online.get(userID);
    const connection = mine?.get(connID);
    if (!mine || !connection) return;
    mine.delete(connID);
    mine.set(connID, connection);
  }

  private count({ begins, there }: Census, from: string): void {
    if (from === this.bus.nodeID) return;
    if (begins) this.lose(from);
    for (const one of there) this.put(one.userID, fromTold(one, from));
    const userIDs = [...new Set(there.map(({ userID }) => userID))];
    for (const merger of this.mergers) merger(userIDs);
  }

  private lose(nodeID: string): void {
    for (const [connID, userID] of this.elsewhere.get(nodeID) ?? []) this.remove(userID, connID);
  }

  private tellAll(): void {
    const mine: Told[] = [];
    for (const [userID, connections] of this.online) {
      for (const { nodeID, ...connection } of connections.values()) {
        if (nodeID === this.bus.nodeID) mine.push({ ...connection, userID });
      }
    }
    const parts = mine.length === 0 ? [[]] : chunks(mine, CENSUS_PART);
    let begins = true;
    for (const there of parts) {
      void this.bus.publish(CENSUS, { begins, there: [...there] } satisfies Census);
      begins = false;
    }
  }

  private put(userID: string, connection: Connection): void {
    const mine = this.online.get(userID) ?? new Map<string, Connection>();
    const before = platformsOf([...mine.values()]);
    this.online.set(userID, mine.set(connection.connID, connection));
    this.note(userID, connection);
    this.tell(userID, before, mine);
  }

  private note(userID: string, { connID, nodeID }: Connection): void {
    if (nodeID === this.bus.nodeID) return;
    const there = this.elsewhere.get(nodeID) ?? new Map<string, string>();
    this.elsewhere.set(nodeID, there.set(connID, userID));
  }

  private move(userID: string, connID: string, isBackground: boolean): void {
    const mine = this.online.get(userID);
    const connection = mine?.get(connID);
    if (connection) mine?.set(connID, { ...connection, isBackground });
  }

  private remove(userID: string, connID: string): void {
    const mine = this.online.get(userID);
    const connection = mine?.get(connID);
    if (!mine || !connection) return;
    const before = platformsOf([...mine.values()]);
    mine.delete(connID);
    if (mine.size === 0) this.online.delete(userID);
    const there = this.elsewhere.get(connection.nodeID);
    there?.delete(connID);
    if (there?.size === 0) this.elsewhere.delete(connection.nodeID);
    this.tell(userID, before, mine);
  }

  private tell(userID: string, before: readonly number[], now: ReadonlyMap<string, Connection>): void {
    if (before.join() === platformsOf([...now.values()]).join()) return;
    for (const listener of this.listeners) listener(userID, before);
  }
}

function fromTold({ connID, platformID, isBackground, token, openedAt }: Told, nodeID: string): Connection {
  return { connID, platformID, isBackground, token, openedAt, nodeID };
}

/** The platforms of connections, each once, ascending. */
export function platformsOf(connections: readonly Connection[]): number[] {
  return [...new Set(connections.map(({ platformID }) => platformID))].sort((a, b) => a - b);
}
