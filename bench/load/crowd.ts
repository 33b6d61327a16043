import { Connection, type Login } from '../client/connection.js';

/** Handshakes under way at once. */
const CONCURRENCY = 64;

/** Every connection pings once in this time, as the clients' 10 to 24 s on average. Milliseconds. */
const HEARTBEAT = 20_000;
const TICK = 50;

/** What came of connecting. */
export interface Connected {
  readonly seconds: number;
  readonly refused: number;
  readonly reason: string | undefined;
}

/** The connections of a load process. */
export class Crowd {
  readonly connections: Connection[] = [];
  /** Connections the server ended. */
  lost = 0;
  lastReason: string | undefined;
  private beating: NodeJS.Timeout | undefined;

  /** Connects, and keeps alive what is connected. */
  async connect(port: number, logins: readonly Login[]): Promise<Connected> {
    this.beat();
    const begin = performance.now();
    let next = 0;
    let refused = 0;
    let reason: string | undefined;
    const connectOneByOne = async (): Promise<void> => {
      while (next < logins.length) {
        const login = logins[next++];
        const connection = new Connection(this.connections.length, login);
        this.connections.push(connection);
        try {
          await connection.open(port);
          connection.onLost = (why) => {
            this.lost++;
            this.lastReason = why;
          };
        } catch (error) {
          refused++;
          reason = String(error);
        }
      }
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, connectOneByOne));
    return { seconds: (performance.now() - begin) / 1000, refused, reason };
  }

  /** Pings from everybody, one after another. */
  pingAll(): void {
    for (const connection of this.connections) connection.ping();
  }

  /** Heartbeats spread evenly over the connections, until told to rest. */
  beat(): void {
    let next = 0;
    let due = 0;
    let last = performance.now();
    this.beating ??= setInterval(() => {
      const now = performance.now();
      due += ((now - last) / HEARTBEAT) * this.connections.length;
      last = now;
      for (; due >= 1; due--) this.connections[next++ % this.connections.length].ping();
    }, TICK);
  }

  rest(): void {
    clearInterval(this.beating);
    this.beating = undefined;
  }

  close(): void {
    this.rest();
    for (const connection of this.connections) connection.close();
    this.connections.length = 0;
  }
}
