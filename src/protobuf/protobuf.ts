import protobuf from 'protobufjs';
import { MESSAGE_SCHEMA } from './message-schema.js';
import { OBJECT_SCHEMA } from './object-schema.js';

/**
 * A message type of the clients' protocol. Messages go in and out in their JSON form: plain member names, 64-bit integers
 * as numbers (exact below 2^53), bytes as base64, and a list or object that is null is one that is not there.
 * Source: contract/sdkws-wire.md section 1.
 */
export interface ProtobufType {
  /** Members that are not declared are left out. Bytes may be given as they are, too. */
  encode(message: object): Uint8Array;
  /** Members that were not sent are missing. @throws Error when the bytes are no such message */
  decode(bytes: Uint8Array): Record<string, unknown>;
  /** As `decode`, but members of type bytes are Buffers, which share the memory of what was read. */
  decodeBinary(bytes: Uint8Array): Record<string, unknown>;
}

const BINARY_FORM: protobuf.IConversionOptions = { longs: Number, enums: Number };
const FORM: protobuf.IConversionOptions = { ...BINARY_FORM, bytes: String };

let root: protobuf.Root | undefined;

/** A message type by its name, e.g. `MsgData`. @throws Error when the schema has none of this name */
export function protobufType(name: string): ProtobufType {
  root ??= readSchema();
  const type = root.lookupType(name);
  return {
    encode: (message) => type.encode(type.fromObject(message)).finish(),
    decode: (bytes) => type.toObject(type.decode(bytes), FORM),
    // The reader gives of a Buffer parts that are Buffers.
    decodeBinary: (bytes) => type.toObject(type.decode(asBuffer(bytes)), BINARY_FORM),
  };
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function readSchema(): protobuf.Root {
  const schema = new protobuf.Root();
  // Names as they are, in place of JavaScript's camel case: the wire has `Msgs` and `appMangerLevel`.
  for (const text of [MESSAGE_SCHEMA, OBJECT_SCHEMA]) protobuf.parse(text, schema, { keepCase: true });
  schema.resolveAll();
  return schema;
}
