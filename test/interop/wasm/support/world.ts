import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type FreshDatabase, freshDatabase } from '../../../support/databases.js';
import { post } from '../../../support/http.js';
import type { Answer, TestDatabase } from '../../../support/im.js';
import { freePorts } from '../../../support/ports.js';
import { type ServerProcess, startProcess } from '../../../support/process.js';
import { type Browser, launchBrowser } from './browser.js';
import { Client } from './client.js';
import { serveSite, type Site } from './site.js';
import { Tab } from './tab.js';

const ADMIN = 'openIM123456';
const SECRET = 'openIM123';

/** The server as `npm start` runs it, on a database of its own, and the browser clients that talk to it. */
export class World {
  private readonly present = new Set<Client>();
  private readonly past: Client[] = [];
  private readonly free: Tab[] = [];
  private server: ServerProcess;
  private running = false;
  private adminToken: string;

  private constructor(
    private readonly fresh: FreshDatabase,
    private readonly env: Record<string, string>,
    private readonly browser: Browser,
    private readonly site: Site,
    private readonly ports: { readonly api: number; readonly ws: number },
  ) {}

  static async create(database: TestDatabase, env: Record<string, string> = {}): Promise<World> {
    const [fresh, browser, site, [api, ws]] = await Promise.all([
      freshDatabase(database),
      launchBrowser(),
      serveSite(),
      freePorts(2),
    ]);
    const world = new World(fresh, env, browser, site, { api, ws });
    await world.start();
    return world;
  }

  get api(): string {
    return `http://127.0.0.1:${this.ports.api}`;
  }

  /** What the server has printed; errors too. */
  get output(): string {
    return this.server.output;
  }

  /** Starts the server, on the ports it had before. */
  async start(): Promise<void> {
    const ports = { API_PORT: String(this.ports.api), WS_PORT: String(this.ports.ws) };
    this.server = await startProcess({ DATABASE_URL: this.fresh.url, ...ports, ...this.env });
    this.running = true;
    this.adminToken = await this.tokenOf(ADMIN, 1);
  }

  /** Ends it at once, as a power cut does. */
  async kill(): Promise<void> {
    this.running = false;
    await this.server.stop('SIGKILL');
  }

  async tokenOf(userID: string, platformID = 5): Promise<string> {
    const { body, text } = await this.v3('/auth/user_token', { secret: SECRET, platformID, userID }, '');
    if (!body?.data?.token) throw new Error(`no token for ${userID}: ${text}`);
    return body.data.token;
  }

  /** A request as AppServer; with the administrator's token unless another is given. */
  v3(path: string, body: object, token = this.adminToken): Promise<Answer> {
    return post(this.api + path, body, { operationID: randomUUID(), ...(token ? { token } : {}) });
  }

  /** A request as AppServer in v1 or v2. */
  v1(path: string, body: object, token = this.adminToken): Promise<Answer> {
    return post(this.api + path, { operationID: randomUUID(), ...body }, { token });
  }

  /** As v3; the answer has to say that it went well. */
  async does(path: string, body: object, token = this.adminToken): Promise<any> {
    const { body: answer, text } = await this.v3(path, body, token);
    if (answer?.errCode !== 0) throw new Error(`${path}: ${text}`);
    return answer.data;
  }

  async register(...userIDs: string[]): Promise<void> {
    const users = userIDs.map((userID) => ({ userID, nickname: userID, faceURL: '' }));
    await this.does('/user/user_register', { users });
  }

  /** A client for a user, not logged in yet, in a tab nobody uses. A second one for the same user is another device of his. */
  async open(userID: string): Promise<Client> {
    const tab = this.free.pop() ?? (await Tab.open(this.browser, this.site.url, this.ports.ws));
    const client = new Client(userID, this.api, tab, async () => {
      this.present.delete(client);
      // Who was kicked or never came in has nothing to log out of, and his core may be in any state.
      const well = await client.call('logout').then(
        () => true,
        () => false,
      );
      tab.hear = () => {};
      tab.line.goUp();
      await (well && client.platformID === 5 ? this.free.push(tab) : tab.close());
    });
    this.present.add(client);
    this.past.push(client);
    return client;
  }

  /** Closes all clients that are open; none may have heard a message twice or out of order. */
  async leave(): Promise<void> {
    for (const client of this.present) await client.close();
    for (const { journal } of this.past.splice(0)) journal.expectOnceAndInOrder();
  }

  /** Registers users and logs each in, in a browser of his own; answers when all have synchronised. */
  async enter(...userIDs: string[]): Promise<Client[]> {
    await this.register(...userIDs);
    const clients: Client[] = [];
    for (const userID of userIDs) {
      const client = await this.open(userID);
      await client.login(await this.tokenOf(userID));
      await client.journal.waitFor('OnSyncServerFinish');
      clients.push(client);
    }
    for (const { journal } of clients) journal.forget();
    return clients;
  }

  /** Lets what the clients have said be over, and waits out what they are about to say. */
  async forget(): Promise<void> {
    await sleep(3_000);
    for (const { journal } of this.present) journal.forget();
  }

  async close(): Promise<void> {
    await Promise.all(this.free.map((tab) => tab.close()));
    await this.browser.close();
    await Promise.all([this.site.close(), this.running && this.kill()]);
    await this.fresh.drop();
  }
}
