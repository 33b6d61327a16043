import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** Ports the system gives to nobody by itself: what is refused for a while must not be somebody else's meanwhile. */
const LOWEST_PORT = 20_000;
const PORTS = 10_000;

/** Two ends of one connection. */
interface Pair {
  client: Socket;
  database: Socket;
}

/** The way between the server and its database, which can be cut, closed and stopped up. */
export class DatabaseProxy {
  private readonly pairs = new Set<Pair>();
  /** Clients that knocked while nothing passed. */
  private waiting: Socket[] = [];
  private stalled = false;
  private fatal: { statement: string; done: () => void } | undefined;
  private server: Server;

  private constructor(
    private readonly database: URL,
    private readonly port: number,
  ) {
    this.server = this.listener();
  }

  /** @param url of a database; {@link DatabaseProxy.url} is the same one by this way */
  static async before(url: string): Promise<DatabaseProxy> {
    for (;;) {
      const proxy = new DatabaseProxy(new URL(url), LOWEST_PORT + Math.floor(Math.random() * PORTS));
      try {
        await proxy.listen();
        return proxy;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
      }
    }
  }

  get url(): string {
    const url = new URL(this.database);
    url.host = `127.0.0.1:${this.port}`;
    return url.href;
  }

  /** How many connections there are. */
  get connections(): number {
    return this.pairs.size;
  }

  /** Resets every connection, whatever is on its way. */
  cut(): void {
    for (const { client, database } of this.pairs) {
      client.resetAndDestroy();
      database.resetAndDestroy();
    }
    for (const client of this.waiting.splice(0)) client.resetAndDestroy();
  }

  /** Cuts every connection, and lets nobody connect. */
  async refuse(): Promise<void> {
    this.server.close();
    this.cut();
    await once(this.server, 'close');
  }

  /** Passes nothing on any more: connections stay, and new ones come about, but nobody answers. */
  stall(): void {
    this.stalled = true;
    for (const pair of this.pairs) hold(pair);
  }

  /** Everything passes again. */
  async open(): Promise<void> {
    this.stalled = false;
    for (const pair of this.pairs) pass(pair);
    for (const client of this.waiting.splice(0)) this.connect(client);
    if (!this.server.listening) await this.listen();
  }

  /** Cuts the connection on which this statement comes next, once the database has answered it. */
  loseAnswerTo(statement: string): Promise<void> {
    return new Promise((done) => (this.fatal = { statement, done }));
  }

  async close(): Promise<void> {
    if (this.server.listening) await this.refuse();
    else this.cut();
  }

  private listener(): Server {
    return createServer((client) => {
      client.on('error', () => undefined);
      if (this.stalled) this.waiting.push(client);
      else this.connect(client);
    });
  }

  private async listen(): Promise<void> {
    this.server = this.listener();
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
  }

  private connect(client: Socket): void {
    const database = connect(Number(this.database.port || 3306), this.database.hostname);
    const pair: Pair = { client, database };
    this.pairs.add(pair);
    const end = (): void => {
      this.pairs.delete(pair);
      client.destroy();
      database.destroy();
    };
    database.on('error', end).on('close', end);
    client.on('error', end).on('close', end);
    client.on('data', (chunk: Buffer) => {
      if (this.fatal && chunk.toString('latin1').endsWith(this.fatal.statement)) this.loseNext(pair);
    });
    pass(pair);
  }

  private loseNext({ client, database }: Pair): void {
    const { done } = this.fatal as { done: () => void };
    this.fatal = undefined;
    database.unpipe(client);
    database.once('data', () => {
      client.resetAndDestroy();
      done();
    });
    database.resume();
  }
}

function hold({ client, database }: Pair): void {
  client.unpipe(database).pause();
  database.unpipe(client).pause();
}

function pass({ client, database }: Pair): void {
  client.pipe(database);
  database.pipe(client);
}
