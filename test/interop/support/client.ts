import { type Build, cutConnectionOf, newSdk, type Sdk, type SdkEvent } from './sdk.js';

/** Where a client finds the server, and who it is. */
export interface Account {
  userID: string;
  token: string;
  platformID: number;
  apiAddr: string;
  wsAddr: string;
}

type Where = (data: any) => boolean;

/**
 * How long nobody may hear anything before a story looks at all that was heard: as long as the last login took, which tells
 * how busy the machine is, within these bounds.
 */
const QUIET_MS = { least: 300, most: 3_000 };
const PATIENCE_MS = 20_000;
const SILENT = 5;

let quietMs = QUIET_MS.least;

/** One user on one device: the SDK, and everything it told, in order. */
export class Client {
  private heard: SdkEvent[] = [];
  private lastAt = Date.now();
  private isNew = true;

  private constructor(
    readonly sdk: Sdk,
    readonly account: Account,
  ) {}

  /** Starts to log in; `synced` tells when it is done. */
  static async start(account: Account, build?: Build): Promise<Client> {
    const { sdk, events } = await newSdk(build);
    const client = new Client(sdk, account);
    const began = Date.now();
    sdk.on('OnSyncServerFinish', () => {
      if (client.isNew) quietMs = Math.min(QUIET_MS.most, Math.max(QUIET_MS.least, Date.now() - began));
      client.isNew = false;
    });
    for (const name of events) {
      sdk.on(name, (event) => {
        client.heard.push(event);
        client.lastAt = Date.now();
      });
    }
    await client.login();
    return client;
  }

  get userID(): string {
    return this.account.userID;
  }

  async login(): Promise<void> {
    await this.sdk['login']({ ...this.account, logLevel: SILENT });
  }

  /** The data a method of the SDK answers. @throws Error with what the SDK rejected with */
  async call(method: string, ...args: unknown[]): Promise<any> {
    try {
      return (await this.sdk[method](...args)).data;
    } catch (refused) {
      const { errCode, errMsg } = refused as SdkEvent;
      throw Object.assign(new Error(`${this.userID} ${method}: ${errCode} ${errMsg}`), { errCode, errMsg });
    }
  }

  /** The names of everything heard since `forget`, in order. */
  names(...only: string[]): string[] {
    return this.heard.map(({ event }) => event).filter((name) => only.length === 0 || only.includes(name));
  }

  /** Everything heard since `forget` that tells of an error, in order. */
  errors(): [event: string, errCode: number][] {
    return this.heard.flatMap(({ event, errCode }) => (errCode ? [[event, errCode]] : []));
  }

  /** The data of all such events since `forget`, in order. */
  all(name: string): any[] {
    return this.heard.filter(({ event }) => event === name).map(({ data }) => data);
  }

  /** All messages announced since `forget`, in order. */
  messages(): any[] {
    return this.all('OnRecvNewMessages').flat();
  }

  /** The data of the first such event since `forget`, as soon as there is one. */
  async event(name: string, where: Where = () => true): Promise<any> {
    return this.until(
      () => this.heard.find(({ event, data }) => event === name && where(data)),
      () => `${this.userID} waited for ${name}`,
    ).then(({ data }) => data);
  }

  /** The data of the only such event since `forget`. @throws Error when there is none, or another one after it */
  async once(name: string, where: Where = () => true): Promise<any> {
    const data = await this.event(name, where);
    await quiet(this);
    const found = this.all(name).filter(where);
    if (found.length !== 1) throw new Error(`${this.userID} heard ${found.length} times of ${name}: ${json(found)}`);
    return data;
  }

  /** The only message announced since `forget` with this text. */
  async text(text: string): Promise<any> {
    const has = (message: any): boolean => message.textElem?.content === text;
    const messages = await this.once('OnRecvNewMessages', (all) => all.some(has));
    return messages.find(has);
  }

  /** @throws Error when such an event comes, or came since `forget` */
  async never(name: string, where: Where = () => true): Promise<void> {
    await quiet(this);
    const found = this.all(name).filter(where);
    if (found.length > 0) throw new Error(`${this.userID} heard ${name}: ${json(found)}`);
  }

  /** Resolves when nothing was heard for a while. */
  async rest(): Promise<void> {
    const from = Date.now();
    await this.until(
      () => Date.now() - Math.max(from, this.lastAt) > quietMs,
      () => `${this.userID} is never quiet`,
    );
  }

  /** Starts a new page: what was heard so far counts no more. */
  forget(): void {
    this.heard = [];
  }

  /** The network fails; the SDK will come back by itself. */
  cut(): void {
    cutConnectionOf(this.userID);
  }

  /** Logs out when it is logged in. */
  async close(): Promise<void> {
    await this.sdk['logout']().catch(() => undefined);
  }

  private async until<T>(look: () => T | undefined | false, what: () => string): Promise<T> {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const found = look();
      if (found) return found;
      if (Date.now() > deadline) throw new Error(`${what()}; heard ${json(this.heard)}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}

/** Resolves when nobody of them heard anything for a while. */
export async function quiet(...clients: Client[]): Promise<void> {
  await Promise.all(clients.map((client) => client.rest()));
}

/** All of them start a new page, after what is on its way has come. */
export async function newPage(...clients: Client[]): Promise<void> {
  await quiet(...clients);
  for (const client of clients) client.forget();
}

function json(value: unknown): string {
  return JSON.stringify(value)?.slice(0, 4_000);
}

/** Sends texts to a user or a group, one after the other. Answers them as sent. */
export async function say(
  client: Client,
  { to = '', groupID = '' }: { to?: string; groupID?: string },
  ...texts: string[]
): Promise<any[]> {
  const sent: any[] = [];
  for (const text of texts) {
    const message = await client.call('createTextMessage', text);
    sent.push(await client.call('sendMessage', { recvID: to, groupID, message }));
  }
  return sent;
}

/** All that a client finds in a conversation, oldest first, read in pages. */
export async function historyOf(client: Client, conversationID: string, count = 20): Promise<any[]> {
  const found: any[] = [];
  for (let startClientMsgID = ''; ; startClientMsgID = found[0].clientMsgID) {
    const page = await client.call('getAdvancedHistoryMessageList', { conversationID, startClientMsgID, count });
    found.unshift(...page.messageList);
    if (page.isEnd || page.messageList.length === 0) return found;
  }
}
