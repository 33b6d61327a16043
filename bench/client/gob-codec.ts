import { gunzipSync, gzipSync } from 'node:zlib';
import type { Codec, Frame, Request } from './codec.js';

const INT = 2;
const BYTES = 5;
const STRING = 6;
const TYPE_ID = 64;

type Value = number | string | Uint8Array;
type Fields = readonly (readonly [name: string, type: number])[];

const REQUEST_FIELDS: Fields = [
  ['ReqIdentifier', INT],
  ['Token', STRING],
  ['SendID', STRING],
  ['OperationID', STRING],
  ['MsgIncr', STRING],
  ['Data', BYTES],
];

/** As the Go core and its wasm build speak: one gob stream of definition and value per frame, gzipped. Contract: gateway.md section 5. */
export const gobCodec: Codec = {
  name: 'gob',
  platformID: 2,
  query: 'isBackground=false&compression=gzip',

  encode(request: Request): Buffer {
    const { reqIdentifier, sendID, operationID, msgIncr, data } = request;
    const value = structOf(REQUEST_FIELDS, [reqIdentifier, '', sendID, operationID, msgIncr, data]);
    const stream = Buffer.concat([REQUEST_DEFINITION, message([...signed(TYPE_ID), ...value])]);
    return gzipSync(stream, { level: 1 });
  },

  decode(frame: Buffer): Frame {
    const values = readStream(gunzipSync(frame));
    return {
      reqIdentifier: Number(values.get('ReqIdentifier') ?? 0),
      msgIncr: String(values.get('MsgIncr') ?? ''),
      operationID: String(values.get('OperationID') ?? ''),
      errCode: Number(values.get('ErrCode') ?? 0),
      errMsg: String(values.get('ErrMsg') ?? ''),
      data: (values.get('Data') as Uint8Array | undefined) ?? new Uint8Array(),
    };
  },
};

function unsigned(value: number): number[] {
  if (value <= 127) return [value];
  const bytes: number[] = [];
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return [256 - bytes.length, ...bytes];
}

function signed(value: number): number[] {
  return unsigned(value < 0 ? 2 * (-value - 1) + 1 : 2 * value);
}

function text(value: string): number[] {
  const bytes = Buffer.from(value);
  return [...unsigned(bytes.length), ...bytes];
}

function message(payload: number[]): Buffer {
  return Buffer.from([...unsigned(payload.length), ...payload]);
}

function definition(name: string, fields: Fields): Buffer {
  const common = [1, 1, ...text(name), 1, ...signed(TYPE_ID), 0];
  const list = fields.flatMap(([field, type]) => [1, ...text(field), 1, ...signed(type), 0]);
  return message([...signed(-TYPE_ID), 3, ...common, 1, ...unsigned(fields.length), ...list, 0, 0]);
}

const REQUEST_DEFINITION = definition('GeneralWsReq', REQUEST_FIELDS);

/** Fields of zero value are left out; each other one is preceded by its distance from the one before. */
function structOf(fields: Fields, values: Value[]): number[] {
  const bytes: number[] = [];
  let before = -1;
  values.forEach((value, index) => {
    if (value === 0 || (typeof value !== 'number' && value.length === 0)) return;
    bytes.push(...unsigned(index - before));
    if (fields[index][1] === INT) bytes.push(...signed(value as number));
    else if (typeof value === 'string') bytes.push(...text(value));
    else bytes.push(...unsigned((value as Uint8Array).length), ...(value as Uint8Array));
    before = index;
  });
  return [...bytes, 0];
}

/** Definition and value, resolved by the names the definition gives. */
function readStream(bytes: Buffer): Map<string, Value> {
  const reader = new GobReader(bytes);
  let fields: Fields = [];
  while (!reader.atEnd) {
    reader.unsigned();
    if (reader.signed() < 0) fields = readDefinition(reader);
    else return readStruct(reader, fields);
  }
  throw new Error('a gob frame without a value');
}

function readDefinition(reader: GobReader): Fields {
  const fields: [string, number][] = [];
  reader.expect(3, 1, 1);
  reader.bytes();
  reader.expect(1);
  reader.signed();
  reader.expect(0, 1);
  for (let left = reader.unsigned(); left > 0; left--) {
    reader.expect(1);
    const name = reader.bytes().toString();
    reader.expect(1);
    fields.push([name, reader.signed()]);
    reader.expect(0);
  }
  reader.expect(0, 0);
  return fields;
}

function readStruct(reader: GobReader, fields: Fields): Map<string, Value> {
  const values = new Map<string, Value>();
  for (let index = -1, delta = reader.unsigned(); delta !== 0; delta = reader.unsigned()) {
    index += delta;
    const [name, type] = fields[index];
    if (type === INT) values.set(name, reader.signed());
    else values.set(name, type === STRING ? reader.bytes().toString() : reader.bytes());
  }
  return values;
}

class GobReader {
  private at = 0;

  constructor(private readonly source: Buffer) {}

  get atEnd(): boolean {
    return this.at >= this.source.length;
  }

  unsigned(): number {
    const first = this.source.readUInt8(this.at++);
    if (first <= 127) return first;
    const length = 256 - first;
    const value = this.source.readUIntBE(this.at, length);
    this.at += length;
    return value;
  }

  signed(): number {
    const value = this.unsigned();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  bytes(): Buffer {
    const length = this.unsigned();
    this.at += length;
    return this.source.subarray(this.at - length, this.at);
  }

  expect(...bytes: number[]): void {
    for (const byte of bytes) {
      const found = this.source[this.at++];
      if (found !== byte) throw new Error(`gob: ${byte} expected, ${found} found at ${this.at - 1}`);
    }
  }
}
