import { describe, expect, it } from 'vitest';
import { BodyUnreadable } from '../core/errors.js';
import { OversizeBody } from './body.js';
import { readProtobufBody, speaksProtobuf } from './protobuf-form.js';

const form = {
  request: {
    decode(bytes: Uint8Array): Record<string, unknown> {
      if (bytes[0] === 0xff) throw new Error('broken');
      return { length: bytes.length };
    },
  },
  answer: { encode: () => new Uint8Array() },
};

describe('The form of a body', () => {
  it.each(['application/protobuf', 'application/x-protobuf', 'Application/X-Protobuf; charset=binary'])(
    'is protobuf for %s',
    (type) => expect(speaksProtobuf(type)).toBe(true),
  );
  it.each([undefined, 'application/json', 'application/json; charset=utf-8'])('is JSON for %s', (type) =>
    expect(speaksProtobuf(type)).toBe(false),
  );
  it.each(['text/plain', 'application/octet-stream', ''])('is refused for "%s"', (type) =>
    expect(() => speaksProtobuf(type)).toThrow('unsupported content type'),
  );
});

describe('A protobuf body', () => {
  it('is read from bytes, and may be empty', () => {
    expect(readProtobufBody(new Uint8Array([1, 2]), '2', form)).toEqual({ length: 2 });
    expect(readProtobufBody(Buffer.alloc(0), undefined, form)).toEqual({ length: 0 });
    // A framework that has nothing to read leaves nothing.
    for (const nothing of [undefined, null, {}]) expect(readProtobufBody(nothing, '0', form)).toEqual({ length: 0 });
  });

  it.each([
    ['broken', new Uint8Array([0xff]), '1', /not the protobuf message/],
    ['not read by the host', {}, '5', /must read protobuf bodies raw/],
    ['made a text', 'abc', '3', /must read protobuf bodies raw/],
    ['too large', new OversizeBody(10), '11', /larger than 10 bytes/],
  ])('that is %s is refused', (_name, body, length, message) => {
    const read = (): unknown => readProtobufBody(body, length, form);
    expect(read).toThrow(BodyUnreadable);
    expect(read).toThrow(message);
  });
});
