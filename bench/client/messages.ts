import { randomBytes } from 'node:crypto';
import { Writer } from 'protobufjs/minimal.js';

const SINGLE_CHAT = 1;
const GROUP_CHAT = 3;
const TEXT = 101;
const FROM_USER = 100;
const SENDING = 1;
const ANDROID = 2;

/** Of every message sent in a run, a typical line of chat. */
export const TEXT_SENT = 'The quick brown fox jumps over the lazy dog, twice a day. '.repeat(2);
export const CONTENT = Buffer.from(JSON.stringify({ content: TEXT_SENT }));

export const SEND_MESSAGE = 1003;
export const PUSH = 2001;

/** To whom a message goes: a user or a group. */
export type Receiver = { readonly recvID: string } | { readonly groupID: string };

const run = randomBytes(8).toString('hex');
let sent = 0;

/** 32 hex digits, as clients make them; no two alike. */
function clientMsgID(): string {
  return run + (++sent).toString(16).padStart(16, '0');
}

/** A `sdkws.MsgData` holding a text message. Field numbers: contract/sdkws-wire.md section 2. */
export function textMessage(sendID: string, to: Receiver): Uint8Array {
  const group = 'groupID' in to;
  return Writer.create()
    .uint32(10)
    .string(sendID)
    .uint32(18)
    .string(group ? to.groupID : to.recvID)
    .uint32(26)
    .string(group ? to.groupID : '')
    .uint32(34)
    .string(clientMsgID())
    .uint32(48)
    .int32(ANDROID)
    .uint32(58)
    .string(sendID)
    .uint32(72)
    .int32(group ? GROUP_CHAT : SINGLE_CHAT)
    .uint32(80)
    .int32(FROM_USER)
    .uint32(88)
    .int32(TEXT)
    .uint32(98)
    .bytes(CONTENT)
    .uint32(128)
    .int64(Date.now())
    .uint32(136)
    .int32(SENDING)
    .finish();
}
