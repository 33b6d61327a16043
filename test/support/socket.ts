import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { request } from 'node:http';
import { gunzipSync, gzipSync } from 'node:zlib';
import { WebSocket } from 'ws';
import { protobufType } from '../../src/protobuf/protobuf.js';
import { readGob, writeGob } from './gob.js';

/** A frame from the server; `data` as bytes. */
export interface ServerFrame {
  reqIdentifier: number;
  msgIncr: string;
  operationID: string;
  errCode: number;
  errMsg: string;
  data: Buffer;
  /** performance.now() of its arrival. */
  at: number;
}

/** A message somebody was pushed. */
export interface Pushed {
  /** `n_…`: a notification. */
  conversationID: string;
  operationID: string;
  contentType: number;
  sendID: string;
  seq: number;
  clientMsgID: string;
  /** Parsed. */
  content: any;
  /** Of a notification: the tips, parsed. */
  detail: any;
  message: any;
}

export interface SocketOptions {
  /** Default 1. */
  platformID?: number;
  /** Default JSON, as the JavaScript client. `gob` comes with gzip, as from the Go core. */
  codec?: 'json' | 'gob';
  compression?: '' | 'gzip';
  isBackground?: string;
  isMsgResp?: string;
  operationID?: string;
  sendID?: string;
  /** False: answers no control ping. */
  autoPong?: boolean;
}

const NAMES: Readonly<Record<number, [request: string, response: string]>> = {
  1001: ['GetMaxSeqReq', 'GetMaxSeqResp'],
  1002: ['PullMessageBySeqsReq', 'PullMessageBySeqsResp'],
  1003: ['MsgData', 'SendMsgResp'],
  1004: ['MsgData', 'SendMsgResp'],
  1005: ['GetSeqMessageReq', 'GetSeqMessageResp'],
  1006: ['GetConversationsHasReadAndMaxSeqReq', 'GetConversationsHasReadAndMaxSeqResp'],
  1007: ['GetLastMessageReq', 'GetLastMessageResp'],
  2003: ['DelUserPushTokenReq', 'DelUserPushTokenResp'],
  2004: ['SetAppBackgroundStatusReq', 'SetAppBackgroundStatusResp'],
  2005: ['SubUserOnlineStatus', 'SubUserOnlineStatusTips'],
};

/** The address of a handshake, as clients write it. */
export function gatewayUrl(base: string, userID: string, token: string, options: SocketOptions = {}): string {
  const { platformID = 1, codec = 'json', isBackground = 'false', isMsgResp = 'true', operationID = 'hello' } = options;
  const compression = options.compression ?? (codec === 'gob' ? 'gzip' : '');
  const query = new URLSearchParams({
    sendID: options.sendID ?? userID,
    token,
    platformID: String(platformID),
    operationID,
    ...(isBackground === '-' ? {} : { isBackground }),
    ...(isMsgResp ? { isMsgResp } : {}),
    ...(compression ? { compression } : {}),
    ...(codec === 'json' ? { sdkType: 'js' } : {}),
  });
  return `${base.replace(/^http/, 'ws')}/msg_gateway?${query}`;
}

/** What an upgrade that is refused over HTTP is answered. */
export function refusal(url: string): Promise<{ status: number; type: string; body: any }> {
  return new Promise((resolve, reject) => {
    const asked = request(url.replace(/^ws/, 'http'), {
      headers: {
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': Buffer.from(randomUUID()).subarray(0, 16).toString('base64'),
      },
    });
    asked.on('error', reject);
    asked.on('upgrade', (_, socket) => {
      socket.destroy();
      reject(new Error('it was let in'));
    });
    asked.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('end', () => {
        const type = response.headers['content-type'] ?? '';
        resolve({ status: response.statusCode ?? 0, type, body: text ? JSON.parse(text) : undefined });
      });
    });
    asked.end();
  });
}

/** One client on a socket, that keeps everything it hears. */
export class SocketClient {
  /** Text frames, the outcome of the handshake first. */
  readonly texts: string[] = [];
  /** Binary frames that answer nothing. */
  readonly pushes: ServerFrame[] = [];
  /** Every binary frame, in order. */
  readonly frames: ServerFrame[] = [];
  closed: { code: number } | undefined;
  private readonly waiting = new Map<string, { answer: (frame: ServerFrame) => void; fail: (error: Error) => void }>();
  private counter = 0;

  private constructor(
    readonly socket: WebSocket,
    readonly userID: string,
    private readonly form: Required<Pick<SocketOptions, 'codec' | 'compression'>>,
  ) {
    socket.on('message', (data: Buffer, isBinary) => {
      if (!isBinary) this.texts.push(data.toString());
      else this.hear(data);
    });
    socket.on('close', (code) => {
      this.closed = { code };
      for (const { fail } of this.waiting.values()) fail(new Error('no answer: the connection was closed'));
    });
    socket.on('error', () => undefined);
    // Each request waits for the end of the connection too.
    socket.setMaxListeners(0);
  }

  /** Connects and waits until the server says it is in. */
  static async connect(
    base: string,
    userID: string,
    token: string,
    options: SocketOptions = {},
  ): Promise<SocketClient> {
    const { codec = 'json', autoPong = true } = options;
    const socket = new WebSocket(gatewayUrl(base, userID, token, options), { perMessageDeflate: false, autoPong });
    const client = new SocketClient(socket, userID, {
      codec,
      compression: options.compression ?? (codec === 'gob' ? 'gzip' : ''),
    });
    await once(socket, 'open');
    if (options.isMsgResp !== '') await client.until(() => client.texts.length > 0);
    return client;
  }

  /** The outcome of the handshake. */
  get outcome(): any {
    return JSON.parse(this.texts[0]);
  }

  /** Asks, and waits for the answer. Bytes are sent as they are. */
  async ask(reqIdentifier: number, message: object, more: { operationID?: string } = {}): Promise<ServerFrame> {
    if (this.closed) throw new Error(`nobody to ask ${reqIdentifier}: the connection was closed`);
    const msgIncr = `${this.userID}_${(this.counter += 1)}`;
    const answered = new Promise<ServerFrame>((answer, fail) => this.waiting.set(msgIncr, { answer, fail }));
    const data = message instanceof Uint8Array ? message : protobufType(NAMES[reqIdentifier][0]).encode(message);
    this.sendFrame({ reqIdentifier, msgIncr, data, ...more });
    return answered;
  }

  /** As `ask`; the decoded answer, which must be a success. */
  async get(reqIdentifier: number, message: object, more: { operationID?: string } = {}): Promise<any> {
    const frame = await this.ask(reqIdentifier, message, more);
    if (frame.errCode !== 0) throw new Error(`${reqIdentifier}: ${frame.errCode} ${frame.errMsg}`);
    return protobufType(NAMES[reqIdentifier][1]).decode(frame.data);
  }

  /** Sends a text message (or what `more` makes of it). */
  say(
    to: { recvID: string } | { groupID: string },
    text: string,
    more: object = {},
    asking: { operationID?: string } = {},
  ): Promise<ServerFrame> {
    return this.ask(1003, this.textMessage(to, text, more), asking);
  }

  textMessage(to: { recvID: string } | { groupID: string }, text: string, more: object = {}): object {
    return {
      sendID: this.userID,
      ...to,
      clientMsgID: randomUUID().replaceAll('-', ''),
      senderPlatformID: 1,
      sessionType: 'groupID' in to ? 3 : 1,
      msgFrom: 100,
      contentType: 101,
      content: Buffer.from(JSON.stringify({ content: text })).toString('base64'),
      createTime: Date.now(),
      status: 1,
      ...more,
    };
  }

  /** A frame as it is given; what is missing is what a client would send. */
  sendFrame(frame: {
    reqIdentifier: number;
    sendID?: string;
    operationID?: string;
    msgIncr?: string;
    data?: Uint8Array;
  }): void {
    const {
      reqIdentifier,
      sendID = this.userID,
      operationID = 'operation',
      msgIncr = '',
      data = new Uint8Array(),
    } = frame;
    const bytes =
      this.form.codec === 'json'
        ? Buffer.from(
            JSON.stringify({ reqIdentifier, sendID, operationID, msgIncr, data: Buffer.from(data).toString('base64') }),
          )
        : writeGob('GeneralWsReq', {
            ReqIdentifier: reqIdentifier,
            Token: '',
            SendID: sendID,
            OperationID: operationID,
            MsgIncr: msgIncr,
            Data: data,
          });
    this.socket.send(this.form.compression ? gzipSync(bytes) : bytes);
  }

  /** The messages pushed so far, in order. */
  get pushed(): Pushed[] {
    return this.pushes.filter(({ reqIdentifier }) => reqIdentifier === 2001).flatMap(pushedIn);
  }

  /** Texts of the chat messages pushed so far. */
  get heard(): string[] {
    return this.pushed.filter(({ contentType }) => contentType === 101).map(({ content }) => content.content);
  }

  /** The first push of this content type; waits for it. */
  async pushOf(contentType: number, where: (pushed: Pushed) => boolean = () => true): Promise<Pushed> {
    const find = (): Pushed | undefined => this.pushed.find((one) => one.contentType === contentType && where(one));
    await this.until(() => find() !== undefined, `a push of ${contentType}`);
    return find() as Pushed;
  }

  /** What 2005 said so far, in order. */
  get statuses(): { userID: string; onlinePlatformIDs?: number[] }[] {
    return this.pushes
      .filter(({ reqIdentifier }) => reqIdentifier === 2005)
      .flatMap(({ data }) => (protobufType('SubUserOnlineStatusTips').decode(data) as any).subscribers ?? []);
  }

  /** Waits until something is so. */
  async until(condition: () => boolean, what = 'what was waited for'): Promise<void> {
    const limit = Date.now() + 45_000;
    while (!condition()) {
      if (Date.now() > limit) throw new Error(`${this.userID} never saw ${what}`);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }

  /** Waits for the end of the connection. */
  async ended(): Promise<{ code: number }> {
    await this.until(() => this.closed !== undefined, 'the end of the connection');
    return this.closed as { code: number };
  }

  async close(): Promise<void> {
    this.socket.close();
    await this.ended();
  }

  private hear(data: Buffer): void {
    const frame = this.read(this.form.compression ? gunzipSync(data) : data);
    this.frames.push(frame);
    const asked = this.waiting.get(frame.msgIncr);
    if (!asked) this.pushes.push(frame);
    else {
      this.waiting.delete(frame.msgIncr);
      asked.answer(frame);
    }
  }

  private read(bytes: Buffer): ServerFrame {
    const at = performance.now();
    if (this.form.codec === 'json') {
      const frame = JSON.parse(bytes.toString());
      return { ...frame, data: Buffer.from(frame.data ?? '', 'base64'), at };
    }
    const {
      ReqIdentifier,
      MsgIncr = '',
      OperationID = '',
      ErrCode = 0,
      ErrMsg = '',
      Data = '',
    } = readGob(bytes) as any;
    return {
      reqIdentifier: ReqIdentifier,
      msgIncr: MsgIncr,
      operationID: OperationID,
      errCode: ErrCode,
      errMsg: ErrMsg,
      data: Buffer.from(Data),
      at,
    };
  }
}

/** Each push is read once, however often it is looked at. */
const readPushes = new WeakMap<ServerFrame, Pushed[]>();

function pushedIn(frame: ServerFrame): Pushed[] {
  const known = readPushes.get(frame) ?? readPush(frame);
  readPushes.set(frame, known);
  return known;
}

function readPush({ data, operationID }: ServerFrame): Pushed[] {
  const { msgs = {}, notificationMsgs = {} } = protobufType('PushMessages').decode(data);
  return [...Object.entries<any>(msgs), ...Object.entries<any>(notificationMsgs)].flatMap(
    ([conversationID, { Msgs }]) =>
      Msgs.map((message: any): Pushed => {
        const content = JSON.parse(Buffer.from(message.content ?? '', 'base64').toString() || 'null');
        return {
          conversationID,
          operationID,
          contentType: message.contentType,
          sendID: message.sendID ?? '',
          seq: message.seq ?? 0,
          clientMsgID: message.clientMsgID,
          content,
          detail: typeof content?.detail === 'string' ? JSON.parse(content.detail) : undefined,
          message,
        };
      }),
  );
}
