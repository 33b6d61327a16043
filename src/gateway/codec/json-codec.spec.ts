import {
  type Arbitrary,
  assert,
  constantFrom,
  integer,
  json,
  maxSafeInteger,
  nat,
  property,
  record,
  string,
  uint8Array,
} from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameMalformed, type ResponseFrame } from './frames.js';
import { jsonCodec } from './json-codec.js';

/** Of one to four bytes, and those that JSON escapes. */
const CHARACTER = constantFrom('a', '"', '\\', '\0', '\n', 'é', '€', '😀');

const bytes = (text: string): Buffer => Buffer.from(text);
const request = (members: object): Buffer => bytes(JSON.stringify({ reqIdentifier: 1001, ...members }));

describe('JSON frames', () => {
  it('reads what the JavaScript client sends', () => {
    const sent =
      '{"reqIdentifier":1006,"sendID":"u1","operationID":"o-1","msgIncr":"k3j2h1700000000000","data":"CgJ1MQ=="}';
    expect(jsonCodec.decode(bytes(sent))).toEqual({
      reqIdentifier: 1006,
      sendID: 'u1',
      operationID: 'o-1',
      msgIncr: 'k3j2h1700000000000',
      data: Buffer.from('0a027531', 'hex'),
    });
  });

  it('takes members that are missing as empty, ignores others, the token among them', () => {
    const empty = { reqIdentifier: 2003, sendID: '', operationID: '', msgIncr: '', data: Buffer.alloc(0) };
    expect(jsonCodec.decode(bytes('{"reqIdentifier":2003}'))).toEqual(empty);
    expect(jsonCodec.decode(bytes('{"token":7,"data":null,"sendID":null,"reqIdentifier":2003,"x":{"y":[1]}}'))).toEqual(
      empty,
    );
  });

  it('answers with all six members in order', () => {
    const answer = {
      reqIdentifier: 1001,
      msgIncr: 'm',
      operationID: 'o',
      errCode: 0,
      errMsg: '',
      data: Buffer.of(1, 2, 3),
    };
    expect(jsonCodec.encode(answer).toString()).toBe(
      '{"reqIdentifier":1001,"msgIncr":"m","operationID":"o","errCode":0,"errMsg":"","data":"AQID"}',
    );
    expect(jsonCodec.encode({ ...answer, errCode: 1302, errMsg: 'Blocked', data: Buffer.alloc(0) }).toString()).toBe(
      '{"reqIdentifier":1001,"msgIncr":"m","operationID":"o","errCode":1302,"errMsg":"Blocked","data":null}',
    );
  });

  it('any answer is read as what it was, data in larger memory included', () => {
    const answers: Arbitrary<ResponseFrame> = record({
      reqIdentifier: integer(),
      msgIncr: string({ unit: CHARACTER }),
      operationID: string({ unit: CHARACTER }),
      errCode: integer(),
      errMsg: string({ unit: CHARACTER }),
      data: uint8Array({ minLength: 3 }).map((data) => data.subarray(1, -1)),
    });
    assert(
      property(answers, (answer) => {
        const read = JSON.parse(jsonCodec.encode(answer).toString()) as Record<string, unknown>;
        const data = Buffer.from((read.data as string | null) ?? '', 'base64');
        expect(Object.keys(read)).toEqual(['reqIdentifier', 'msgIncr', 'operationID', 'errCode', 'errMsg', 'data']);
        expect({ ...read, data: new Uint8Array(data) }).toEqual({ ...answer, data: new Uint8Array(answer.data) });
      }),
    );
  });

  it('any request is read as what it was', () => {
    const text = string({ unit: CHARACTER });
    const requests = record({ reqIdentifier: maxSafeInteger(), sendID: text, operationID: text, msgIncr: text });
    assert(
      property(requests, uint8Array(), (sent, data) => {
        const read = jsonCodec.decode(request({ ...sent, data: Buffer.from(data).toString('base64') }));
        // JSON tells no -0.
        expect(read).toEqual({ ...sent, reqIdentifier: sent.reqIdentifier + 0, data: Buffer.from(data) });
      }),
    );
  });

  it.each([
    ['nothing', bytes('')],
    ['half an object', bytes('{"reqIdentifier":1001')],
    ['a text', bytes('"text"')],
    ['a list', bytes('[]')],
    ['null', bytes('null')],
    ['two objects', bytes('{"reqIdentifier":1001}{}')],
    ['a byte order mark', bytes('\ufeff{"reqIdentifier":1001}')],
    ['text that is not UTF-8', Buffer.from('7b227265714964656e746966696572223a312c2261223a22ff227d', 'hex')],
    ['no request id', bytes('{}')],
    ['a request id in quotes', request({ reqIdentifier: '1001' })],
    ['a request id with a fraction', request({ reqIdentifier: 1.5 })],
    ['a request id beyond 2^53', bytes('{"reqIdentifier":9007199254740993}')],
    ['a request id that is null', request({ reqIdentifier: null })],
    ['a user that is a number', request({ sendID: 1 })],
    ['a trace that is a list', request({ operationID: ['o'] })],
    ['a correlation that is an object', request({ msgIncr: {} })],
    ['data that is a number', request({ data: 5 })],
    ['data that is a list', request({ data: [1, 2] })],
    ['base64 without padding', request({ data: 'CgJ1MQ' })],
    ['base64 with a space', request({ data: 'CgJ1 MQ==' })],
    ['base64 of the alphabet for addresses', request({ data: '-_-_' })],
    ['text that is no base64', request({ data: 'a' })],
    ['base64 with bits left over', request({ data: 'AR==' })],
    ['__proto__', bytes('{"reqIdentifier":1001,"__proto__":{"sendID":"u1"}}')],
    ['__proto__, escaped', bytes('{"reqIdentifier":1001,"__pro\\u0074o__":null}')],
    ['constructor', request({ constructor: { prototype: {} } })],
    ['prototype', request({ prototype: {} })],
    ['lists without end', bytes('['.repeat(50_000))],
  ])('refuses %s', (_, sent) => {
    expect(() => jsonCodec.decode(sent)).toThrow(FrameMalformed);
  });

  it('throws nothing else, whatever comes', () => {
    const sent = request({ sendID: 'u1', operationID: 'é', msgIncr: 'm', data: 'CgJ1MQ==' });
    assert(
      property(uint8Array({ maxLength: 8 }), nat(sent.length), json(), (noise, at, other) => {
        const mixed = Buffer.concat([sent.subarray(0, at), noise, sent.subarray(at + noise.length)]);
        for (const input of [noise, mixed, bytes(other)]) {
          try {
            jsonCodec.decode(input);
          } catch (error) {
            expect(error).toBeInstanceOf(FrameMalformed);
          }
        }
      }),
    );
  });
});
