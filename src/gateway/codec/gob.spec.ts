import { describe, expect, it } from 'vitest';
import { FrameMalformed } from './frames.js';
import { GobReader } from './gob-reader.js';
import { GobWriter, sizeOfStruct, sizeOfUnsigned, type GobValue } from './gob-writer.js';
import { GobType } from './gob.js';

const reader = (hex: string): GobReader => new GobReader(Buffer.from(hex.replaceAll(' ', ''), 'hex'));

function written(write: (writer: GobWriter) => void): string {
  const writer = new GobWriter(100);
  write(writer);
  return writer.written().toString('hex');
}

// Source: contract/gateway.md section 5.1.
const UNSIGNED: [number, string][] = [
  [0, '00'],
  [7, '07'],
  [127, '7f'],
  [128, 'ff80'],
  [255, 'ffff'],
  [256, 'fe0100'],
  [2002, 'fe07d2'],
  [65536, 'fd010000'],
];
const SIGNED: [number, string][] = [
  [0, '00'],
  [7, '0e'],
  [127, 'fffe'],
  [128, 'fe0100'],
  [255, 'fe01fe'],
  [256, 'fe0200'],
  [2002, 'fe0fa4'],
  [65536, 'fd020000'],
  [-1, '01'],
  [-64, '7f'],
  [-65, 'ff81'],
];

describe('Gob', () => {
  it.each(UNSIGNED)('%d without a sign is %s', (value, hex) => {
    expect(reader(hex).unsigned()).toBe(value);
    expect(written((writer) => writer.unsigned(value))).toBe(hex);
    expect(sizeOfUnsigned(value)).toBe(hex.length / 2);
  });

  it.each(SIGNED)('%d with a sign is %s', (value, hex) => {
    expect(reader(hex).signed()).toBe(value);
    expect(written((writer) => writer.signed(value))).toBe(hex);
  });

  it('reads numbers up to 2^53 in as many bytes as there may be', () => {
    expect(reader('f9 1fffffffffffff').unsigned()).toBe(Number.MAX_SAFE_INTEGER);
    expect(reader('f8 001fffffffffffff').unsigned()).toBe(Number.MAX_SAFE_INTEGER);
    expect(reader('f9 1fffffffffffff').signed()).toBe(-(2 ** 52));
    expect(reader('f8 0000000000000005').unsigned()).toBe(5);
  });

  it.each([
    ['2^53', 'f9 20000000000000'],
    ['2^64 - 1', 'f8 ffffffffffffffff'],
    ['nine bytes', 'f7 000000000000000001'],
    ['128 bytes', `80 ${'00'.repeat(128)}`],
    ['no bytes where two should be', 'fe'],
    ['one byte where two should be', 'fe 01'],
    ['nothing', ''],
  ])('refuses a number of %s', (_, hex) => {
    expect(() => reader(hex).unsigned()).toThrow(FrameMalformed);
  });

  it.each([
    [GobType.bool, '01'],
    [GobType.int, 'f8 ffffffffffffffff'],
    [GobType.uint, 'f8 ffffffffffffffff'],
    [GobType.float, 'fe f83f'],
    [GobType.bytes, '03 ffffff'],
    [GobType.string, '02 7531'],
  ])('passes over a value of type %d', (type, hex) => {
    const at = reader(`${hex} 2a`);
    at.skip(type);
    expect(at.unsigned()).toBe(42);
  });

  it.each([
    ['of an unknown type', 7, '00'],
    ['of a type of its own', 65, '00'],
    ['of no type', 0, '00'],
    ['beyond the end', GobType.bytes, '04 010203'],
    ['far beyond the end', GobType.string, 'f8 ffffffffffffffff 00'],
    ['in half', GobType.float, 'fe f8'],
    ['of nine bytes', GobType.uint, 'f7 000000000000000001'],
  ])('does not pass over a value %s', (_, type, hex) => {
    expect(() => reader(hex).skip(type)).toThrow(FrameMalformed);
  });

  it('takes a string for what it is only in UTF-8', () => {
    expect(reader('03 c3a969').string()).toBe('éi');
    expect(() => reader('02 c328').string()).toThrow(FrameMalformed);
    expect(() => reader('03 eda080').string()).toThrow(FrameMalformed);
  });

  it('keeps to the message it reads', () => {
    const at = reader('02 02 61 62');
    expect(() => at.message(() => at.string())).toThrow(FrameMalformed);
    const longer = reader('03 01 61 62');
    expect(() => longer.message(() => longer.string())).toThrow(FrameMalformed);
    const two = reader('02 01 61 02 01 62');
    expect([two.message(() => two.string()), two.message(() => two.string()), two.hasMore()]).toEqual([
      'a',
      'b',
      false,
    ]);
  });

  it.each<[string, GobValue[]]>([
    ['00', []],
    ['00', [0, Buffer.alloc(0)]],
    ['01 05 01 01 61 00', [-3, Buffer.from('a')]],
    ['03 fe0fa4 01 02 0102 00', [0, Buffer.alloc(0), 2002, Buffer.of(1, 2)]],
  ])('writes a struct as %s', (hex, values) => {
    expect(written((writer) => writer.struct(values))).toBe(hex.replaceAll(' ', ''));
    expect(sizeOfStruct(values)).toBe(hex.replaceAll(' ', '').length / 2);
  });
});
