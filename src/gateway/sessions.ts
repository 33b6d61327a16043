import { Injectable, Logger } from '@nestjs/common';
import { connectionsToKick } from '../access/multi-login.js';
import { TokensService } from '../access/tokens.service.js';
import { UserLoggedOut } from '../auth/auth.events.js';
import { Bus } from '../cluster/bus.js';
import { groupBy } from '../core/collections.js';
import { ImError } from '../core/errors.js';
import type { Instant } from '../core/operation.js';
import { ImSettings } from '../core/settings.js';
import { OnImEvent } from '../events/on-im-event.js';
import { type Connection as Located, Presence } from '../presence/presence.js';
import { UsersDeleted } from '../users/user.events.js';
import type { Connection } from './connection.js';
import { ConnectionMeasures } from './connection-measures.js';
import { Connections } from './connections.js';
import { OnlineStatus } from './online-status.js';
import { Push } from './push.js';

/** Most connections of a user on one platform; the oldest gives way. Source: contract/gateway.md section 7, `maxNumOneEnd`. */
const MAX_PER_PLATFORM = 30;

/** Tells a client that it is logged out: it stops connecting again. Source: contract/gateway.md section 7. */
const KICK = new Push({
  reqIdentifier: 2002,
  msgIncr: '',
  operationID: '',
  errCode: 0,
  errMsg: '',
  data: new Uint8Array(),
});

/** What nodes tell each other: which connections end, and whose may have lost their tokens. */
const KICK_CONNECTIONS = 'gateway.kick';
const TOKENS_ENDED = 'gateway.tokensEnded';

interface Kicked {
  userID: string;
  connIDs: string[];
}

/** From a client's first frame to its last: which logins end each other, and who is online because of them. */
@Injectable()
export class Sessions {
  private readonly logger = new Logger(Sessions.name);
  /** Users whose logins are being looked at, until the last of them is. */
  private readonly settling = new Map<string, Promise<void>>();

  constructor(
    private readonly settings: ImSettings,
    private readonly tokens: TokensService,
    private readonly presence: Presence,
    private readonly connections: Connections,
    private readonly online: OnlineStatus,
    private readonly bus: Bus,
    private readonly measures: ConnectionMeasures,
  ) {
    bus.on<Kicked>(KICK_CONNECTIONS, ({ userID, connIDs }) =>
      this.kickAmong(userID, ({ connID }) => connIDs.includes(connID)),
    );
    bus.on<string[]>(TOKENS_ENDED, (userIDs, from) => {
      if (from !== bus.nodeID) void this.lookAgain(userIDs).catch((error: unknown) => this.logger.error(error));
    });
    presence.onMerge((userIDs) => this.reconcile(userIDs));
  }

  /** Open connections. */
  get count(): number {
    return this.connections.size;
  }

  /** A client was let in: logins the policy ends are kicked. Of several that come at once, one is looked at after the other. */
  async opened(connection: Connection): Promise<void> {
    const { userID, platformID, connID, token, isBackground } = connection;
    this.connections.add(connection);
    await this.presence.connected(userID, platformID, connID, { token, isBackground });
    const before = this.settling.get(userID);
    const settled = Promise.resolve(before).then(() => this.settle(connection));
    const done = settled.catch(() => undefined);
    this.settling.set(userID, done);
    try {
      await settled;
    } finally {
      if (this.settling.get(userID) === done) this.settling.delete(userID);
    }
  }

  /** A connection is gone. To be told twice is no error. */
  closed(connection: Connection): void {
    if (!this.connections.remove(connection)) return;
    this.online.forget(connection);
    this.presence.disconnected(connection.userID, connection.connID);
  }

  /** The app behind a connection went to the background, or came back. */
  moved(connection: Connection, isBackground: boolean): void {
    connection.isBackground = isBackground;
    this.presence.moved(connection.userID, connection.connID, isBackground);
  }

  @OnImEvent(UserLoggedOut)
  loggedOut({ userID, platformID }: UserLoggedOut): void {
    this.kickAmong(userID, (connection) => connection.platformID === platformID);
    void this.bus.publish(TOKENS_ENDED, [userID]);
  }

  @OnImEvent(UsersDeleted)
  deleted({ userIDs }: UsersDeleted): void {
    for (const userID of userIDs) this.kickAmong(userID, () => true);
    void this.bus.publish(TOKENS_ENDED, userIDs);
  }

  /** Ends connections whose clients are gone. */
  look(now: Instant): void {
    for (const connection of this.connections.all()) connection.look(now);
  }

  /** No connection takes requests any more. Waits for the answers that are under way. */
  async quiet(): Promise<void> {
    await Promise.all([...this.connections.all()].map((connection) => connection.quiet()));
  }

  /** Ends all connections, and waits for their clients. */
  async finish(): Promise<void> {
    const all = [...this.connections.all()];
    await Promise.all(all.map((connection) => connection.finish()));
    for (const connection of all) this.closed(connection);
  }

  /** Ends all connections, and waits for nobody. */
  end(): void {
    for (const connection of this.connections.all()) connection.end();
  }

  private kick(connection: Connection): void {
    if (connection.isOpen) this.measures.ended('kicked');
    connection.end(KICK);
    this.closed(connection);
  }

  private async settle(connection: Connection): Promise<void> {
    const { userID } = connection;
    // Logins on several nodes are looked at one after the other, too.
    const ended = await (this.bus.hasOthers && (await this.allOf(userID)).length > 1
      ? this.tokens.locked(userID, () => this.judge(connection))
      : this.judge(connection));
    if (ended === 'itself') this.kick(connection);
    else this.kickAnywhere(userID, ended);
  }

  /** Which connections a new one ends, after their tokens. */
  private async judge(connection: Connection): Promise<'itself' | readonly Located[]> {
    // Its token may have ended after it was looked at: by whom could not find the connection yet, or by a login before it.
    if (!(await this.isStillGood(connection))) return 'itself';
    return connection.isOpen ? this.makeRoom(connection) : [];
  }

  /** Another node ended tokens of users; connections that have them go. */
  private async lookAgain(userIDs: readonly string[]): Promise<void> {
    for (const connection of userIDs.flatMap((userID) => this.connections.of(userID))) {
      if (!(await this.isStillGood(connection))) this.kick(connection);
    }
  }

  private async isStillGood({ token }: Connection): Promise<boolean> {
    try {
      await this.tokens.verify(token);
      return true;
    } catch (error) {
      if (!(error instanceof ImError)) throw error;
      return false;
    }
  }

  /** Those on other nodes, too: in the order in which all nodes heard of them. */
  private async makeRoom({ userID, platformID, token, connID }: Connection): Promise<readonly Located[]> {
    const all = await this.allOf(userID);
    const place = all.findIndex((one) => one.connID === connID);
    const earlier = all.slice(0, Math.max(place, 0));
    const kicks = connectionsToKick(this.settings.multiLoginPolicy, earlier, { platformID, token });
    if (kicks.tokens === 'platform') await this.tokens.kickOthers(userID, platformID, [token]);
    else if (kicks.connections.length > 0) await this.tokens.kickTokens(kicks.connections.map((other) => other.token));
    const alike = all.filter((other) => other.platformID === platformID && !kicks.connections.includes(other));
    // Told, or it would come back and put out the next one.
    return [...kicks.connections, ...alike.slice(0, -MAX_PER_PLATFORM)];
  }

  private async allOf(userID: string): Promise<readonly Located[]> {
    return (await this.presence.connections([userID])).get(userID) ?? [];
  }

  /**
   * Connections became known that were opened while nodes did not hear each other. Each node ends those of its own that a
   * later one would have ended; nobody can say any more which came first but by the nodes' clocks.
   */
  private reconcile(userIDs: readonly string[]): void {
    for (const userID of userIDs) {
      if (this.connections.of(userID).length > 0)
        void this.reconcileUser(userID).catch((error: unknown) => this.logger.error(error));
    }
  }

  private async reconcileUser(userID: string): Promise<void> {
    const all = await this.allOf(userID);
    const inOrder = all.toSorted((a, b) => a.openedAt - b.openedAt || (a.connID < b.connID ? -1 : 1));
    const ended = inOrder.flatMap((arriving, place) => {
      const earlier = inOrder.slice(0, place).filter(({ nodeID }) => nodeID !== arriving.nodeID);
      return connectionsToKick(this.settings.multiLoginPolicy, earlier, arriving).connections;
    });
    const mine = ended.filter(({ nodeID }) => nodeID === this.bus.nodeID);
    this.kickAnywhere(userID, mine);
    if (mine.length > 0) await this.tokens.kickTokens(mine.map(({ token }) => token));
  }

  private kickAnywhere(userID: string, connections: readonly Located[]): void {
    const byNode = groupBy(connections, ({ nodeID }) => nodeID);
    for (const [nodeID, some] of byNode) {
      const connIDs = some.map(({ connID }) => connID);
      if (nodeID === this.bus.nodeID) this.kickAmong(userID, ({ connID }) => connIDs.includes(connID));
      else this.bus.send(nodeID, KICK_CONNECTIONS, { userID, connIDs } satisfies Kicked);
    }
  }

  private kickAmong(userID: string, isMeant: (connection: Connection) => boolean): void {
    for (const connection of this.connections.of(userID).filter(isMeant)) this.kick(connection);
  }
}
