import { type FreshDatabase, freshDatabase } from './databases.js';
import type { Im, TestDatabase } from './im.js';
import { RedisServer } from './redis.js';
import { startImOn } from './server.js';
import { SocketClient } from './socket.js';

/** Several nodes of one server, in this process, on one database and one Redis. */
export class Cluster {
  private readonly clients: SocketClient[] = [];

  private constructor(
    readonly nodes: Im[],
    readonly redis: RedisServer,
    private readonly fresh: FreshDatabase,
  ) {}

  /** @param env of a node, by its place */
  static async start(
    database: TestDatabase,
    count: number,
    env: (place: number) => Record<string, string> = () => ({}),
  ): Promise<Cluster> {
    const [fresh, redis] = await Promise.all([freshDatabase(database), RedisServer.start()]);
    const cluster = new Cluster([], redis, fresh);
    for (let place = 0; place < count; place += 1) await cluster.add(env(place));
    return cluster;
  }

  async add(env: Record<string, string> = {}): Promise<Im> {
    const node = await startImOn(this.fresh.url, { REDIS_URL: this.redis.url, ...env });
    this.nodes.push(node);
    return node;
  }

  /** A token of a user, as `get_user_token` gives it: it ends others by the multi-login policy. */
  async login(node: Im, userID: string, platformID = 1): Promise<string> {
    const { body } = await node.v3('/auth/get_user_token', { platformID, userID }, await node.adminToken());
    return body.data.token;
  }

  /** A client of a user on a node. */
  async connect(node: Im, userID: string, platformID = 1): Promise<SocketClient> {
    return this.connectWith(node, userID, await this.login(node, userID, platformID), platformID);
  }

  async connectWith(node: Im, userID: string, token: string, platformID = 1): Promise<SocketClient> {
    const client = await SocketClient.connect(node.url, userID, token, { platformID });
    this.clients.push(client);
    return client;
  }

  /** The platforms a user is on, as a node tells. */
  async platformsOf(node: Im, userID: string): Promise<number[]> {
    const { body } = await node.v3('/user/get_users_online_status', { userIDs: [userID] }, await node.adminToken());
    const platforms: { platformID: number }[] = body.data[0].detailPlatformStatus ?? [];
    return platforms.map(({ platformID }) => platformID).sort((a, b) => a - b);
  }

  async close(): Promise<void> {
    await Promise.all(this.clients.map(async (client) => client.closed ?? (await client.close())));

    await Promise.all(this.nodes.map((node) => node.close()));
    await this.redis.close();
    await this.fresh.drop();
  }
}
