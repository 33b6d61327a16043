import {
  type Arbitrary,
  assert,
  constantFrom,
  integer,
  property,
  record,
  shuffledSubarray,
  string,
  uint8Array,
} from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  asSent,
  bytes,
  definition,
  type Field,
  frame,
  NONE,
  REQUEST,
  REQUEST_DEFINITION,
  REQUEST_VALUE,
  SENT,
  valueMessage,
} from '../../../test/support/gob-frames.js';
import type { RequestFrame, ResponseFrame } from './frames.js';
import { gobCodec } from './gob-codec.js';

/** Of one to four bytes, and those that JSON escapes. */
const CHARACTER = constantFrom('a', '"', '\\', '\0', '\n', 'é', '€', '😀');

// Source: contract/gateway.md section 5.3.
const RESPONSE_DEFINITION = `
  5f7f030101045265737001ff80000106010d5265714964656e74696669657201040001074d7367496e6372010c00010b4f7065726174696f6e4944010c0001
  07457272436f646501040001064572724d7367010c00010444617461010a000000`;
const RESPONSE: ResponseFrame = {
  reqIdentifier: 1001,
  msgIncr: 'm',
  operationID: 'o',
  errCode: 0,
  errMsg: '',
  data: NONE,
};

describe('Gob responses', () => {
  it.each<[string, Partial<ResponseFrame>, string]>([
    ['an answer', { data: bytes('010203') }, '12 ff80 01 fe07d2 01 01 6d 01 01 6f 03 03 010203 00'],
    ['a kick', { reqIdentifier: 2002, msgIncr: '', operationID: '' }, '07 ff80 01 fe0fa4 00'],
    ['success without data', { reqIdentifier: 2004 }, '0d ff80 01 fe0fa8 01016d 01016f 00'],
    [
      'an error',
      { reqIdentifier: 1003, errCode: 1302, errMsg: 'BlockedByPeer' },
      '20 ff80 01 fe07d6 01016d 01016f 01 fe0a2c 01 0d 426c6f636b656442795065657200',
    ],
    [
      'a push',
      { reqIdentifier: 2001, msgIncr: '', operationID: 'op', data: bytes('0a00') },
      '0f ff80 01 fe0fa2 02 026f70 03 02 0a00 00',
    ],
    [
      'a push with more data',
      { reqIdentifier: 2001, msgIncr: '', operationID: '', data: Buffer.alloc(200, 7) },
      `ffd2 ff80 01 fe0fa2 05 ffc8 ${'07'.repeat(200)} 00`,
    ],
  ])('%s is the documented bytes', (_, members, message) => {
    const encoded = gobCodec.encode({ ...RESPONSE, ...members });
    expect(encoded.toString('hex')).toBe(bytes(RESPONSE_DEFINITION + message).toString('hex'));
  });

  it('any answer is what a plain encoder makes of it', () => {
    const text = string({ unit: CHARACTER });
    const answers: Arbitrary<ResponseFrame> = record({
      reqIdentifier: integer(),
      msgIncr: text,
      operationID: text,
      errCode: integer(),
      errMsg: text,
      data: uint8Array({ minLength: 2, maxLength: 400 }).map((data) => data.subarray(1, -1)),
    });
    assert(
      property(answers, (answer) => {
        const plain = valueMessage(64, [
          { name: 'ReqIdentifier', type: 2, value: answer.reqIdentifier },
          { name: 'MsgIncr', type: 6, value: answer.msgIncr },
          { name: 'OperationID', type: 6, value: answer.operationID },
          { name: 'ErrCode', type: 2, value: answer.errCode },
          { name: 'ErrMsg', type: 6, value: answer.errMsg },
          { name: 'Data', type: 5, value: Buffer.from(answer.data) },
        ]);
        expect(gobCodec.encode(answer).subarray(96).equals(plain)).toBe(true);
      }),
    );
  });

  it('takes a string that is half a character', () => {
    expect(gobCodec.encode({ ...RESPONSE, msgIncr: '\ud800' }).subarray(96)).toEqual(
      bytes('0f ff80 01 fe07d2 01 03 efbfbd 01 01 6f 00'),
    );
  });
});

describe('Gob requests', () => {
  it('reads what the WebAssembly client sends', () => {
    expect(REQUEST).toHaveLength(182);
    expect(gobCodec.decode(REQUEST)).toEqual(SENT);
    // The plain encoder of these tests is the client's equal.
    expect(frame(asSent(SENT)).equals(REQUEST)).toBe(true);
  });

  it('reads a view into larger memory', () => {
    const memory = Buffer.concat([Buffer.alloc(5, 1), REQUEST, Buffer.alloc(5, 1)]);
    const view = new Uint8Array(memory.buffer, memory.byteOffset + 5, REQUEST.length);
    expect(gobCodec.decode(view)).toEqual(SENT);
  });

  it.each([64, 65, 200, 300, 66_000])('accepts %d as the id of the type', (id) => {
    expect(gobCodec.decode(frame(asSent(SENT), id))).toEqual(SENT);
  });

  it('goes by the names of the fields, whatever their order and the name of the type', () => {
    const fields = asSent(SENT);
    assert(
      property(shuffledSubarray(fields, { minLength: 6 }), string({ maxLength: 200 }), (shuffled, name) => {
        const sent = Buffer.concat([definition(64, shuffled, name), valueMessage(64, shuffled)]);
        expect(gobCodec.decode(sent)).toEqual(SENT);
      }),
    );
  });

  it('takes fields that are not sent, or not even defined, as empty', () => {
    const empty: RequestFrame = { reqIdentifier: 0, sendID: '', operationID: '', msgIncr: '', data: NONE };
    expect(gobCodec.decode(frame(asSent(empty)))).toEqual(empty);
    expect(gobCodec.decode(frame([{ name: 'MsgIncr', type: 6, value: 'm' }]))).toEqual({ ...empty, msgIncr: 'm' });
    expect(gobCodec.decode(frame([]))).toEqual(empty);
    // A definition by Go of a struct without name and fields: both are zero and left out.
    expect(gobCodec.decode(bytes('09 7f 03 01 02 ff80 00 00 00 03 ff80 00'))).toEqual(empty);
  });

  it.each<[string, Field]>([
    ['bool', { name: 'Extra', type: 1, value: true }],
    ['int', { name: 'Extra', type: 2, value: -(2n ** 63n) }],
    ['uint', { name: 'Extra', type: 3, value: 2n ** 64n - 1n }],
    ['float', { name: 'Extra', type: 4, value: 0xf83fn }],
    ['bytes', { name: 'Extra', type: 5, value: Buffer.alloc(300, 1) }],
    ['bytes that are no text', { name: 'Extra', type: 6, value: Buffer.of(0xff) }],
    ['string', { name: 'reqidentifier', type: 6, value: 'names are case-sensitive' }],
    ['the token', { name: 'Token', type: 6, value: 'x'.repeat(400) }],
    ['name of an object', { name: '__proto__', type: 6, value: 'x' }],
    ['type of its own that has no value', { name: 'Extra', type: 65 }],
  ])('passes over a field it does not know: %s', (_, extra) => {
    for (const at of [0, 3, 6]) {
      expect(gobCodec.decode(frame(asSent(SENT).toSpliced(at, 0, extra)))).toEqual(SENT);
    }
  });

  it('reads the value of the type it names when several are defined', () => {
    const other = definition(65, [{ name: 'SendID', type: 2 }], 'Other');
    expect(gobCodec.decode(Buffer.concat([other, REQUEST]))).toEqual(SENT);
    expect(gobCodec.decode(Buffer.concat([REQUEST_DEFINITION, other, REQUEST_VALUE]))).toEqual(SENT);
  });

  it('reads what Go makes of another struct with the same names, and one it never fills', () => {
    // Captured from Go 1.19: a float, a bool, a uint of 64 bits and the like around the members, and a nested struct.
    const captured = bytes(`
      ff89ff83030101045769646501ff8400010c010645787472613101080001074d7367496e6372010c000101420102000101550106
      00010149010400010444617461010a00010143010a00010d5265714964656e746966696572010400010153010c00010653656e64
      4944010c0001064e657374656401ff8200010b4f7065726174696f6e4944010c0000005dff810301010352657101ff8200010601
      0d5265714964656e7469666965720104000105546f6b656e010c00010653656e644944010c00010b4f7065726174696f6e494401
      0c0001074d7367496e6372010c00010444617461010a0000002fff8401fef83f01016d010101f8ffffffffffffffff01f8ffffff
      ffffffffff01010901010101090102c3a901017500`);
    expect(gobCodec.decode(captured)).toEqual({
      reqIdentifier: -5,
      sendID: 'u',
      operationID: '',
      msgIncr: 'm',
      data: bytes('09'),
    });
  });

  it('any request is read as what it was', () => {
    const text = string({ unit: CHARACTER, maxLength: 300 });
    const requests: Arbitrary<RequestFrame> = record({
      reqIdentifier: integer(),
      sendID: text,
      operationID: text,
      msgIncr: text,
      data: uint8Array({ maxLength: 300, size: 'max' }).map((data) => Buffer.from(data)),
    });
    assert(
      property(requests, integer({ min: 7, max: 100_000 }), (sent, id) => {
        const read = gobCodec.decode(frame(asSent(sent), id));
        expect({ ...read, data: NONE }).toEqual({ ...sent, data: NONE });
        expect(Buffer.compare(read.data, sent.data)).toBe(0);
      }),
      { numRuns: 50 },
    );
  });
});
