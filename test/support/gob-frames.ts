import type { RequestFrame } from '../../src/gateway/codec/frames.js';

// A second, plain encoder of gob frames, so that reading is not tested against our own writing.

/** The bytes of a hex text; spaces are passed over. */
export const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(/\s/g, ''), 'hex');
/** No data. */
export const NONE = Buffer.alloc(0);

type Value = number | bigint | boolean | string | Uint8Array;
/** A field of a struct to send; without a value it is zero. */
export interface Field {
  name: string;
  type: number;
  value?: Value;
}

function unsigned(value: number | bigint): Buffer {
  if (value < 128) return Buffer.of(Number(value));
  const hex = value.toString(16);
  const digits = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  return Buffer.concat([Buffer.of(256 - digits.length), digits]);
}

function signed(value: number | bigint): Buffer {
  const whole = BigInt(value);
  return unsigned(whole >= 0n ? whole * 2n : -whole * 2n - 1n);
}

const sized = (content: Uint8Array): Buffer => Buffer.concat([unsigned(content.length), content]);

function valueBytes({ type, value = 0 }: Field): Buffer {
  if (typeof value === 'string') return sized(Buffer.from(value));
  if (value instanceof Uint8Array) return sized(value);
  if (typeof value === 'boolean') return unsigned(value ? 1 : 0);
  return type === 2 ? signed(value) : unsigned(value);
}

/** The message that defines a struct. */
export function definition(id: number, fields: Field[], name = 'GeneralWsReq'): Buffer {
  const list = fields.map((field) =>
    Buffer.concat([Buffer.of(1), sized(Buffer.from(field.name)), Buffer.of(1), signed(field.type), Buffer.of(0)]),
  );
  return sized(
    Buffer.concat([
      signed(-id),
      bytes('03 01 01'),
      sized(Buffer.from(name)),
      bytes('01'),
      signed(id),
      bytes('00 01'),
      unsigned(fields.length),
      ...list,
      bytes('00 00'),
    ]),
  );
}

/** The message with a value of a struct that is defined under `id`. */
export function valueMessage(id: number, fields: Field[]): Buffer {
  const parts = [signed(id)];
  let previous = -1;
  fields.forEach((field, index) => {
    const zero = field.value === undefined || field.value === '' || field.value === 0;
    if (zero || (field.value instanceof Uint8Array && field.value.length === 0)) return;
    parts.push(unsigned(index - previous), valueBytes(field));
    previous = index;
  });
  return sized(Buffer.concat([...parts, Buffer.of(0)]));
}

/** A whole frame: what its fields are, and their values. */
export const frame = (fields: Field[], id = 64): Buffer =>
  Buffer.concat([definition(id, fields), valueMessage(id, fields)]);

/** A request as the Go clients declare it. */
export const asSent = (request: RequestFrame): Field[] => [
  { name: 'ReqIdentifier', type: 2, value: request.reqIdentifier },
  { name: 'Token', type: 6 },
  { name: 'SendID', type: 6, value: request.sendID },
  { name: 'OperationID', type: 6, value: request.operationID },
  { name: 'MsgIncr', type: 6, value: request.msgIncr },
  { name: 'Data', type: 5, value: Buffer.from(request.data) },
];

/** The request that REQUEST holds. */
export const SENT: RequestFrame = {
  reqIdentifier: 1001,
  sendID: 'u1',
  operationID: '5d0a4c4e-93cf-4a0f-8d1e-6a6a3f0c9b11',
  msgIncr: 'u1_1795169659210499721',
  data: bytes('0a 02 7531'),
};

// Source: contract/gateway.md section 5.4.
export const REQUEST_DEFINITION = bytes(`
  65 7f 03 01 01 0c 47656e6572616c5773526571 01 ff80 00 01 06
  010d5265714964656e746966696572010400 0105546f6b656e010c00
  010653656e644944010c00 010b4f7065726174696f6e4944010c00
  01074d7367496e6372010c00 010444617461010a00 00 00`);
export const REQUEST_VALUE = bytes(`
  4f ff80 01 fe07d2 02 02 7531
  01 24 ${Buffer.from(SENT.operationID).toString('hex')}
  01 16 ${Buffer.from(SENT.msgIncr).toString('hex')}
  01 04 0a027531 00`);
/** As sent by the WebAssembly client. */
export const REQUEST = Buffer.concat([REQUEST_DEFINITION, REQUEST_VALUE]);
