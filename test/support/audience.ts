import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { systemActor } from '../../src/core/actor.js';
import { MessagesService } from '../../src/messaging/messages.service.js';
import type { Im } from './im.js';
import { type Pushed, SocketClient, type SocketOptions } from './socket.js';

/** Milliseconds between signs of life: who gives none for 30 s is cut off. */
const HEARTBEAT_MS = 8_000;

/** The older call has no tokens for it. */
const HARMONY = 11;

/** A content type of nobody else's: what was said before it has arrived. */
const MARKER = 1999;

/** Users on sockets, and what each of them hears of a call. */
export class Audience {
  private readonly tokens = new Map<string, string>();
  private readonly clients: SocketClient[] = [];
  /** Pushes of each client that were told of already. */
  private readonly told = new Map<SocketClient, number>();
  private markers = 0;

  private constructor(readonly im: Im) {}

  /** Registers users and connects each on platform 1, every second one as the Go core does. */
  static async begin(im: Im, ...userIDs: string[]): Promise<Audience> {
    const audience = new Audience(im);
    await im.register(...userIDs);
    audience.tokens.set('admin', await im.adminToken());
    const codec = (index: number) => (index % 2 === 0 ? 'json' : 'gob');
    const clients = await Promise.all(userIDs.map((userID, index) => audience.open(userID, { codec: codec(index) })));
    // In the order of the call, whoever was there first: what is heard is told of in this order.
    audience.clients.push(...clients);
    return audience;
  }

  /** One more client of a user. */
  async connect(userID: string, options: SocketOptions = {}): Promise<SocketClient> {
    const client = await this.open(userID, options);
    this.clients.push(client);
    return client;
  }

  private async open(userID: string, options: SocketOptions): Promise<SocketClient> {
    const token = await this.tokenOf(userID, options.platformID);
    const client = await SocketClient.connect(this.im.url, userID, token, options);
    const heartbeat = setInterval(() => client.socket.ping(), HEARTBEAT_MS).unref();
    client.socket.once('close', () => clearInterval(heartbeat));
    return client;
  }

  /** The first client of a user. */
  of(userID: string): SocketClient {
    return this.clients.find((client) => client.userID === userID && !client.closed) as SocketClient;
  }

  /** A token that stays: each new one would end those before it. */
  async tokenOf(userID: string, platformID = 1): Promise<string> {
    const key = userID === 'admin' ? userID : `${userID}\0${platformID}`;
    const known = this.tokens.get(key);
    if (known) return known;
    const { body } =
      platformID === HARMONY
        ? await this.im.v3('/auth/get_user_token', { platformID, userID }, await this.tokenOf('admin'))
        : await this.im.v3('/auth/user_token', { secret: 'openIM123', platformID, userID });
    this.tokens.set(key, body.data.token);
    return body.data.token;
  }

  /** A successful call in v3, by the user's client on platform 1; `admin` is an administrator. */
  async as(who: string, path: string, body: object, operationID: string = randomUUID()): Promise<any> {
    const answer = await this.im.post(path, body, { operationID, token: await this.tokenOf(who) });
    expect(answer.body, `${path}: ${answer.text}`).toMatchObject({ errCode: 0 });
    return answer.body.data;
  }

  /** A successful call by the administrator in v1 or v2. */
  async legacy(dialect: 'v1' | 'v2', path: string, body: object, operationID: string = randomUUID()): Promise<any> {
    const answer = await this.im[dialect](path, { operationID, ...body }, await this.tokenOf('admin'));
    expect(answer.body, `${path}: ${answer.text}`).toMatchObject({ errCode: 0 });
    return answer.body.data;
  }

  /** Waits until all that was said has arrived: what each client was pushed since the last time, in order. */
  async settle(): Promise<Map<SocketClient, Pushed[]>> {
    const content = JSON.stringify({ marker: (this.markers += 1) });
    const open = this.clients.filter(({ closed }) => !closed);
    for (const recvID of new Set(open.map(({ userID }) => userID))) {
      const order = { sendID: 'marker', recvID, sessionType: 1, contentType: MARKER, content };
      await this.im.get(MessagesService).send(systemActor(), { ...order, options: { history: false } });
    }
    const heard = new Map<SocketClient, Pushed[]>();
    for (const client of open) {
      await client.pushOf(MARKER, (one) => one.content.marker === this.markers);
      const all = client.pushed;
      heard.set(
        client,
        all.slice(this.told.get(client) ?? 0).filter(({ contentType }) => contentType !== MARKER),
      );
      this.told.set(client, all.length);
    }
    return heard;
  }

  /** As `settle`, by user: what his clients heard, which must be the same for all of them. Who heard nothing is left out. */
  async heard(): Promise<Record<string, Pushed[]>> {
    const byUser: Record<string, Pushed[]> = {};
    for (const [{ userID }, pushed] of await this.settle()) {
      if (byUser[userID]) expect(brief(pushed), userID).toEqual(brief(byUser[userID]));
      else byUser[userID] = pushed;
    }
    return Object.fromEntries(Object.entries(byUser).filter(([, pushed]) => pushed.length > 0));
  }

  async close(): Promise<void> {
    await Promise.all(this.clients.map(async (client) => client.closed ?? (await client.close())));
  }
}

/** Content types in order; `+` before what stands in a chat. */
export function brief(pushed: readonly Pushed[]): string {
  return pushed
    .map(({ contentType, conversationID }) => `${conversationID.startsWith('n_') ? '' : '+'}${contentType}`)
    .join(' ');
}

/** What everybody heard, in brief. */
export function inBrief(heard: Record<string, Pushed[]>): Record<string, string> {
  return Object.fromEntries(Object.entries(heard).map(([userID, pushed]) => [userID, brief(pushed)]));
}
