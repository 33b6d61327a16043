import { Journal } from './journal.js';
import type { Line } from './line.js';
import type { Tab } from './tab.js';

/** What the SDK rejects with. */
export class CallFailed extends Error {
  constructor(
    readonly method: string,
    readonly errCode: number,
    readonly errMsg: string,
  ) {
    super(`${method}: ${errCode} ${errMsg}`);
  }
}

/** How long `expect.poll` looks for what the client gets to in its own time. */
export const SOON = { timeout: 60_000, interval: 300 };

const CALL_MS = 90_000;

/** One user in a browser of his own: the unmodified client, everything it says, and every call it takes. */
export class Client {
  readonly journal: Journal;
  /** Of the last login. */
  platformID = 5;

  constructor(
    readonly userID: string,
    private readonly apiAddr: string,
    private readonly tab: Tab,
    private readonly left: (client: Client) => Promise<void>,
  ) {
    this.journal = new Journal(userID, () => tab.page.evaluate('0'));
    tab.hear = ({ name, data, errCode, errMsg }) =>
      this.journal.add(name, data ?? (errCode ? { errCode, errMsg } : undefined));
  }

  /** His line to the gateway. REST goes directly. */
  get line(): Line {
    return this.tab.line;
  }

  /** Loads the page anew, as after closing and opening the tab: the local database stays. */
  load(): Promise<void> {
    return this.tab.load();
  }

  async login(token: string, platformID = 5): Promise<void> {
    this.platformID = platformID;
    const wsAddr = `ws://127.0.0.1:${this.line.port}`;
    await this.call('login', { userID: this.userID, token, platformID, apiAddr: this.apiAddr, wsAddr, logLevel: 5 });
  }

  /** Calls the SDK; answers the data of its answer. @throws CallFailed */
  async call<T = any>(method: string, ...args: unknown[]): Promise<T> {
    const run = `(async () => {
      try { return { answer: await window.sdk[${JSON.stringify(method)}](...${JSON.stringify(args)}) }; }
      catch (error) { return { error: { errCode: error.errCode ?? -1, errMsg: error.errMsg ?? String(error) } }; }
    })()`;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new CallFailed(method, -1, `no answer in ${CALL_MS} ms`)), CALL_MS);
    });
    const outcome: any = await Promise.race([this.tab.page.evaluate(run), late]).finally(() => clearTimeout(timer));
    if (outcome.error) throw new CallFailed(method, outcome.error.errCode, outcome.error.errMsg);
    return outcome.answer?.data as T;
  }

  /** Runs a script in the page, where `sdk` is the SDK. */
  script<T>(text: string): Promise<T> {
    return this.tab.page.evaluate(text) as Promise<T>;
  }

  hears(...expected: Parameters<Journal['hears']>): Promise<void> {
    return this.journal.hears(...expected);
  }

  /** Creates and sends a message; answers it as the SDK resolves it. */
  async send(to: Receiver, create: string, ...args: unknown[]): Promise<any> {
    const message = await this.call(create, ...args);
    return this.call('sendMessage', { recvID: '', groupID: '', ...to, message });
  }

  text(to: Receiver, text: string): Promise<any> {
    return this.send(to, 'createTextMessage', text);
  }

  conversation(to: Receiver): Promise<any> {
    const [sessionType, sourceID] = 'groupID' in to ? [3, to.groupID] : [1, to.recvID];
    return this.call('getOneConversation', { sessionType, sourceID });
  }

  /** The messages of a conversation, oldest first, fetched page by page as when scrolling up. */
  async history(conversationID: string, pageSize = 20): Promise<any[]> {
    const found: any[] = [];
    for (let startClientMsgID = ''; ; startClientMsgID = found[0].clientMsgID) {
      const asked = { count: pageSize, startClientMsgID, conversationID, viewType: 0 };
      const { messageList, isEnd } = await this.call('getAdvancedHistoryMessageList', asked);
      found.unshift(...messageList);
      if (isEnd || messageList.length === 0) return found;
    }
  }

  /** Logs out and leaves the tab to somebody else. */
  close(): Promise<void> {
    return this.left(this);
  }
}

export type Receiver = { readonly recvID: string } | { readonly groupID: string };
