import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Audience } from '../../support/audience.js';
import type { Im } from '../../support/im.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';
import type { SocketClient } from '../../support/socket.js';

/** Milliseconds the slow client takes for a pong: less than the server waits. */
const SLOW_MS = 150;

/** What a client saw of the server, in order: `1003` is an answer, `2001` a push, `ping` a control ping. */
function watch(client: SocketClient): string[] {
  const seen: string[] = [];
  client.socket.on('message', (_, isBinary) => {
    if (isBinary) seen.push(String(client.frames.at(-1)?.reqIdentifier));
  });
  client.socket.on('ping', () => seen.push('ping'));
  return seen;
}

/** Answers control pings when it comes to it. */
function answerLate(client: SocketClient, seen: string[]): void {
  client.socket.on('ping', (payload: Buffer) => {
    setTimeout(() => {
      seen.push('pong');
      client.socket.pong(payload);
    }, SLOW_MS);
  });
}

describeOnEachDatabase('What a client caused itself', (database) => {
  let im: Im;
  let audience: Audience;
  let serial = 0;
  let ann: string;
  let bob: SocketClient;

  beforeAll(async () => {
    im = await startIm({ database });
    audience = await Audience.begin(im, 'bob');
    bob = audience.of('bob');
  });
  afterAll(async () => {
    await audience.close();
    await im.close();
  });
  beforeEach(async () => {
    serial += 1;
    ann = `ann${serial}`;
    await im.register(ann);
  });

  const said = (client: SocketClient, text: string) => client.pushOf(101, ({ content }) => content.content === text);
  const timeOf = (client: SocketClient, place: number): number => client.pushes[place].at;

  describe('a JavaScript client hears', () => {
    it('after the pong to the ping behind the answer; others hear it at once', async () => {
      const client = await audience.connect(ann, { autoPong: false });
      const seen = watch(client);
      answerLate(client, seen);
      const answer = await client.say({ recvID: 'bob' }, `by ${ann}`);
      await said(bob, `by ${ann}`);
      expect(client.pushes).toEqual([]);
      await said(client, `by ${ann}`);
      expect(seen).toEqual(['1003', 'ping', 'pong', '2001']);
      expect(timeOf(client, 0) - answer.at).toBeGreaterThan(SLOW_MS - 20);
      const theirs = bob.pushes.at(-1) as { at: number };
      expect(theirs.at).toBeLessThan(timeOf(client, 0));
    });

    it('about a second later when it answers no ping', async () => {
      const client = await audience.connect(ann, { autoPong: false });
      const seen = watch(client);
      const answer = await client.say({ recvID: 'bob' }, `by ${ann}`);
      await said(bob, `by ${ann}`);
      expect(client.pushes).toEqual([]);
      await said(client, `by ${ann}`);
      expect(seen).toEqual(['1003', 'ping', '2001']);
      expect(timeOf(client, 0) - answer.at).toBeGreaterThan(900);
    });

    it('in one line with what others cause meanwhile', async () => {
      const client = await audience.connect(ann, { autoPong: false });
      const seen = watch(client);
      answerLate(client, seen);
      await client.say({ recvID: 'bob' }, `by ${ann}`);
      await said(bob, `by ${ann}`);
      await bob.say({ recvID: ann }, `to ${ann}`);
      await client.say({ recvID: 'bob' }, `again by ${ann}`);
      await said(client, `again by ${ann}`);
      expect(client.heard).toEqual([`by ${ann}`, `to ${ann}`, `again by ${ann}`]);
      expect(seen.filter((one) => one === '1003')).toHaveLength(2);
      expect(seen.indexOf('2001')).toBeGreaterThan(seen.indexOf('pong'));
      expect(seen.at(-1)).toBe('2001');
    });

    it('of REST after two rounds, for the answer comes another way', async () => {
      const client = await audience.connect(ann, { autoPong: false });
      const seen = watch(client);
      answerLate(client, seen);
      let answered = Infinity;
      await audience.as(ann, '/friend/add_friend', { fromUserID: ann, toUserID: 'bob', reqMsg: '' });
      answered = performance.now();
      await client.pushOf(1203);
      expect(seen).toEqual(['ping', 'pong', 'ping', 'pong', '2001']);
      expect(timeOf(client, 0)).toBeGreaterThan(answered);
    });

    it('of an administrator’s call at once: it is not his', async () => {
      const client = await audience.connect(ann, { autoPong: false });
      const seen = watch(client);
      await audience.as('admin', '/friend/import_friend', { ownerUserID: ann, friendUserIDs: ['bob'] });
      await client.pushOf(1201, ({ conversationID }) => conversationID.startsWith('si_'));
      expect(seen).toEqual(['2001', '2001']);
    });
  });

  it('a Go client hears a moment after the answer, without any ping', async () => {
    const client = await audience.connect(ann, { codec: 'gob', autoPong: false });
    const seen = watch(client);
    await client.say({ recvID: 'bob' }, 'one');
    await client.say({ recvID: 'bob' }, 'two');
    await said(client, 'two');
    expect(seen.toSorted()).toEqual(['1003', '1003', '2001', '2001']);
    expect(seen[0]).toBe('1003');
    expect(seen.indexOf('2001')).toBeGreaterThan(seen.indexOf('1003'));
    expect(seen.lastIndexOf('2001')).toBeGreaterThan(seen.lastIndexOf('1003'));
  });

  it('his other devices hear at once, but for those on the same platform', async () => {
    const sending = await audience.connect(ann, { autoPong: false });
    const seen = watch(sending);
    const web = await audience.connect(ann, { platformID: 5, autoPong: false });
    const other = watch(web);
    answerLate(sending, seen);
    await sending.say({ recvID: 'bob' }, 'hello');
    await said(web, 'hello');
    expect(other).toEqual(['2001']);
    expect(sending.pushes).toEqual([]);
    await said(sending, 'hello');
    expect(timeOf(web, 0)).toBeLessThan(timeOf(sending, 0));
  });

  it('is no reason to wait for others when the client is gone', async () => {
    const client = await audience.connect(ann, { autoPong: false });
    await client.say({ recvID: 'bob' }, `last of ${ann}`);
    client.socket.terminate();
    await said(bob, `last of ${ann}`);
    const back = await audience.connect(ann);
    await bob.say({ recvID: ann }, 'welcome');
    await said(back, 'welcome');
    expect(back.heard).toEqual(['welcome']);
  });

  it.each(['json', 'gob'] as const)('comes after each answer, of very many requests at once (%s)', async (codec) => {
    const client = await audience.connect(ann, { codec });
    const names = Array.from({ length: 40 }, (_, index) => `${index}`);
    const answers = names.map((name) => client.say({ recvID: 'bob' }, name, {}, { operationID: name }));
    await Promise.all(answers);
    await said(client, '39');
    expect(client.heard).toEqual(names);
    const order = client.frames.map(({ reqIdentifier, operationID }) => `${reqIdentifier} ${operationID}`);
    for (const name of names) expect(order.indexOf(`2001 ${name}`)).toBeGreaterThan(order.indexOf(`1003 ${name}`));
  });
});
