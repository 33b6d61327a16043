/**
 * gob as Go's encoder writes it and its decoder reads it, for the two structures of the gateway. Written from
 * contract/gateway.md section 5 and apart from the server's, so that a mistake there is not repeated here.
 */

type GobValue = string | number | Uint8Array;

const TYPE_IDS = { int: 2, bytes: 5, string: 6 } as const;

function unsigned(value: number): Buffer {
  if (value < 128) return Buffer.of(value);
  const bytes: number[] = [];
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return Buffer.of(256 - bytes.length, ...bytes);
}

const signed = (value: number): Buffer => unsigned(value < 0 ? 2 * (-value - 1) + 1 : 2 * value);
const text = (value: string): Buffer => bytes(Buffer.from(value));
const bytes = (value: Uint8Array): Buffer => Buffer.concat([unsigned(value.length), value]);
const message = (...parts: Buffer[]): Buffer => bytes(Buffer.concat(parts));

const kindOf = (value: GobValue): keyof typeof TYPE_IDS =>
  typeof value === 'string' ? 'string' : typeof value === 'number' ? 'int' : 'bytes';

/** A struct with its definition, in the order of its members. */
export function writeGob(name: string, members: Record<string, GobValue>, typeID = 64): Buffer {
  const fields = Object.entries(members);
  const definition = message(
    signed(-typeID),
    Buffer.of(3, 1, 1),
    text(name),
    Buffer.of(1),
    signed(typeID),
    Buffer.of(0, 1),
    unsigned(fields.length),
    ...fields.flatMap(([field, value]) => [
      Buffer.of(1),
      text(field),
      Buffer.of(1),
      signed(TYPE_IDS[kindOf(value)]),
      Buffer.of(0),
    ]),
    Buffer.of(0, 0),
  );
  const written: Buffer[] = [];
  let last = -1;
  fields.forEach(([, value], index) => {
    const isZero = typeof value === 'number' ? value === 0 : value.length === 0;
    if (isZero) return;
    written.push(unsigned(index - last));
    written.push(typeof value === 'number' ? signed(value) : typeof value === 'string' ? text(value) : bytes(value));
    last = index;
  });
  return Buffer.concat([definition, message(signed(typeID), ...written, Buffer.of(0))]);
}

/** The members of a struct that are not zero. */
export function readGob(frame: Buffer): Record<string, GobValue> {
  let at = 0;
  const byte = (): number => frame[at++];
  const readUnsigned = (): number => {
    const first = byte();
    if (first < 128) return first;
    let value = 0;
    for (let left = 256 - first; left > 0; left -= 1) value = value * 256 + byte();
    return value;
  };
  const readSigned = (): number => {
    const value = readUnsigned();
    return value % 2 === 1 ? -(value - 1) / 2 - 1 : value / 2;
  };
  const readBytes = (): Buffer => {
    const length = readUnsigned();
    at += length;
    return frame.subarray(at - length, at);
  };
  const expect = (...expected: number[]): void => {
    for (const one of expected) if (byte() !== one) throw new Error(`unexpected byte before ${at}`);
  };

  readUnsigned();
  const typeID = -readSigned();
  expect(3, 1, 1);
  readBytes();
  expect(1);
  readSigned();
  expect(0, 1);
  const fields = Array.from({ length: readUnsigned() }, () => {
    expect(1);
    const name = readBytes().toString();
    expect(1);
    const type = readSigned();
    expect(0);
    return { name, type };
  });
  expect(0, 0);
  const length = readUnsigned();
  const end = at + length;
  if (readSigned() !== typeID) throw new Error('a value of another type');
  const members: Record<string, GobValue> = {};
  let index = -1;
  for (let delta = readUnsigned(); delta !== 0; delta = readUnsigned()) {
    index += delta;
    const { name, type } = fields[index];
    members[name] =
      type === TYPE_IDS.int ? readSigned() : type === TYPE_IDS.string ? readBytes().toString() : readBytes();
  }
  if (at !== end || end !== frame.length) throw new Error(`${frame.length - at} bytes too many`);
  return members;
}
