import { Injectable } from '@nestjs/common';
import { connectionsToKick } from '../access/multi-login.js';
import { TokensService } from '../access/tokens.service.js';
import { UserLoggedOut } from '../auth/auth.events.js';
import { ImError } from '../core/errors.js';
import type { Instant } from '../core/operation.js';
import { ImSettings } from '../core/settings.js';
import { OnImEvent } from '../events/on-im-event.js';
import { Presence } from '../presence/presence.js';
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

/** From a client's first frame to its last: which logins end each other, and who is online because of them. */
@Injectable()
export class Sessions {
  /** Users whose logins are being looked at, until the last of them is. */
  private readonly settling = new Map<string, Promise<void>>();

  constructor(
    private readonly settings: ImSettings,
    private readonly tokens: TokensService,
    private readonly presence: Presence,
    private readonly connections: Connections,
    private readonly online: OnlineStatus,
    private readonly measures: ConnectionMeasures,
  ) {}

  /** Open connections. */
  get count(): number {
    return this.connections.size;
  }

  /** A client was let in: logins the policy ends are kicked. Of several that come at once, one is looked at after the other. */
  async opened(connection: Connection): Promise<void> {
    const { userID, platformID, connID, token, isBackground } = connection;
    this.connections.add(connection);
    this.presence.connected(userID, platformID, connID, { token, isBackground });
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
    const there = this.connections.of(userID).filter((connection) => connection.platformID === platformID);
    for (const connection of there) this.kick(connection);
  }

  @OnImEvent(UsersDeleted)
  deleted({ userIDs }: UsersDeleted): void {
    for (const connection of userIDs.flatMap((userID) => this.connections.of(userID))) this.kick(connection);
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
    // Its token may have ended after it was looked at: by whom could not find the connection yet, or by a login before it.
    try {
      await this.tokens.verify(connection.token);
    } catch (error) {
      if (!(error instanceof ImError)) throw error;
      return this.kick(connection);
    }
    if (connection.isOpen) await this.makeRoom(connection);
  }

  private async makeRoom(connection: Connection): Promise<void> {
    const { userID, platformID, token } = connection;
    const mine = this.connections.of(userID);
    const earlier = mine.slice(0, mine.indexOf(connection));
    const { connections, tokens } = connectionsToKick(this.settings.multiLoginPolicy, earlier, connection);
    for (const other of connections) this.kick(other);
    if (tokens === 'platform') await this.tokens.kickOthers(userID, platformID, [token]);
    else if (connections.length > 0) await this.tokens.kickTokens(connections.map((other) => other.token));
    const alike = this.connections.of(userID).filter((other) => other.platformID === platformID);
    // Told, or it would come back and put out the next one.
    for (const oldest of alike.slice(0, -MAX_PER_PLATFORM)) this.kick(oldest);
  }
}
