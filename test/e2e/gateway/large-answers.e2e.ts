import { randomBytes } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemActor } from '../../../src/core/actor.js';
import { MessagesService } from '../../../src/messaging/messages.service.js';
import type { Im } from '../../support/im.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';
import { SocketClient } from '../../support/socket.js';

/** Bytes of a frame at which the Go core drops its connection. */
const CLIENT_LIMIT = 1024 * 1024;
const COUNT = 30;
const PEERS = ['p0', 'p1', 'p2', 'p3', 'p4', 'p5', 'p6', 'p7', 'p8', 'p9'];

describeOnEachDatabase('Answers', (database) => {
  let im: Im;
  let bob: SocketClient;
  /** Bytes of binary frames, as they came and inflated. */
  const sizes: [wire: number, inflated: number][] = [];

  beforeAll(async () => {
    im = await startIm({ database });
    await im.register('ann', 'bob', ...PEERS);
    // Random text hardly shrinks.
    const say = (sendID: string, count: number) =>
      im.get(MessagesService).send(systemActor(), {
        sendID,
        recvID: 'bob',
        sessionType: 1,
        contentType: 101,
        content: JSON.stringify({ content: `${count} ${randomBytes(75_000).toString('base64')}` }),
      });
    for (let count = 1; count <= COUNT; count += 1) await say('ann', count);
    for (const peer of PEERS) await say(peer, 1);
    bob = await SocketClient.connect(im.url, 'bob', await im.tokenOf('bob'), { codec: 'gob' });
    bob.socket.on('message', (data: Buffer, isBinary) => {
      if (isBinary) sizes.push([data.length, gunzipSync(data).length]);
    });
  });
  afterAll(async () => {
    await bob.close();
    await im.close();
  });

  const bounded = (): void => {
    expect(sizes.length).toBeGreaterThan(0);
    for (const size of sizes.splice(0).flat()) expect(size).toBeLessThan(CLIENT_LIMIT);
  };
  const numbers = (messages: any[]): number[] =>
    messages.map(({ content }) => Number.parseInt(JSON.parse(Buffer.from(content, 'base64').toString()).content, 10));
  const all = Array.from({ length: COUNT }, (_, index) => index + 1);

  it('to a pull by range stay below what clients take: the newest come, the rest can be asked for again', async () => {
    const found: number[] = [];
    for (let end = COUNT, turns = 0; end > 0; turns += 1) {
      expect(turns).toBeLessThan(COUNT / 3);
      const seqRanges = [{ conversationID: 'si_ann_bob', begin: 1, end, num: 100 }];
      const { Msgs } = (await bob.get(1002, { seqRanges, order: 1 })).msgs.si_ann_bob;
      expect(Number(Msgs.at(-1).seq)).toBe(end);
      found.unshift(...numbers(Msgs));
      end = Number(Msgs[0].seq) - 1;
    }
    expect(found).toEqual(all);
    bounded();
  });

  it('to a pull by seqs too', async () => {
    const { Msgs } = (await bob.get(1005, { conversations: [{ conversationID: 'si_ann_bob', seqs: all }] })).msgs
      .si_ann_bob;
    expect(Msgs.length).toBeGreaterThan(3);
    expect(numbers(Msgs)).toEqual(all.slice(-Msgs.length));
    bounded();
  });

  it('about many conversations too', async () => {
    const ids = PEERS.map((peer) => `si_bob_${peer}`);
    const seqRanges = ids.map((conversationID) => ({ conversationID, begin: 1, end: 1, num: 1 }));
    expect(Object.keys((await bob.get(1002, { seqRanges })).msgs).length).toBeGreaterThan(3);
    expect(Object.keys((await bob.get(1007, { conversationIDs: ids })).msgs).length).toBeGreaterThan(3);
    bounded();
  });
});
