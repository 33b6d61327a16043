import { ArgumentInvalid } from '../../core/errors.js';
import { hasMoreBytes } from '../../core/text.js';
import { MAX_CONTENT_BYTES } from '../outgoing.js';

/** A content as a sender gives it. */
export type Content = Record<string, unknown>;

/** Objects inside a content nest at most this deep. */
const MAX_DEPTH = 64;

/** The content as an object that can be walked through and stored. @throws ArgumentInvalid */
export function asContentObject(value: unknown): Content {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ArgumentInvalid('content must be a JSON object', 'content');
  }
  if (depthOf(value) > MAX_DEPTH)
    throw new ArgumentInvalid(`content must not nest deeper than ${MAX_DEPTH}`, 'content');
  if (hasMoreBytes(JSON.stringify(value), MAX_CONTENT_BYTES)) {
    throw new ArgumentInvalid(`content must be at most ${MAX_CONTENT_BYTES} bytes`, 'content');
  }
  return value as Content;
}

/** How deep a value nests, counted without recursion: the sender chooses the depth. */
function depthOf(value: unknown): number {
  let depth = 0;
  let level: unknown[] = [value];
  while (level.length > 0 && depth <= MAX_DEPTH) {
    depth += 1;
    level = level.flatMap((one) => (typeof one === 'object' && one !== null ? Object.values(one) : []));
  }
  return depth;
}
