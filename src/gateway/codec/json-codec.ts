import { FrameMalformed, type Codec } from './frames.js';
import { asBuffer, utf8Text } from './utf8.js';

type Fields = Record<string, unknown>;

/** What no client sends, but someone does who wants to change objects at large. */
const PROTOTYPE_KEYS = ['__proto__', 'constructor', 'prototype'];

const NOTHING = Buffer.alloc(0);

/** The codec of the JavaScript clients: UTF-8 JSON. Source: contract/gateway.md section 3.1. */
export const jsonCodec: Codec = {
  name: 'json',

  decode(bytes) {
    const fields = fieldsOf(bytes);
    return {
      reqIdentifier: integer(fields, 'reqIdentifier'),
      sendID: text(fields, 'sendID'),
      operationID: text(fields, 'operationID'),
      msgIncr: text(fields, 'msgIncr'),
      data: base64(fields, 'data'),
    };
  },

  encode({ reqIdentifier, msgIncr, operationID, errCode, errMsg, data }) {
    // Put together by hand: base64 has nothing to escape, so the longest member need not be searched for it.
    return Buffer.from(
      `{"reqIdentifier":${reqIdentifier},"msgIncr":${JSON.stringify(msgIncr)},` +
        `"operationID":${JSON.stringify(operationID)},"errCode":${errCode},"errMsg":${JSON.stringify(errMsg)},` +
        `"data":${data.length === 0 ? 'null' : `"${asBuffer(data).toString('base64')}"`}}`,
    );
  },
};

function fieldsOf(bytes: Uint8Array): Fields {
  const value = parsed(utf8Text(asBuffer(bytes)));
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new FrameMalformed('not an object');
  for (const key of PROTOTYPE_KEYS) {
    if (Object.hasOwn(value, key)) throw new FrameMalformed(`has the member ${key}`);
  }
  return value as Fields;
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new FrameMalformed('not JSON', { cause: error });
  }
}

function integer(fields: Fields, key: string): number {
  const value = fields[key];
  if (!Number.isSafeInteger(value)) throw new FrameMalformed(`${key} is not an integer`);
  return value as number;
}

function text(fields: Fields, key: string): string {
  const value = fields[key];
  // As Go reads it: what is null, or not there, is empty.
  if (value === undefined || value === null) return '';
  if (typeof value !== 'string') throw new FrameMalformed(`${key} is not a string`);
  return value;
}

function base64(fields: Fields, key: string): Uint8Array {
  const value = fields[key];
  if (value === undefined || value === null) return NOTHING;
  if (typeof value !== 'string') throw new FrameMalformed(`${key} is not a string`);
  const bytes = Buffer.from(value, 'base64');
  // Node passes over whatever is not base64; only text that is, padding included, comes back the same.
  if (bytes.toString('base64') !== value) throw new FrameMalformed(`${key} is not base64`);
  return bytes;
}
