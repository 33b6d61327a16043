import type { IncomingHttpHeaders } from 'node:http';
import { PLATFORM_NAMES } from '../core/protocol.js';
import type { Codec } from './codec/frames.js';
import { gobCodec } from './codec/gob-codec.js';
import { jsonCodec } from './codec/json-codec.js';
import type { Outcome } from './outcome.js';

/** What a client says of itself when it connects. Source: contract/gateway.md section 1. */
export interface Handshake {
  /** What it may mean by `sendID`: some clients do not percent-encode it, so that "+" has two readings. */
  userIDs: readonly string[];
  token: string;
  platformID: number;
  operationID: string;
  isBackground: boolean;
  /** It wants the outcome as a first text frame. */
  wantsOutcome: boolean;
  compressed: boolean;
  codec: Codec;
}

/** A handshake that cannot be read. */
export class HandshakeUnreadable extends Error {
  constructor(readonly outcome: Outcome) {
    super(outcome.errDlt);
  }
}

/** Spellings of true and false that the protocol knows. */
const TRUE = new Set(['1', 't', 'T', 'TRUE', 'true', 'True']);
const FALSE = new Set(['0', 'f', 'F', 'FALSE', 'false', 'False']);

/** Longest query that is read: a token and a few short members. */
const MAX_QUERY = 16_384;

/** Reads what a client says of itself, from the URL it asks for. @throws HandshakeUnreadable */
export function readHandshake(url: string, headers: IncomingHttpHeaders): Handshake {
  const query = url.slice(url.indexOf('?') + 1 || url.length);
  if (query.length > MAX_QUERY) throw argumentsWrong(`the query is longer than ${MAX_QUERY} characters`);
  const params = new URLSearchParams(query);
  const packed = params.get('v');
  const given = packed ? unpack(packed) : Object.fromEntries(params);
  const text = (name: string): string => given[name] ?? '';

  for (const name of ['operationID', 'token', 'sendID']) if (!text(name)) throw argumentsWrong(`${name} is empty`);
  const platformID = /^\d{1,3}$/.test(text('platformID')) ? Number(text('platformID')) : 0;
  if (!PLATFORM_NAMES[platformID]) throw argumentsWrong(`platformID ${JSON.stringify(text('platformID'))} is unknown`);
  const wantsOutcome = text('isMsgResp') === '' ? false : truthOf(text('isMsgResp'));
  if (wantsOutcome === undefined) throw argumentsWrong('isMsgResp must be true or false');
  const codec = codecOf(text('sdkType'));
  if (!codec) throw argumentsWrong('sdkType must be go or js');
  const isBackground = truthOf(text('isBackground'));
  if (isBackground === undefined) {
    const errDlt = `isBackground must be true or false, not ${JSON.stringify(text('isBackground').slice(0, 32))}`;
    throw new HandshakeUnreadable({ errCode: 500, errMsg: 'ServerInternalError', errDlt });
  }
  const compression = text('compression') || headers['compression'];
  return {
    userIDs: packed ? [text('sendID')] : readingsOf(query, text('sendID')),
    token: text('token'),
    platformID,
    operationID: text('operationID'),
    isBackground,
    wantsOutcome,
    compressed: compression === 'gzip',
    codec,
  };
}

function argumentsWrong(errDlt: string): HandshakeUnreadable {
  return new HandshakeUnreadable({ errCode: 1602, errMsg: 'args err, need token, sendID, platformID', errDlt });
}

function truthOf(text: string): boolean | undefined {
  return TRUE.has(text) || (FALSE.has(text) ? false : undefined);
}

function codecOf(sdkType: string): Codec | undefined {
  if (sdkType === 'js') return jsonCodec;
  return sdkType === '' || sdkType === 'go' ? gobCodec : undefined;
}

/** `sendID` as forms write it, and as URLs do, where "+" is itself. */
function readingsOf(query: string, formReading: string): string[] {
  const [, raw = ''] = /(?:^|&)sendID=([^&]*)/.exec(query) ?? [];
  try {
    return [...new Set([formReading, decodeURIComponent(raw)])];
  } catch {
    return [formReading];
  }
}

/** The members of `v`, in the words of the query. Source: contract/gateway.md section 1. */
function unpack(packed: string): Record<string, string | undefined> {
  let given: unknown;
  try {
    given = JSON.parse(Buffer.from(packed, 'base64url').toString('utf8'));
  } catch {
    throw argumentsWrong('v is not base64url of a JSON object');
  }
  if (typeof given !== 'object' || given === null || Array.isArray(given)) throw argumentsWrong('v is not an object');
  const members = given as Record<string, unknown>;
  const text = (name: string): string => {
    const value = members[name] ?? '';
    if (typeof value !== 'string') throw argumentsWrong(`${name} in v must be a string`);
    return value;
  };
  const flag = (name: string): string => {
    const value = members[name] ?? false;
    if (typeof value !== 'boolean') throw argumentsWrong(`${name} in v must be true or false`);
    return String(value);
  };
  if (typeof members['platformID'] !== 'number') throw argumentsWrong('platformID in v must be a number');
  return {
    sendID: text('userID'),
    token: text('token'),
    platformID: String(members['platformID']),
    operationID: text('operationID'),
    compression: text('compression'),
    sdkType: text('sdkType'),
    isMsgResp: flag('sendResponse'),
    isBackground: flag('background'),
  };
}
