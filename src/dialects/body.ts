import { parse, scan } from 'secure-json-parse';
import { BodyUnreadable } from '../core/errors.js';
import { keepExactNumbers } from './exact-numbers.js';

const PROTOTYPE_KEYS = 'body must not have the keys __proto__ or constructor.prototype';

/** What the server's body reader hands over in place of a body that was too large to keep. */
export class OversizeBody {
  constructor(readonly limit: number) {}
}

/**
 * The body as a JSON object, whatever the Content-Type said. Accepts what an HTTP framework left there: text, bytes, or an
 * object a host's own parser made.
 *
 * @throws BodyUnreadable when it is no JSON object, is too large, or has a key that could reach a prototype
 */
export function readBody(body: unknown): Record<string, unknown> {
  if (body instanceof OversizeBody) throw new BodyUnreadable(`body is larger than ${body.limit} bytes`);
  const value = typeof body === 'string' || body instanceof Uint8Array ? parseText(body) : checked(body);
  if (value === undefined) throw new BodyUnreadable('body is empty, a JSON object is expected');
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new BodyUnreadable('body must be a JSON object');
  }
  return value as Record<string, unknown>;
}

/** An object a host's own parser made, which may not have looked for such keys. */
function checked(body: unknown): unknown {
  if (typeof body !== 'object' || body === null) return body;
  try {
    return scan(body);
  } catch {
    throw new BodyUnreadable(PROTOTYPE_KEYS);
  }
}

function parseText(text: string | Uint8Array): unknown {
  const json = typeof text === 'string' ? text : Buffer.from(text).toString('utf8');
  if (json.trim() === '') return undefined;
  try {
    return parse(keepExactNumbers(json));
  } catch (error) {
    const prototypeKey = /forbidden prototype property/.test((error as Error).message);
    throw new BodyUnreadable(prototypeKey ? PROTOTYPE_KEYS : 'body is not valid JSON');
  }
}
