import { WebSocket } from 'ws';
import type { Codec, CodecName } from './codec.js';
import { gobCodec } from './gob-codec.js';
import { jsonCodec } from './json-codec.js';

/** Who connects, and how he speaks. */
export interface Login {
  readonly userID: string;
  readonly token: string;
  readonly codec: CodecName;
}

const PING = '{"type":"ping"}';

/** Connections of one source address: the ephemeral ports of Linux are 28,232 by default. */
const PER_ADDRESS = 20_000;

/** One client. It does no more than it must: ten thousand of them share a process. */
export class Connection {
  readonly codec: Codec;
  /** Called with every binary frame, as it came. */
  onFrame: ((connection: Connection, frame: Buffer) => void) | undefined;
  /** Called when the connection ends without having been asked to, or is refused. */
  onLost: ((reason: string) => void) | undefined;
  private socket: WebSocket | undefined;

  constructor(
    readonly index: number,
    readonly login: Login,
  ) {
    this.codec = login.codec === 'json' ? jsonCodec : gobCodec;
  }

  get userID(): string {
    return this.login.userID;
  }

  /** @throws Error when the server refuses */
  open(port: number): Promise<void> {
    const { userID, token } = this.login;
    const { platformID, query } = this.codec;
    const keys = `sendID=${userID}&token=${token}&platformID=${platformID}&operationID=open_${userID}&${query}`;
    const address = Math.floor(this.index / PER_ADDRESS);
    const socket = new WebSocket(`ws://127.0.0.1:${port}/?${keys}`, {
      perMessageDeflate: false,
      skipUTF8Validation: true,
      ...(address === 0 ? {} : { localAddress: `127.0.0.${1 + address}` }),
    });
    this.socket = socket;
    return new Promise((resolve, reject) => {
      socket.once('open', resolve);
      socket.on('error', reject);
      socket.on('close', () => {
        reject(new Error('closed'));
        if (this.socket) this.onLost?.('closed by the server');
      });
      socket.on('message', (data: Buffer, isBinary: boolean) => {
        if (isBinary) this.onFrame?.(this, data);
        else if (data.includes('"errCode":') && !data.includes('"errCode":0')) this.onLost?.(data.toString());
      });
    });
  }

  /** Sends one request. */
  request(reqIdentifier: number, operationID: string, msgIncr: string, data: Uint8Array): void {
    this.send(this.codec.encode({ reqIdentifier, sendID: this.userID, operationID, msgIncr, data }));
  }

  /** Sends an encoded request. */
  send(frame: Buffer): void {
    this.socket?.send(frame);
  }

  /** The text heartbeat, without which a server drops the connection after 30 s. */
  ping(): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(PING);
  }

  close(): void {
    const { socket } = this;
    this.socket = undefined;
    socket?.terminate();
  }
}
