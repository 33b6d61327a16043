import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { DataSource } from 'typeorm';
import { expect } from 'vitest';
import { databaseOptions } from '../../src/database/data-source.js';
import { post } from './http.js';
import type { Answer } from './im.js';

/** Something that was asked, and what came of it. */
export interface Asked {
  /** Who asked: one after the other. */
  by: string;
  /** Of a message, where the sender chose it; else what the server answered. */
  clientMsgID?: string;
  /** Undefined: the connection was refused, or broke. */
  answer?: Answer;
  /** Milliseconds until then. */
  ms: number;
}

/** True when the server said that it is done. */
export function isDone({ answer }: Asked): boolean {
  return answer?.body?.errCode === 0;
}

/** True when the server said that it cannot do anything of the kind at the moment, and nothing else. */
export function isTurnedAway({ answer }: Asked): boolean {
  return [UNAVAILABLE.v1, UNAVAILABLE.v3].some(({ status, body }) =>
    isDeepStrictEqual({ status, body }, { status: answer?.status, body: answer?.body }),
  );
}

/** How a server without a database answers, in each dialect. */
export const UNAVAILABLE = {
  v3: {
    status: 200,
    body: {
      errCode: 500,
      errMsg: 'ServerInternalError',
      errDlt: 'the service is not available at the moment, try again later',
    },
  },
  v1: {
    status: 500,
    body: { errCode: 500, errMsg: 'the service is not available at the moment, try again later' },
  },
};

/** Longest wait for what must come in the end, in milliseconds. */
const LIMIT_MS = 120_000;

/** The users of {@link Traffic}. */
const HUB = 'hub';
const SENDERS_V3 = ['ann', 'bob', 'cid', 'dan'];
const SENDERS_V1 = ['eve', 'fay'];

/** AppServers that go on asking, each one thing after the other, whatever they are answered. */
export class Traffic {
  /** Everything that was asked and has ended. */
  readonly asked: Asked[] = [];
  private going = true;
  private running: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly url: string,
    private readonly token: string,
  ) {}

  /** Registers who is needed, and begins. */
  static async begin(url: string): Promise<Traffic> {
    const token = await tokenOf(url, 'openIM123456');
    const traffic = new Traffic(url, token);
    const users = [HUB, ...SENDERS_V3, ...SENDERS_V1].map((userID) => ({ userID }));
    await traffic.v3('/user/user_register', { secret: 'openIM123', users });
    traffic.running = Promise.all([
      ...SENDERS_V3.map((name) => traffic.repeat(name, () => traffic.say(name, randomUUID()))),
      ...SENDERS_V1.map((name) => traffic.repeat(name, () => traffic.sayAsV1(name))),
      traffic.repeat('reader', () => traffic.read()),
      traffic.repeat('registrar', () => traffic.register()),
    ]);
    return traffic;
  }

  /** Everybody who asks. */
  static readonly everybody = [...SENDERS_V3, ...SENDERS_V1, 'reader', 'registrar'];
  /** Those of them who change something. */
  static readonly writers = Traffic.everybody.filter((by) => by !== 'reader');

  /** Sends a message in v3; with the same ID, once more. */
  async say(sendID: string, clientMsgID: string, text = 'hi'): Promise<Asked> {
    const message = { sendID, recvID: HUB, clientMsgID, contentType: 101, sessionType: 1, content: { content: text } };
    return { clientMsgID, ...(await this.timed(sendID, this.v3('/msg/send_msg', message))) };
  }

  /** What was asked from the `from`th on. */
  since(from: number, by: string): Asked[] {
    return this.asked.slice(from).filter((one) => one.by === by);
  }

  /** Waits until each of those who ask, or of some of them, has been answered `times` times as wanted, from now on. */
  async until(wanted: (asked: Asked) => boolean, times: number, who = Traffic.everybody): Promise<void> {
    const from = this.asked.length;
    const deadline = Date.now() + LIMIT_MS;
    const missing = (): string[] => who.filter((by) => this.since(from, by).filter(wanted).length < times);
    while (missing().length > 0) {
      if (Date.now() > deadline) throw new Error(`${missing().join(', ')} were not answered as expected`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** Lets everybody come to an end. */
  async stop(): Promise<void> {
    this.going = false;
    await this.running;
  }

  private async repeat(by: string, ask: () => Promise<Omit<Asked, 'by'>>): Promise<void> {
    while (this.going) {
      const asked = { by, ...(await ask()) };
      this.asked.push(asked);
      // Whoever is turned away waits a little.
      if (!isDone(asked)) await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  private async sayAsV1(sendID: string): Promise<Asked> {
    const content = { text: 'hi' };
    const message = { operationID: '1', sendID, recvID: HUB, content, contentType: 101, sessionType: 1 };
    const asked = await this.timed(sendID, post(`${this.url}/manager/send_msg`, message, { token: this.token }));
    return { ...asked, clientMsgID: asked.answer?.body?.msgID };
  }

  private read(): Promise<Asked> {
    const seqRanges = [{ conversationID: `si_ann_${HUB}`, begin: 1, end: 20, num: 20 }];
    return this.timed('reader', this.v3('/msg/pull_msg_by_seq', { userID: HUB, seqRanges, order: 0 }));
  }

  private register(): Promise<Asked> {
    const users = [{ userID: randomUUID() }];
    return this.timed('registrar', this.v3('/user/user_register', { secret: 'openIM123', users }));
  }

  private v3(path: string, body: object): Promise<Answer> {
    return post(this.url + path, body, { operationID: 'traffic', token: this.token });
  }

  private async timed(by: string, answering: Promise<Answer>): Promise<Asked> {
    const begun = performance.now();
    const answer = await answering.catch(() => undefined);
    return { by, ...(answer ? { answer } : {}), ms: performance.now() - begun };
  }
}

/** A token of v3. */
export async function tokenOf(url: string, userID: string): Promise<string> {
  const asked = { secret: 'openIM123', platformID: 1, userID };
  return (await post(`${url}/auth/user_token`, asked, { operationID: 'token' })).body.data.token;
}

/** What a database holds of the messages, read past the server. */
export async function ledger(databaseUrl: string): Promise<Map<string, number>> {
  const dataSource = await new DataSource(await databaseOptions(databaseUrl)).initialize();
  try {
    const stored: { conversationID: string; clientMsgID: string; seq: string }[] = await dataSource.query(
      'SELECT conversationID, clientMsgID, seq FROM im_messages ORDER BY conversationID, seq',
    );
    const counters: { conversationID: string; maxSeq: string }[] = await dataSource.query(
      'SELECT conversationID, maxSeq FROM im_sequences',
    );
    for (const { conversationID, maxSeq } of counters) {
      const seqs = stored.filter((row) => row.conversationID === conversationID).map((row) => Number(row.seq));
      expect(seqs).toEqual(Array.from({ length: Number(maxSeq) }, (_, index) => index + 1));
    }
    const times = new Map<string, number>();
    for (const { clientMsgID } of stored) times.set(clientMsgID, (times.get(clientMsgID) ?? 0) + 1);
    return times;
  } finally {
    await dataSource.destroy();
  }
}
