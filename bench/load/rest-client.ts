import { connect, type Socket } from 'node:net';
import { EncodedRequest, FIRST_NUMBER, type RestRequest } from '../client/rest-request.js';
import { AnswerReader, type Verdict } from './answer-reader.js';

/** Hands out numbers for requests, each once until they begin again. */
export class Numbers {
  private given = 0;

  /** @param among how many there are before they begin again */
  next(among: number): number {
    return FIRST_NUMBER + (this.given++ % among);
  }
}

/**
 * One keep-alive connection with one request under way at a time. Not `node:http`, whose client takes about as long for a
 * request as the bare server does: what is measured would be the load.
 */
export class RestClient {
  /** Called with every answer. A connection that ends while one is under way answers that. */
  onAnswer: ((client: RestClient, verdict: Verdict) => void) | undefined;
  /** When the request under way was due. */
  dueAt = 0;
  private readonly requests: readonly EncodedRequest[];
  private readonly reader = new AnswerReader();
  private next = 0;
  private waiting = false;
  private socket: Socket | undefined;

  /** @param requests sent one after the other, and from the first again */
  constructor(
    requests: readonly RestRequest[],
    private readonly numbers: Numbers,
    private readonly among: number,
  ) {
    // Of its own: bytes that are being sent must not get the number of another request.
    this.requests = requests.map((request) => new EncodedRequest(request));
  }

  /** @throws Error when nobody listens */
  open(port: number): Promise<void> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.socket = socket;
    return new Promise((resolve, reject) => {
      socket.once('connect', resolve);
      socket.on('error', reject);
      socket.on('close', () => {
        if (this.waiting) this.answered({ bad: 'the connection ended' });
      });
      socket.on('data', (chunk) => {
        const verdict = this.reader.read(chunk);
        if (verdict) this.answered(verdict);
      });
    });
  }

  /** Sends the next request. */
  send(): void {
    const request = this.requests[this.next];
    this.next = (this.next + 1) % this.requests.length;
    if (request.numbered) request.setNumber(this.numbers.next(this.among));
    this.waiting = true;
    this.socket?.write(request.bytes);
  }

  get connected(): boolean {
    return this.socket?.writable ?? false;
  }

  close(): void {
    this.waiting = false;
    this.socket?.destroy();
  }

  private answered(verdict: Verdict): void {
    this.waiting = false;
    this.onAnswer?.(this, verdict);
  }
}
