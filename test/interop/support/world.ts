import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, inject } from 'vitest';
import { describeCluster, describeOnEachDatabase, type FreshDatabase, freshDatabase } from '../../support/databases.js';
import { post } from '../../support/http.js';
import type { Answer, TestDatabase } from '../../support/im.js';
import { freePorts } from '../../support/ports.js';
import { type ServerProcess, startProcess } from '../../support/process.js';
import { Client } from './client.js';
import type { Build } from './sdk.js';

const SECRET = 'openIM123';
const ADMIN = 'openIM123456';

/** Runs the story on each database, when the SDK is installed (see global-setup.ts). */
export function withOfficialSdk(name: string, story: (database: TestDatabase) => void): void {
  const installed = inject('officialSdk');
  describe.runIf(installed)('with the official SDK', () => describeOnEachDatabase(name, story));
}

/** Runs the story where several servers can be on one database. */
export function onNodesWithOfficialSdk(name: string, story: (database: TestDatabase) => void): void {
  const installed = inject('officialSdk');
  describe.runIf(installed)('with the official SDK', () => describeCluster(name, story));
}

/** A server as a process of its own, its AppServer, and the users that are logged in. */
export class World {
  private readonly clients: Client[] = [];
  private adminToken: string;

  private constructor(
    private readonly database: FreshDatabase,
    private readonly env: Record<string, string>,
    private server: ServerProcess,
  ) {}

  /** Starts a server on a database and on ports of its own, which it keeps when it is started again. */
  static async start(database: TestDatabase, more: Record<string, string> = {}): Promise<World> {
    return World.on(await freshDatabase(database), more);
  }

  /** Another server on the same database, for which `more` has to be the same as for the first. It is closed before that one. */
  beside(more: Record<string, string>): Promise<World> {
    return World.on({ url: this.database.url, drop: async () => undefined }, more);
  }

  private static async on(fresh: FreshDatabase, more: Record<string, string>): Promise<World> {
    const [apiPort, wsPort] = await freePorts(2);
    const env = {
      DATABASE_URL: fresh.url,
      OBJECT_STORAGE: `file:${join(tmpdir(), `openim-objects-${randomUUID()}`)}`,
      API_PORT: String(apiPort),
      WS_PORT: String(wsPort),
      ...more,
    };
    const world = new World(fresh, env, await startProcess(env));
    await world.authorize();
    return world;
  }

  /** A call of the AppServer, as administrator, in one of the dialects. @throws Error when it is refused */
  v1(path: string, body: object): Promise<any> {
    return this.granted(post(this.api + path, { operationID: randomUUID(), ...body }, { token: this.adminToken }));
  }
  v2(path: string, body: object): Promise<any> {
    return this.granted(post(this.api + path, { operationID: randomUUID(), ...body }, { token: this.adminToken }));
  }
  v3(path: string, body: object): Promise<any> {
    return this.granted(post(this.api + path, body, { operationID: randomUUID(), token: this.adminToken }));
  }

  /** Registers users; the nickname is the ID with a capital. */
  async register(...userIDs: string[]): Promise<void> {
    const users = userIDs.map((userID) => ({ userID, nickname: nicknameOf(userID), faceURL: `http://face/${userID}` }));
    await this.v3('/user/user_register', { secret: SECRET, users });
  }

  /** A token for a user; the multi-login policy ends others by it. */
  async tokenFor(userID: string, platformID = 5): Promise<string> {
    return (await this.v3('/auth/get_user_token', { userID, platformID })).data.token;
  }

  /** Logs a user in on a device, and waits until he is synced and has nothing more to hear. */
  async login(userID: string, { platformID = 5, build }: { platformID?: number; build?: Build } = {}): Promise<Client> {
    const client = await this.connect(userID, await this.tokenFor(userID, platformID), { platformID, build });
    await client.event('OnSyncServerFinish');
    await client.rest();
    client.forget();
    return client;
  }

  /** Opens a connection with a token, whatever comes of it. */
  async connect(
    userID: string,
    token: string,
    { platformID = 5, build }: { platformID?: number; build?: Build } = {},
  ): Promise<Client> {
    const wsAddr = `ws://127.0.0.1:${this.env['WS_PORT']}`;
    const client = await Client.start({ userID, token, platformID, wsAddr, apiAddr: this.api }, build);
    this.clients.push(client);
    return client;
  }

  /** Registers users and logs them in. */
  async users(...userIDs: string[]): Promise<Client[]> {
    await this.register(...userIDs);
    return Promise.all(userIDs.map((userID) => this.login(userID)));
  }

  /** Ends the server without a warning. */
  async kill(): Promise<void> {
    await this.server.stop('SIGKILL');
  }

  /** Starts the server again, on the same ports and database. */
  async restart(): Promise<void> {
    this.server = await startProcess(this.env);
    await this.authorize();
  }

  async close(): Promise<void> {
    for (const client of this.clients) await client.close();
    await this.server.stop('SIGTERM');
    await this.database.drop();
    await rm(this.env['OBJECT_STORAGE'].slice('file:'.length), { recursive: true, force: true });
  }

  private get api(): string {
    return `http://127.0.0.1:${this.env['API_PORT']}`;
  }

  private async authorize(): Promise<void> {
    const asked = { secret: SECRET, platformID: 1, userID: ADMIN };
    this.adminToken = (await this.granted(post(`${this.api}/auth/user_token`, asked, { operationID: 'x' }))).data.token;
  }

  private async granted(asked: Promise<Answer>): Promise<any> {
    const { status, body, text } = await asked;
    if (status !== 200 || body?.errCode !== 0) throw new Error(text);
    return body;
  }
}

export function nicknameOf(userID: string): string {
  return userID.charAt(0).toUpperCase() + userID.slice(1);
}

/** The ID of the chat of two users. */
export function chatOf(a: string, b: string): string {
  return `si_${[a, b].sort().join('_')}`;
}
