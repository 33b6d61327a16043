import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { protobufType } from '../../../src/protobuf/protobuf.js';
import { writeGob } from '../../support/gob.js';
import type { Im } from '../../support/im.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';
import { SocketClient, type SocketOptions } from '../../support/socket.js';

type Form = Required<Pick<SocketOptions, 'codec' | 'compression'>>;

const FORMS: Form[] = [
  { codec: 'json', compression: '' },
  { codec: 'json', compression: 'gzip' },
  { codec: 'gob', compression: '' },
  { codec: 'gob', compression: 'gzip' },
];

/** Sound requests of mallory, who writes to eve and to nobody else. */
const REQUESTS: [id: number, type: string, message: object][] = [
  [1001, 'GetMaxSeqReq', { userID: 'mallory' }],
  [1002, 'PullMessageBySeqsReq', { seqRanges: [{ conversationID: 'si_eve_mallory', begin: 1, end: 9, num: 9 }] }],
  [1003, 'MsgData', { sendID: 'mallory', recvID: 'eve', sessionType: 1, contentType: 101, content: 'eA==' }],
  [1005, 'GetSeqMessageReq', { conversations: [{ conversationID: 'si_eve_mallory', seqs: [1, 2] }] }],
  [1006, 'GetConversationsHasReadAndMaxSeqReq', { conversationIDs: ['si_eve_mallory'] }],
  [1007, 'GetLastMessageReq', { conversationIDs: ['si_eve_mallory'] }],
  [2004, 'SetAppBackgroundStatusReq', { isBackground: true }],
  [2005, 'SubUserOnlineStatus', { subscribeUserID: ['ann', 'bob'] }],
];

function encoded(codec: Form['codec'], id: number, data: Uint8Array): Buffer {
  const [sendID, operationID, msgIncr] = ['mallory', 'op', 'fuzz'];
  if (codec === 'gob') {
    const members = { ReqIdentifier: id, Token: '', SendID: sendID, OperationID: operationID, MsgIncr: msgIncr };
    return writeGob('Req', { ...members, Data: data });
  }
  const text = { reqIdentifier: id, sendID, operationID, msgIncr, data: Buffer.from(data).toString('base64') };
  return Buffer.from(JSON.stringify(text));
}

/** Puts noise over a place. */
const spoilt = (bytes: Uint8Array, noise: Uint8Array, at: number): Buffer => {
  const place = at % (bytes.length + 1);
  return Buffer.concat([bytes.subarray(0, place), noise, bytes.subarray(place + noise.length)]);
};

/** Frames that are answered, and frames that end the connection, so that both are tried whatever chance brings. */
const surely = ({ codec, compression }: Form): [Buffer][] => {
  const sound = REQUESTS.map(([id, type, message]) => encoded(codec, id, protobufType(type).encode(message)));
  const noise = Array.from({ length: 6 }, (_, index) => Buffer.of(index));
  return [...sound.map((frame) => (compression ? gzipSync(frame) : frame)), ...noise].map((frame) => [frame]);
};

/** A frame of which one layer is spoilt: the protobuf message, what holds it, or its compression. */
const frames = ({ codec, compression }: Form): fc.Arbitrary<Buffer> =>
  fc
    .record({
      layer: fc.constantFrom('noise', 'data', 'frame', 'stream', 'end'),
      request: fc.constantFrom(...REQUESTS),
      noise: fc.uint8Array({ minLength: 1, maxLength: 12 }),
      at: fc.nat(400),
    })
    .map(({ layer, request: [id, type, message], noise, at }) => {
      if (layer === 'noise') return Buffer.from(noise);
      const data = protobufType(type).encode(message);
      const frame = encoded(codec, id, layer === 'data' ? spoilt(data, noise, at) : data);
      const held = layer === 'frame' ? spoilt(frame, noise, at) : frame;
      const sent = compression ? gzipSync(held) : held;
      if (layer === 'end') return sent.subarray(0, at % sent.length);
      return layer === 'stream' ? spoilt(sent, noise, at) : sent;
    });

describeOnEachDatabase('Broken frames of one client', (database) => {
  let im: Im;
  let ann: SocketClient, bob: SocketClient;
  let token: string;
  const said: string[] = [];

  beforeAll(async () => {
    im = await startIm({ database });
    await im.register('ann', 'bob', 'mallory', 'eve');
    token = await im.tokenOf('mallory');
    ann = await SocketClient.connect(im.url, 'ann', await im.tokenOf('ann'));
    bob = await SocketClient.connect(im.url, 'bob', await im.tokenOf('bob'), { codec: 'gob' });
  });
  afterAll(async () => {
    await Promise.all([ann.close(), bob.close()]);
    await im.close();
  });

  const heardFrom = (client: SocketClient, sendID: string): string[] =>
    client.pushed
      .filter((one) => one.contentType === 101 && one.sendID === sendID)
      .map(({ content }) => content.content);

  /** Sends a frame and sees what comes of it: an answer to it or to the next one, or the end. Answers whether it lives on. */
  async function survives(mallory: SocketClient, frame: Buffer): Promise<boolean> {
    mallory.socket.send(frame);
    mallory.sendFrame({ reqIdentifier: 2004, msgIncr: 'marker' });
    const before = mallory.frames.length;
    const isMarker = ({ msgIncr }: { msgIncr: string }): boolean => msgIncr === 'marker';
    await mallory.until(() => mallory.closed !== undefined || mallory.frames.slice(before).some(isMarker), 'an end');
    return mallory.closed === undefined;
  }

  it.each(FORMS)('end that connection at most, and nobody else notices ($codec $compression)', async (form) => {
    const ends = { survived: 0, closed: 0 };
    let mallory: SocketClient | undefined;
    await fc.assert(
      fc.asyncProperty(frames(form), async (frame) => {
        mallory ??= await SocketClient.connect(im.url, 'mallory', token, form);
        const text = `${form.codec}${form.compression} ${said.length}`;
        said.push(text);
        // Bob only listens, which takes long.
        bob.socket.ping();
        const [alive, answer] = await Promise.all([survives(mallory, frame), ann.say({ recvID: 'bob' }, text)]);
        expect(answer.errCode).toBe(0);
        ends[alive ? 'survived' : 'closed'] += 1;
        if (alive) return;
        expect(mallory.closed).toEqual({ code: 1006 });
        mallory = undefined;
      }),
      { numRuns: 60 + surely(form).length, endOnFailure: true, examples: surely(form) },
    );
    // Both ways were gone.
    expect(ends.survived).toBeGreaterThan(5);
    expect(ends.closed).toBeGreaterThan(5);
    await bob.until(() => heardFrom(bob, 'ann').length >= said.length, 'all of them');
    await ann.until(() => heardFrom(ann, 'ann').length >= said.length, 'all of them');
    expect(heardFrom(bob, 'ann')).toEqual(said);
    expect(heardFrom(ann, 'ann')).toEqual(said);
    expect([ann.closed, bob.closed]).toEqual([undefined, undefined]);
    mallory?.socket.terminate();
  });

  it('of WebSocket itself end that connection too', async () => {
    const broken = [
      ['a reserved opcode', Buffer.of(0x83, 0x80, 1, 2, 3, 4)],
      ['no mask', Buffer.of(0x82, 0x01, 0x61)],
      ['a reserved bit', Buffer.of(0xc2, 0x80, 1, 2, 3, 4)],
      ['a continuation of nothing', Buffer.of(0x80, 0x80, 1, 2, 3, 4)],
      ['a control frame in pieces', Buffer.of(0x09, 0x80, 1, 2, 3, 4)],
      ['text that is no UTF-8', Buffer.of(0x81, 0x82, 0, 0, 0, 0, 0xc3, 0x28)],
      ['a length of 2^63', Buffer.of(0x82, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4)],
      ['a length of 4 GiB', Buffer.of(0x82, 0xff, 0, 0, 0, 1, 0, 0, 0, 0, 1, 2, 3, 4)],
    ] as const;
    for (const [what, bytes] of broken) {
      const mallory = await SocketClient.connect(im.url, 'mallory', token);
      (Reflect.get(mallory.socket, '_socket') as Socket).write(bytes);
      const { code } = await mallory.ended();
      expect({ what, closed: [1002, 1006, 1007, 1009].includes(code) }).toEqual({ what, closed: true });
    }
    said.push('still here');
    expect((await ann.say({ recvID: 'bob' }, 'still here')).errCode).toBe(0);
    await bob.until(() => heardFrom(bob, 'ann').length >= said.length, 'the last one');
    expect(heardFrom(bob, 'ann')).toEqual(said);
  });
});
