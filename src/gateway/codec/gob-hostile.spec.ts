import { array, assert, nat, property, tuple, uint8Array } from 'fast-check';
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
import { FrameMalformed, type RequestFrame } from './frames.js';
import { gobCodec } from './gob-codec.js';

describe('Gob that nobody vouches for', () => {
  const field = (index: number, change: Partial<Field>): Buffer =>
    frame(asSent(SENT).map((one, at) => (at === index ? { ...one, ...change } : one)));
  const many = (count: number, id: number): Buffer[] =>
    Array.from({ length: count }, (_, at) => definition(id + at, []));
  const values = (hex: string): Buffer => Buffer.concat([REQUEST_DEFINITION, bytes(hex)]);

  it.each<[string, string, Buffer]>([
    ['nothing', 'too early', NONE],
    ['a definition without value', 'too early', REQUEST_DEFINITION],
    ['a value before its definition', 'not defined', Buffer.concat([REQUEST_VALUE, REQUEST_DEFINITION])],
    ['a value without definition', 'not defined', REQUEST_VALUE],
    ['a value of another type', 'not defined', Buffer.concat([REQUEST_DEFINITION, valueMessage(65, asSent(SENT))])],
    ['a value of a type of gob', 'not defined', values('03 0c 01 61')],
    ['two values', 'follows the value', Buffer.concat([REQUEST, REQUEST_VALUE])],
    ['two frames in one', 'follows the value', Buffer.concat([REQUEST, REQUEST])],
    ['a byte behind the value', 'follows the value', Buffer.concat([REQUEST, Buffer.of(0)])],
    ['an empty message', 'too early', Buffer.concat([Buffer.of(0), REQUEST])],
    ['a type defined twice', 'defined twice', Buffer.concat([REQUEST_DEFINITION, REQUEST])],
    ['a definition under two ids', 'two ids', bytes('09 7f 03 01 02 ff82 00 00 00 03 ff80 00')],
    ['too many definitions', 'too many types', Buffer.concat([...many(8, 100), REQUEST])],
    [
      'too many fields',
      '65 fields',
      frame([...asSent(SENT), ...Array.from({ length: 59 }, (_, at) => ({ name: `F${at}`, type: 2 }))]),
    ],
    ['a field beyond the last one', 'beyond the last', values('07 ff80 07 02 7531 00')],
    ['a field far beyond the last one', 'beyond the last', values('0d ff80 f8 000fffffffffffff 01 61 00')],
    ['a value without end', 'too early', values('06 ff80 03 02 7531')],
    ['a value that ends before its message', 'behind its value', values('08 ff80 03 02 7531 00 00')],
    ['a string longer than its message', 'beyond the end', values('07 ff80 03 04 7531 00')],
    ['a string of 2^64 - 1 bytes', 'beyond 2^53', values('0f ff80 03 f8 ffffffffffffffff 7531 00')],
    ['a string of 2^52 bytes', 'beyond the end', values('0e ff80 03 f9 10000000000000 7531 00')],
    ['data of 2^31 bytes', 'beyond the end', values('0b ff80 06 fc 80000000 7531 00')],
    ['a message of 2^64 - 1 bytes', 'beyond 2^53', bytes('f8 ffffffffffffffff 7f')],
    ['a message of 2^40 bytes', 'beyond the end', bytes('fa 010000000000 7f')],
    ['a number of nine bytes', 'more than 8', values('0d ff80 01 f7 000000000000000001 00')],
    ['a request id beyond 2^53', 'beyond 2^53', values('0d ff80 01 f8 ffffffffffffffff 00')],
    ['2^64 - 1 fields', 'beyond 2^53', bytes('12 7f 03 01 02 ff80 00 01 f8 ffffffffffffffff 00 00')],
    ['2^32 fields', '4294967296 fields', bytes('0f 7f 03 01 02 ff80 00 01 fb 0100000000 00 00')],
    ['a request id without sign', 'ReqIdentifier has', field(0, { type: 3 })],
    ['a request id that is a string', 'ReqIdentifier has', field(0, { type: 6, value: '1001' })],
    ['a user that is bytes', 'SendID has', field(2, { type: 5 })],
    ['a trace that is an int', 'OperationID has', field(3, { type: 2, value: 5 })],
    ['a correlation that is bytes', 'MsgIncr has', field(4, { type: 5 })],
    ['data that is a string', 'Data has', field(5, { type: 6 })],
    ['data of another type, though there is none', 'Data has', field(5, { type: 6, value: undefined })],
    ['a user that is not UTF-8', 'not UTF-8', field(2, { value: Buffer.of(0xc3, 0x28) })],
    ['a trace that is half a character', 'not UTF-8', field(3, { value: Buffer.of(0xed, 0xa0, 0x80) })],
    [
      'an unknown field of a type of its own',
      'a value of type 65',
      frame([...asSent(SENT), { name: 'X', type: 65, value: 1 }]),
    ],
    [
      'an unknown field of the type complex',
      'a value of type 7',
      frame([...asSent(SENT), { name: 'X', type: 7, value: 1 }]),
    ],
    // The wire type's second field is a slice, its fourth a map.
    ['a slice', 'no struct', bytes('0b 7f 02 01 02 ff80 00 01 0c 00 00')],
    ['a map', 'no struct', bytes('0d 7f 04 01 02 ff80 00 01 0c 01 0c 00 00')],
    ['a definition of nothing', 'no struct', bytes('02 7f 00')],
    ['a definition of two kinds', 'two kinds', bytes('0a 7f 03 01 02 ff80 00 00 01 00')],
    ['JSON', 'beyond the end', Buffer.from('{"reqIdentifier":1001}')],
  ])('refuses %s: %s', (_, why, sent) => {
    const decode = (): RequestFrame => gobCodec.decode(sent);
    expect(decode).toThrow(FrameMalformed);
    expect(decode).toThrow(why);
  });

  it('refuses a request that is cut off anywhere', () => {
    for (let length = 0; length < REQUEST.length; length += 1) {
      expect(() => gobCodec.decode(REQUEST.subarray(0, length))).toThrow(FrameMalformed);
    }
  });

  it('throws nothing else, whatever comes', () => {
    const cuts = tuple(nat(REQUEST.length), uint8Array({ maxLength: 12 }), nat(12));
    assert(
      property(array(cuts, { maxLength: 4 }), uint8Array({ maxLength: 60 }), (changes, noise) => {
        let changed = REQUEST;
        for (const [at, put, taken] of changes) {
          changed = Buffer.concat([changed.subarray(0, at), put, changed.subarray(at + taken)]);
        }
        for (const sent of [changed, Buffer.from(noise), Buffer.concat([REQUEST_DEFINITION, noise])]) {
          try {
            gobCodec.decode(sent);
          } catch (error) {
            expect(error).toBeInstanceOf(FrameMalformed);
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it('throws nothing else, whichever byte is changed', () => {
    for (let at = 0; at < REQUEST.length; at += 1) {
      for (const byte of [0, 1, 2, 0x40, 0x7f, 0x80, 0xf7, 0xf8, 0xfe, 0xff]) {
        const changed = Buffer.from(REQUEST);
        changed[at] = byte;
        try {
          gobCodec.decode(changed);
        } catch (error) {
          if (!(error instanceof FrameMalformed)) throw error;
        }
      }
    }
  });

  it('spends little on the worst a frame of a megabyte can hold', () => {
    const names = Array.from({ length: 64 }, (_, at) => ({ name: `${at}${'n'.repeat(2000)}`, type: 2 }));
    const worst = Buffer.concat([
      ...Array.from({ length: 8 }, (_, at) => definition(100 + at, names)),
      valueMessage(
        107,
        names.map((one) => ({ ...one, value: 1 })),
      ),
    ]);
    expect(worst.length).toBeGreaterThan(1_000_000);
    const start = performance.now();
    gobCodec.decode(worst);
    expect(performance.now() - start).toBeLessThan(5000);
  });
});
