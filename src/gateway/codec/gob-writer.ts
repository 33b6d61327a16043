import type { GobField } from './gob.js';

/** A field's value: a number is an int; bytes are bytes, or a string in UTF-8. */
export type GobValue = number | Uint8Array;

/** Writes gob into memory taken once. Source: contract/gateway.md sections 5.1 and 5.2. */
export class GobWriter {
  readonly #bytes: Buffer;
  #position = 0;

  /** @param size in bytes: at least what will be written */
  constructor(size: number) {
    this.#bytes = Buffer.allocUnsafe(size);
  }

  /** What was written. */
  written(): Buffer {
    return this.#bytes.subarray(0, this.#position);
  }

  /** @param value from 0 to 2^48 - 1 */
  unsigned(value: number): void {
    if (value < 0x80) {
      this.#bytes[this.#position++] = value;
      return;
    }
    const count = sizeOfUnsigned(value) - 1;
    this.#bytes[this.#position++] = 256 - count;
    this.#position = this.#bytes.writeUIntBE(value, this.#position, count);
  }

  signed(value: number): void {
    this.unsigned(zigzag(value));
  }

  /** Bytes as they are. */
  raw(bytes: Uint8Array): void {
    this.#bytes.set(bytes, this.#position);
    this.#position += bytes.length;
  }

  /** Bytes, or a string in UTF-8, behind their length. */
  bytes(bytes: Uint8Array): void {
    this.unsigned(bytes.length);
    this.raw(bytes);
  }

  /** A struct with its fields in order; those that are zero or empty are left out. */
  struct(values: readonly GobValue[]): void {
    let previous = -1;
    values.forEach((value, index) => {
      if (isZero(value)) return;
      this.unsigned(index - previous);
      previous = index;
      if (typeof value === 'number') this.signed(value);
      else this.bytes(value);
    });
    this.unsigned(0);
  }
}

/** How many bytes `struct` writes. */
export function sizeOfStruct(values: readonly GobValue[]): number {
  let size = 1;
  for (const value of values) {
    if (isZero(value)) continue;
    size += 1;
    size += typeof value === 'number' ? sizeOfUnsigned(zigzag(value)) : sizeOfUnsigned(value.length) + value.length;
  }
  return size;
}

/** How many bytes `unsigned` writes. */
export function sizeOfUnsigned(value: number): number {
  let size = value < 0x80 ? 1 : 2;
  for (let rest = value; rest >= 256; rest = Math.floor(rest / 256)) size += 1;
  return size;
}

function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value;
}

function isZero(value: GobValue): boolean {
  return typeof value === 'number' ? value === 0 : value.length === 0;
}

/** The message that defines a struct. */
export function definitionMessage(id: number, name: string, fields: readonly GobField[]): Buffer {
  const definition = new GobWriter(1024);
  definition.signed(-id);
  // Field 3 of the wire type is the struct, whose field 1 is the common part: name and id.
  definition.raw(Buffer.of(3, 1, 1));
  definition.bytes(Buffer.from(name));
  definition.raw(Buffer.of(1));
  definition.signed(id);
  definition.raw(Buffer.of(0, 1));
  definition.unsigned(fields.length);
  for (const field of fields) definition.struct([Buffer.from(field.name), field.type]);
  definition.raw(Buffer.of(0, 0));

  const message = new GobWriter(1024);
  message.bytes(definition.written());
  return message.written();
}
