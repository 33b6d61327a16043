import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { systemActor } from '../../../src/core/actor.js';
import { Connections } from '../../../src/gateway/connections.js';
import { MessagesService } from '../../../src/messaging/messages.service.js';
import type { Im } from '../../support/im.js';
import { knock } from '../../support/knock.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';
import { gatewayUrl, SocketClient } from '../../support/socket.js';

const MEBIBYTE = 1024 * 1024;
const DAY_MS = 86_400_000;
const TOO_MANY = { errCode: 429, errMsg: 'too many requests, please try again later' };

describeOnEachDatabase('A client without manners', (database) => {
  let im: Im;
  const open: SocketClient[] = [];
  beforeAll(async () => {
    // A third of the default: a busy machine does not get through a thousand requests within the bound.
    im = await startIm({ database, env: { WS_RATE_LIMIT: '100' } });
    await im.register('ann', 'bob');
  });
  afterEach(() => {
    vi.useRealTimers();
    for (const { socket } of open.splice(0)) socket.terminate();
  });
  afterAll(() => im.close());

  async function connect(userID: string, token?: string): Promise<SocketClient> {
    const client = await SocketClient.connect(im.url, userID, token ?? (await im.tokenOf(userID)));
    open.push(client);
    return client;
  }

  it('that asks a thousand things at once is told to slow down, each time, and may go on later', async () => {
    const [ann, bob] = [await connect('ann'), await connect('bob')];
    for (let count = 0; count < 1_000; count += 1) ann.sendFrame({ reqIdentifier: 2004, msgIncr: `m${count}` });
    const others = await bob.say({ recvID: 'ann' }, 'meanwhile');
    expect(others.errCode).toBe(0);
    const answers = () => ann.frames.filter(({ reqIdentifier }) => reqIdentifier === 2004);
    await ann.until(() => answers().length >= 1_000, 'all answers');
    expect(answers().map(({ msgIncr }) => msgIncr)).toEqual(Array.from({ length: 1_000 }, (_, i) => `m${i}`));
    const refusals = answers().filter(({ errCode }) => errCode !== 0);
    expect(refusals.length).toBeGreaterThan(0);
    for (const one of refusals) expect(one).toMatchObject(TOO_MANY);
    // What may be asked at once without being refused.
    expect(answers().findIndex(({ errCode }) => errCode !== 0)).toBeGreaterThanOrEqual(200);
    await ann.until(() => ann.heard.length > 0, 'what bob said');
    expect(ann.heard).toEqual(['meanwhile']);
    expect(ann.closed).toBeUndefined();

    await vi.waitFor(async () => expect((await ann.ask(2004, {})).errCode).toBe(0), { timeout: 15_000, interval: 200 });
    // That may have been the first request that was allowed again, and the next one is a hundredth of a second away.
    await delay(500);
    expect((await ann.say({ recvID: 'bob' }, 'calm again')).errCode).toBe(0);
  });

  it('that never slows down is cut', async () => {
    const [ann, bob] = [await connect('ann'), await connect('bob')];
    // 200 at once and 2,000 too many are borne, and some more while time passes.
    for (let count = 0; count < 60_000 && !ann.closed; count += 1) {
      ann.sendFrame({ reqIdentifier: 2004, msgIncr: 'flood' });
      if (count % 200 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await ann.ended()).toEqual({ code: 1006 });
    expect(ann.frames.at(-1)).toMatchObject(TOO_MANY);
    expect((await bob.say({ recvID: 'ann' }, 'unharmed')).errCode).toBe(0);
    const again = await connect('ann');
    expect((await again.ask(2004, {})).errCode).toBe(0);
  });

  it('that is let in goes on when its token ends, but is not let in again', async () => {
    // The clock is only wrong while the token is made: it has a few seconds left.
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 90 * DAY_MS + 5_000 });
    const token = await im.tokenOf('ann');
    vi.useRealTimers();
    const ann = await connect('ann', token);
    const { exp } = JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString());
    await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(exp * 1000), { timeout: 15_000, interval: 100 });

    const expired = { errCode: 1501, errMsg: 'TokenExpiredError' };
    expect(await knock(gatewayUrl(im.url, 'ann', token))).toMatchObject({ texts: [expired], code: 1006 });
    expect((await im.v3('/user/get_users_info', { userIDs: ['ann'] }, token)).body).toMatchObject(expired);
    expect((await ann.ask(2004, {})).errCode).toBe(0);
    expect((await ann.say({ recvID: 'ann' }, 'note to myself')).errCode).toBe(0);
    await ann.until(() => ann.heard.length > 0);
    expect(ann.closed).toBeUndefined();
  });

  it('that does not read is cut before much waits for it, and finds all of it later', async () => {
    const SENT = 100;
    const groupID = await im.group('talker', 'sloth', 'reader');
    const [sloth, reader] = [await connect('sloth'), await connect('reader')];
    const [atServer] = im.get(Connections).of('sloth');
    const waiting = (): number => (atServer as unknown as { socket: { bufferedAmount: number } }).socket.bufferedAmount;
    sloth.socket.pause();

    let most = 0;
    const say = (count: number) =>
      im.get(MessagesService).send(systemActor(), {
        sendID: 'talker',
        groupID,
        sessionType: 3,
        contentType: 101,
        content: JSON.stringify({ content: `${count} `.padEnd(120_000, 'x') }),
      });
    for (let count = 0; count < SENT; count += 5) {
      await Promise.all([0, 1, 2, 3, 4].map((more) => say(count + more)));
      await reader.until(() => reader.pushes.length >= count + 5, 'every message');
      most = Math.max(most, waiting());
      // Neither is gone.
      sloth.socket.ping();
      reader.socket.ping();
    }
    const numbers = (texts: string[]): number[] => texts.map((one) => Number.parseInt(one, 10)).sort((a, b) => a - b);
    const all = Array.from({ length: SENT }, (_, i) => i);
    expect(numbers(reader.heard)).toEqual(all);
    const seqs = reader.pushed.map(({ seq }) => seq);
    expect(seqs).toEqual(seqs.map((_, i) => seqs[0] + i));
    await vi.waitFor(() => expect(im.get(Connections).of('sloth')).toEqual([]), 15_000);
    expect(most).toBeGreaterThan(MEBIBYTE);
    expect(most).toBeLessThan(2.5 * MEBIBYTE);

    sloth.socket.resume();
    await sloth.ended();
    expect(sloth.heard.length).toBeLessThan(SENT);
    const again = await connect('sloth');
    const conversationID = `sg_${groupID}`;
    const states = await again.get(1006, { conversationIDs: [conversationID] });
    const found: string[] = [];
    for (let end = Number(states.seqs[conversationID].maxSeq); found.length < SENT;) {
      const seqRanges = [{ conversationID, begin: 1, end, num: 100 }];
      const { Msgs } = (await again.get(1002, { userID: 'sloth', seqRanges })).msgs[conversationID];
      const chats = Msgs.filter(({ contentType }: any) => contentType === 101);
      const texts = chats.map((one: any) => JSON.parse(Buffer.from(one.content, 'base64').toString()).content);
      found.unshift(...texts);
      end = Number(Msgs[0].seq) - 1;
    }
    expect(numbers(found)).toEqual(all);
  });
});
