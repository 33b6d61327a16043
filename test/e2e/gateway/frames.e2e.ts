import { once } from 'node:events';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { protobufType } from '../../../src/protobuf/protobuf.js';
import type { Im } from '../../support/im.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';
import { SocketClient, type SocketOptions } from '../../support/socket.js';

const MAX_FRAME = 51_200;

/** Decodes to nothing, in any message. */
const NOTHING = Buffer.of(0x7a, 0);

/** The two forms of the official clients, and the two that are possible besides. */
const FORMS: [string, SocketOptions][] = [
  ['JSON', { codec: 'json' }],
  ['JSON in gzip', { codec: 'json', compression: 'gzip' }],
  ['gob', { codec: 'gob', compression: '' }],
  ['gob in gzip', { codec: 'gob' }],
];

describeOnEachDatabase('Frames', (database) => {
  let im: Im;
  let token: string;
  beforeAll(async () => {
    im = await startIm({ database });
    await im.register('ann', 'bob');
    token = await im.tokenOf('ann');
  });
  afterAll(() => im.close());

  describe.each(FORMS)('in %s', (_, form) => {
    let ann: SocketClient;
    beforeEach(async () => {
      ann = await SocketClient.connect(im.url, 'ann', token, form);
      return () => ann.socket.terminate();
    });

    it('are answered in binary, with the ids of the request', async () => {
      const kinds: boolean[] = [];
      ann.socket.on('message', (_data, isBinary) => kinds.push(isBinary));
      const answer = await ann.ask(1001, { userID: 'ann' }, { operationID: 'trace é 1' });
      expect(answer).toMatchObject({ reqIdentifier: 1001, operationID: 'trace é 1', errCode: 0, errMsg: '' });
      await ann.ask(1004, {});
      expect(kinds).toEqual([true, true]);
    });

    it('are answered without any ids too', async () => {
      ann.sendFrame({ reqIdentifier: 2004, msgIncr: '', operationID: '' });
      await ann.until(() => ann.frames.length > 0);
      expect(ann.frames[0]).toMatchObject({ reqIdentifier: 2004, msgIncr: '', operationID: '', errCode: 0 });
    });

    it('are answered one at a time, in the order they came', async () => {
      const data = (text: string) => protobufType('MsgData').encode(ann.textMessage({ recvID: 'bob' }, text));
      for (let count = 0; count < 50; count += 1) {
        const msgIncr = `m${count}`;
        if (count % 2 === 0) ann.sendFrame({ reqIdentifier: 1003, msgIncr, data: data(msgIncr) });
        else ann.sendFrame({ reqIdentifier: [1001, 2004, 1006, 1002][count % 4], msgIncr });
      }
      const answers = () => ann.frames.filter(({ reqIdentifier }) => reqIdentifier !== 2001);
      await ann.until(() => answers().length >= 50, '50 answers');
      expect(answers().map(({ msgIncr }) => msgIncr)).toEqual(Array.from({ length: 50 }, (_one, i) => `m${i}`));
      expect(answers().filter(({ errCode }) => errCode !== 0)).toEqual([]);
      await ann.until(() => ann.heard.length >= 25, 'its own messages');
      const seqs = ann.pushed.map(({ seq }) => seq);
      expect(ann.heard).toEqual(Array.from({ length: 25 }, (_one, i) => `m${2 * i}`));
      expect(seqs).toEqual(seqs.map((_one, i) => seqs[0] + i));
    });

    it.each([1001, 1002, 1003, 1005, 1006, 1007, 2003, 2004, 2005])(
      'with data that are no message of %d are answered so',
      async (reqIdentifier) => {
        // A text that is longer than what is left.
        ann.sendFrame({ reqIdentifier, msgIncr: 'bad', data: Buffer.of(0x0a, 0x7f, 0x61) });
        ann.sendFrame({ reqIdentifier: 2004, msgIncr: 'good' });
        await ann.until(() => ann.frames.length >= 2);
        expect(ann.frames).toMatchObject([
          { reqIdentifier, msgIncr: 'bad', operationID: 'operation', errCode: 1001, errMsg: 'ArgsError' },
          { reqIdentifier: 2004, msgIncr: 'good', errCode: 0 },
        ]);
        expect(ann.frames[0].data).toHaveLength(0);
      },
    );

    it('of signalling are answered with an error', async () => {
      const answer = await ann.ask(1004, ann.textMessage({ recvID: 'bob' }, 'ring'));
      expect(answer).toMatchObject({ reqIdentifier: 1004, errCode: 1001, errMsg: 'ArgsError' });
    });

    it.each([0, -1, 1000, 1008, 2001, 2002, 2006, 2100, 3001, 2 ** 31, 2 ** 53 - 1])(
      'of the unknown kind %d end the connection without an answer',
      async (reqIdentifier) => {
        ann.sendFrame({ reqIdentifier, msgIncr: 'm' });
        expect(await ann.ended()).toEqual({ code: 1006 });
        expect(ann.frames).toEqual([]);
      },
    );

    it.each(['bob', '', 'Ann', 'ann ', 'openIMAdmin'])(
      'in the name of "%s" end the connection without an answer',
      async (sendID) => {
        const bob = await SocketClient.connect(im.url, 'bob', await im.tokenOf('bob'));
        const data = protobufType('MsgData').encode(ann.textMessage({ recvID: 'bob' }, `as ${sendID}`));
        ann.sendFrame({ reqIdentifier: 1003, msgIncr: 'm', sendID, data });
        expect(await ann.ended()).toEqual({ code: 1006 });
        expect(ann.frames).toEqual([]);
        await bob.say({ recvID: 'ann' }, 'marker');
        await bob.until(() => bob.heard.includes('marker'));
        expect(bob.heard).toEqual(['marker']);
        await bob.close();
      },
    );

    it('may come in pieces, with pings between them', async () => {
      const whole: Buffer[] = [];
      const { socket } = ann;
      const send = socket.send.bind(socket);
      socket.send = ((data: Buffer) => whole.push(data)) as typeof socket.send;
      ann.sendFrame({ reqIdentifier: 2004, msgIncr: 'pieces' });
      const [bytes] = whole;
      for (let at = 0; at < bytes.length; at += 7) {
        send(bytes.subarray(at, at + 7), { binary: true, fin: at + 7 >= bytes.length });
        socket.ping('between');
      }
      await ann.until(() => ann.frames.length > 0);
      expect(ann.frames[0]).toMatchObject({ reqIdentifier: 2004, msgIncr: 'pieces', errCode: 0 });
    });

    it('of text are never compressed', async () => {
      ann.socket.send('{"type":"ping","body":"x"}');
      await ann.until(() => ann.texts.length > 1);
      expect(ann.texts[1]).toBe('{"type":"pong","body":"x"}');
    });
  });

  const connect = (options: SocketOptions = {}) => SocketClient.connect(im.url, 'ann', token, options);

  it('of JSON have their six members always', async () => {
    const ann = await connect();
    const raw: any[] = [];
    ann.socket.on('message', (data: Buffer) => raw.push(JSON.parse(data.toString())));
    for (const id of [1001, 1002, 2003]) await ann.ask(id, {});
    expect(raw).toHaveLength(3);
    const members = ['data', 'errCode', 'errMsg', 'msgIncr', 'operationID', 'reqIdentifier'];
    for (const one of raw) expect(Object.keys(one).sort()).toEqual(members);
    const failing = await connect();
    failing.socket.on('message', (data: Buffer) => raw.push(JSON.parse(data.toString())));
    await failing.ask(1004, {});
    expect(raw[3]).toEqual({
      reqIdentifier: 1004,
      msgIncr: 'ann_1',
      operationID: 'operation',
      errCode: 1001,
      errMsg: 'ArgsError',
      data: null,
    });
    failing.socket.terminate();
  });

  it.each([1002, 1005, 1007, 2005])('of JSON carry data when they have nothing to tell (%d)', async (id) => {
    const ann = await connect();
    expect((await ann.ask(id, {})).data).toEqual(NOTHING);
    expect(await ann.get(id, {})).toEqual({});
    await ann.close();
  });

  it('carry none when all there is to say is that it is done', async () => {
    const ann = await connect();
    expect((await ann.ask(2004, { isBackground: true })).data).toHaveLength(0);
    expect((await ann.ask(2003, {})).data).toHaveLength(0);
    await ann.ended();
  });

  it('tell who is connected what is his, whoever is named in the data', async () => {
    const bob = await SocketClient.connect(im.url, 'bob', await im.tokenOf('bob'));
    await bob.say({ recvID: 'openIMAdmin' }, 'a secret');
    const ann = await connect();
    const asked = { userID: 'bob', seqRanges: [{ conversationID: 'si_bob_openIMAdmin', begin: 1, end: 9, num: 9 }] };
    expect(await ann.get(1002, asked)).toEqual({});
    expect(Object.keys((await ann.get(1001, { userID: 'bob' })).maxSeqs ?? {})).not.toContain('si_bob_openIMAdmin');
    const forged = await ann.ask(1003, { ...ann.textMessage({ recvID: 'ann' }, 'forged'), sendID: 'bob' });
    expect(forged.errCode).toBe(1002);
    await Promise.all([ann.close(), bob.close()]);
  });

  it.each([
    ['{"type":"ping"}', '{"type":"pong","body":null}'],
    ['{"type":"ping","body":{"at":[1,"é"]}}', '{"type":"pong","body":{"at":[1,"é"]}}'],
  ])('of text: %s', async (ping, pong) => {
    const ann = await connect();
    ann.socket.send('{"type":"pong","body":"ignored"}');
    ann.socket.send(ping);
    await ann.until(() => ann.texts.length > 1);
    expect(ann.texts.slice(1)).toEqual([pong]);
    await ann.close();
  });

  it.each(['', 'ping', '{}', '[]', '{"type":"hello"}', '{"reqIdentifier":1001,"sendID":"ann","data":""}'])(
    'of any other text end the connection: %j',
    async (text) => {
      const ann = await connect();
      ann.socket.send(text);
      expect(await ann.ended()).toEqual({ code: 1006 });
      expect(ann.texts).toHaveLength(1);
    },
  );

  it('of control are answered with what they carried', async () => {
    const ann = await connect({ codec: 'gob' });
    ann.socket.ping('ann_1700000000');
    const [payload] = await once(ann.socket, 'pong');
    expect(payload.toString()).toBe('ann_1700000000');
    await ann.close();
  });

  it('may be as long as the bound, and not a byte longer', async () => {
    const ann = await connect();
    const frame = (length: number): Buffer => {
      const text = JSON.stringify({ reqIdentifier: 2004, sendID: 'ann', operationID: '', msgIncr: '', data: '' });
      return Buffer.from(text.padEnd(length));
    };
    ann.socket.send(frame(MAX_FRAME));
    await ann.until(() => ann.frames.length > 0);
    expect(ann.frames[0].errCode).toBe(0);
    ann.socket.send(frame(MAX_FRAME + 1));
    expect(await ann.ended()).toEqual({ code: 1009 });

    const pieces = await connect();
    for (let count = 0; count < 3; count += 1) pieces.socket.send(Buffer.alloc(20_000), { fin: count === 2 });
    expect(await pieces.ended()).toEqual({ code: 1009 });
  });

  it.each([
    ['a bomb', gzipSync(Buffer.alloc(20 * 1024 * 1024))],
    ['two streams', Buffer.concat([gzipSync('{}'), gzipSync('{}')])],
    ['half a stream', gzipSync('x'.repeat(1000)).subarray(0, 20)],
    ['what is not compressed', Buffer.from('{"reqIdentifier":2004,"sendID":"ann"}')],
    ['nothing', Buffer.alloc(0)],
  ])('of gzip that are %s end the connection', async (_, bytes) => {
    expect(bytes.length).toBeLessThan(MAX_FRAME);
    for (const codec of ['json', 'gob'] as const) {
      const ann = await connect({ codec, compression: 'gzip' });
      ann.socket.send(bytes);
      expect(await ann.ended()).toEqual({ code: 1006 });
      expect(ann.frames).toEqual([]);
    }
  });
});
