import { isUtf8 } from 'node:buffer';
import { FrameMalformed } from './frames.js';

const REPLACEMENT = '\ufffd';

/** The same bytes with Buffer's methods, not copied. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The text in a part of the bytes; nothing is replaced. @throws FrameMalformed when it is not UTF-8 */
export function utf8Text(bytes: Buffer, start = 0, end = bytes.length): string {
  const text = bytes.toString('utf8', start, end);
  // Only a text with this character can have had something replaced; the others are spared the check.
  if (text.includes(REPLACEMENT) && !isUtf8(bytes.subarray(start, end))) throw new FrameMalformed('text is not UTF-8');
  return text;
}
