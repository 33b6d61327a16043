import { gunzipSync, gzipSync } from 'node:zlib';
import { assert, integer, nat, property, uint8Array } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gunzip, gzip } from './compression.js';
import { FrameMalformed } from './frames.js';

const MAX = 1 << 20;
const text = (length: number): Buffer => Buffer.alloc(length, 'to be compressed ');

describe('Compression', () => {
  it.each([0, 1, 200, 1023, 1024, 2000, 16383, 16384, 50_000, 70_000])('%d bytes come back', (length) => {
    expect(gunzipSync(gzip(text(length))).equals(text(length))).toBe(true);
    expect(gunzip(gzip(text(length)), MAX).equals(text(length))).toBe(true);
  });

  it('any bytes come back, whoever compressed them', () => {
    assert(
      property(uint8Array({ maxLength: 3000 }), integer({ min: 0, max: 9 }), (bytes, level) => {
        expect(gunzip(gzip(bytes), MAX).equals(bytes)).toBe(true);
        expect(gunzip(gzipSync(bytes, { level }), MAX).equals(bytes)).toBe(true);
      }),
    );
  });

  it('reads a view into larger memory', () => {
    const stream = gzipSync(text(300));
    const memory = Buffer.concat([Buffer.alloc(7, 1), stream, Buffer.alloc(9, 1)]);
    expect(gunzip(new Uint8Array(memory.buffer, memory.byteOffset + 7, stream.length), MAX).equals(text(300))).toBe(
      true,
    );
  });

  it('makes large frames smaller and small ones hardly larger', () => {
    expect(gzip(text(50_000)).length).toBeLessThan(5000);
    expect(gzip(text(200))).toHaveLength(223);
  });

  it('reads a header with a file name and a comment', () => {
    const plain = gzipSync(text(100));
    const named = Buffer.concat([
      plain.subarray(0, 3),
      Buffer.of(8 + 16),
      plain.subarray(4, 10),
      Buffer.from('a\0b\0'),
    ]);
    expect(gunzip(Buffer.concat([named, plain.subarray(10)]), MAX).equals(text(100))).toBe(true);
  });

  it('inflates up to the bound and not a byte more', () => {
    expect(gunzip(gzipSync(text(5000)), 5000)).toHaveLength(5000);
    expect(() => gunzip(gzipSync(text(5001)), 5000)).toThrow(FrameMalformed);
    expect(() => gunzip(gzip(text(1)), 0)).toThrow(FrameMalformed);
  });

  it('stops a bomb, also one that says it is small', () => {
    const bomb = gzipSync(Buffer.alloc(20 << 20));
    expect(() => gunzip(bomb, MAX)).toThrow(FrameMalformed);
    bomb.writeUInt32LE(100, bomb.length - 4);
    const before = process.memoryUsage().arrayBuffers;
    const start = performance.now();
    expect(() => gunzip(bomb, MAX)).toThrow(FrameMalformed);
    expect(performance.now() - start).toBeLessThan(5000);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(MAX);
  });

  const stream = gzipSync(text(400));
  const changed = (at: number): Buffer => {
    const copy = Buffer.from(stream);
    copy[at] ^= 1;
    return copy;
  };
  it.each([
    ['nothing', Buffer.alloc(0)],
    ['plain text', Buffer.from('{"reqIdentifier":1001,"sendID":"u1"}')],
    ['a stream and a zero', Buffer.concat([stream, Buffer.alloc(1)])],
    ['a stream and zeros', Buffer.concat([stream, Buffer.alloc(40)])],
    ['a stream and garbage', Buffer.concat([stream, Buffer.from('garbage')])],
    ['a stream, garbage and its own length again', Buffer.concat([stream, Buffer.alloc(9, 7), stream.subarray(-4)])],
    ['a stream, zeros and its own length again', Buffer.concat([stream, Buffer.alloc(9), stream.subarray(-4)])],
    ['two streams', Buffer.concat([stream, stream])],
    ['a wrong length', changed(stream.length - 4)],
    ['a wrong checksum', changed(stream.length - 8)],
    ['a wrong magic', changed(0)],
    ['a raw deflate', stream.subarray(10, -8)],
  ])('refuses %s', (_, bytes) => {
    expect(() => gunzip(bytes, MAX)).toThrow(FrameMalformed);
  });

  it('refuses a stream that is cut off anywhere', () => {
    for (let length = 0; length < stream.length; length += 1) {
      expect(() => gunzip(stream.subarray(0, length), MAX)).toThrow(FrameMalformed);
    }
  });

  it('throws nothing else, whatever comes', () => {
    assert(
      property(uint8Array({ maxLength: 200 }), nat(stream.length), (noise, at) => {
        for (const bytes of [
          noise,
          Buffer.concat([stream.subarray(0, at), noise, stream.subarray(at + noise.length)]),
        ]) {
          try {
            gunzip(bytes, 500);
          } catch (error) {
            expect(error).toBeInstanceOf(FrameMalformed);
          }
        }
      }),
    );
  });
});
