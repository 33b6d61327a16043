import { parse } from 'secure-json-parse';
import { ArgumentInvalid } from '../../core/errors.js';

/** Of which message a webhook told. */
export interface CallbackKey {
  sendID: string;
  recvID: string;
  groupID: string;
}

/** Standard base64. */
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** Reads the `key` of a webhook's URL. Source: contract/v3/message.md, send_simple_msg. @throws ArgumentInvalid */
export function readCallbackKey(key: string): CallbackKey {
  if (!key) throw new ArgumentInvalid('missing key in query', 'key');
  // A plus sign that was not escaped arrives as a blank.
  const base64 = key.replaceAll(' ', '+');
  if (!BASE64.test(base64)) throw new ArgumentInvalid('key is not valid base64', 'key');
  const members = parsed(Buffer.from(base64, 'base64').toString('utf8'));
  if (typeof members !== 'object' || members === null) throw new ArgumentInvalid('key is not a JSON object', 'key');
  const text = (name: keyof CallbackKey): string => {
    const value = (members as Record<string, unknown>)[name] ?? '';
    if (typeof value !== 'string') throw new ArgumentInvalid(`${name} in key must be a string`, 'key');
    return value;
  };
  return { sendID: text('sendID'), recvID: text('recvID'), groupID: text('groupID') };
}

function parsed(json: string): unknown {
  try {
    return parse(json);
  } catch {
    throw new ArgumentInvalid('key is not valid JSON', 'key');
  }
}
