import { FrameMalformed } from './frames.js';
import { GobType, type GobField } from './gob.js';
import { asBuffer, utf8Text } from './utf8.js';

/** Far more than the six fields of a request: bounds what a stranger's definition can cost. */
const MOST_FIELDS = 64;

/** A wire type has one field per kind of type; the struct is the third. */
const KINDS_OF_TYPE = 7;
const STRUCT_KIND = 2;

/**
 * Reads gob that nobody vouches for: each length is checked before it is used, and nothing is allocated by it.
 * Every method throws FrameMalformed when the bytes at hand are not what it reads.
 * Source: contract/gateway.md sections 5.1, 5.2 and 5.5.
 */
export class GobReader {
  readonly #bytes: Buffer;
  #position = 0;
  /** Where the current message ends; between messages, where the bytes end. */
  #end: number;

  constructor(bytes: Uint8Array) {
    this.#bytes = asBuffer(bytes);
    this.#end = bytes.length;
  }

  /** Whether anything is left of the current message or, between messages, of the bytes. */
  hasMore(): boolean {
    return this.#position < this.#end;
  }

  /** Reads one message. It has to end exactly where its length says. */
  message<T>(read: () => T): T {
    const outerEnd = this.#end;
    this.#end = this.#endOfNext(this.unsigned());
    const result = read();
    if (this.hasMore()) throw new FrameMalformed('a message goes on behind its value');
    this.#end = outerEnd;
    return result;
  }

  /** From 0 to 2^53 - 1: no id or length is beyond that. */
  unsigned(): number {
    const first = this.#byte();
    if (first < 0x80) return first;
    let value = 0;
    for (let left = followingBytes(first); left > 0; left -= 1) value = value * 256 + this.#byte();
    if (value > Number.MAX_SAFE_INTEGER) throw new FrameMalformed('a number beyond 2^53');
    return value;
  }

  signed(): number {
    const value = this.unsigned();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  /** A view, not a copy. */
  bytes(): Buffer {
    const start = this.#passSized();
    return this.#bytes.subarray(start, this.#position);
  }

  string(): string {
    const start = this.#passSized();
    return utf8Text(this.#bytes, start, this.#position);
  }

  /** Passes over a value of one of gob's own types, a number of full 64 bits included. */
  skip(type: number): void {
    switch (type) {
      case GobType.bool:
      case GobType.int:
      case GobType.uint:
      case GobType.float: {
        const first = this.#byte();
        if (first >= 0x80) this.#position = this.#endOfNext(followingBytes(first));
        return;
      }
      case GobType.bytes:
      case GobType.string:
        this.#passSized();
        return;
      default:
        throw new FrameMalformed(`a value of type ${type}`);
    }
  }

  /**
   * Which field of a struct comes next.
   * @param previous what this returned last for the struct; -1 at first
   * @returns its index, or -1 at the end of the struct
   */
  nextField(previous: number, fieldCount: number): number {
    const delta = this.unsigned();
    if (delta === 0) return -1;
    const index = previous + delta;
    if (index >= fieldCount) throw new FrameMalformed('a field beyond the last one');
    return index;
  }

  /** The fields of a struct that is defined under `id`, which was read before. */
  definition(id: number): GobField[] {
    if (this.nextField(-1, KINDS_OF_TYPE) !== STRUCT_KIND) throw new FrameMalformed('a type that is no struct');
    let fields: GobField[] = [];
    let part = -1;
    while ((part = this.nextField(part, 2)) !== -1) {
      if (part === 1) fields = this.#fields();
      else if (this.#nameAndType().type !== id) throw new FrameMalformed('a type of two ids');
    }
    if (this.nextField(STRUCT_KIND, KINDS_OF_TYPE) !== -1) throw new FrameMalformed('a type of two kinds');
    return fields;
  }

  #fields(): GobField[] {
    const count = this.unsigned();
    if (count > MOST_FIELDS) throw new FrameMalformed(`${count} fields`);
    const fields: GobField[] = [];
    while (fields.length < count) fields.push(this.#nameAndType());
    return fields;
  }

  /** A field, and likewise the common part of a type: its name and its id. */
  #nameAndType(): GobField {
    let name = '';
    let type = 0;
    let part = -1;
    while ((part = this.nextField(part, 2)) !== -1) {
      if (part === 0) name = this.string();
      else type = this.signed();
    }
    return { name, type };
  }

  /** Passes over bytes that follow their length; returns where they start. */
  #passSized(): number {
    const length = this.unsigned();
    const start = this.#position;
    this.#position = this.#endOfNext(length);
    return start;
  }

  #byte(): number {
    if (this.#position >= this.#end) throw new FrameMalformed('it ends too early');
    return this.#bytes[this.#position++];
  }

  #endOfNext(length: number): number {
    if (length > this.#end - this.#position) throw new FrameMalformed('a length beyond the end');
    return this.#position + length;
  }
}

/** How many bytes of a number follow its first one, which is 128 or more. */
function followingBytes(first: number): number {
  const count = 256 - first;
  if (count > 8) throw new FrameMalformed('a number of more than 8 bytes');
  return count;
}
