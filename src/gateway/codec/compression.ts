import { crc32, gunzipSync, gzipSync, type Gunzip, type ZlibOptions } from 'node:zlib';
import { FrameMalformed } from './frames.js';
import { asBuffer } from './utf8.js';

/** Bytes. What fits into one network packet anyway gains nothing from being smaller, and zlib's start costs most of it. */
const STORED_BELOW = 1024;

/** The least work for what is large enough to shrink: the lowest level, and a window that is quick to set up. */
const FAST: ZlibOptions = { level: 1, windowBits: 12 };

/** A gzip header without options, then a deflate block that is the last one and stored as it is. Source: RFC 1952, 1951. */
const STORED_HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff, 1]);
const STORED_OVERHEAD = STORED_HEADER.length + 4 + 8;

/** Bytes. A gzip stream of nothing with the shortest header and the shortest body. */
const SMALLEST_STREAM = 18;

/** Bytes of memory taken at once for what is inflated: zlib's own bounds. */
const [SMALLEST_CHUNK, LARGEST_CHUNK] = [64, 16 * 1024];

/** One complete gzip stream of the bytes. Small ones are only wrapped, not compressed. */
export function gzip(bytes: Uint8Array): Buffer {
  return bytes.length < STORED_BELOW ? stored(bytes) : gzipSync(bytes, FAST);
}

/**
 * What a gzip stream holds.
 * @param maxBytes more than this is not inflated
 * @throws FrameMalformed when the bytes are not exactly one complete gzip stream, or inflate to more than `maxBytes`
 */
export function gunzip(bytes: Uint8Array, maxBytes: number): Buffer {
  if (bytes.length < SMALLEST_STREAM) throw new FrameMalformed('too short for gzip');
  // A stream ends with the length of what it holds, so nothing beyond that need be inflated to know that it lies.
  const length = asBuffer(bytes).readUInt32LE(bytes.length - 4);
  if (length > maxBytes) throw new FrameMalformed(`inflates to more than ${maxBytes} bytes`);
  const { buffer, engine } = inflated(bytes, {
    info: true,
    maxOutputLength: Math.max(length, 1),
    // One more than needed: zlib asks for another chunk as soon as one is full.
    chunkSize: Math.min(Math.max(length + 1, SMALLEST_CHUNK), LARGEST_CHUNK),
  });
  if (buffer.length !== length || engine.bytesWritten !== bytes.length)
    throw new FrameMalformed('more than one stream');
  return buffer;
}

function inflated(bytes: Uint8Array, options: ZlibOptions): { buffer: Buffer; engine: Gunzip } {
  try {
    // The declared result type does not know what `info` does.
    return gunzipSync(bytes, options) as unknown as { buffer: Buffer; engine: Gunzip };
  } catch (error) {
    throw new FrameMalformed('not a gzip stream', { cause: error });
  }
}

function stored(bytes: Uint8Array): Buffer {
  const { length } = bytes;
  const stream = Buffer.allocUnsafe(length + STORED_OVERHEAD);
  let position = STORED_HEADER.copy(stream);
  position = stream.writeUInt16LE(length, position);
  position = stream.writeUInt16LE(length ^ 0xffff, position);
  stream.set(bytes, position);
  position = stream.writeUInt32LE(crc32(bytes), position + length);
  stream.writeUInt32LE(length, position);
  return stream;
}
