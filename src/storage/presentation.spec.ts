import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { imageViewOf, isImage } from './image.policy.js';
import { contentDisposition, fileNameOf, rangeOf, safeContentType } from './presentation.js';
import { baseOf, objectUrl } from './public-address.js';

describe('What a browser is told', () => {
  it.each([
    ['text/plain', 'text/plain'],
    ['text/html; charset=utf-8', 'text/html; charset=utf-8'],
    ['image/svg+xml', 'image/svg+xml'],
    ['', 'application/octet-stream'],
    ['text', 'application/octet-stream'],
    ['text/html\r\nSet-Cookie: x', 'application/octet-stream'],
    ['text/html; ä', 'application/octet-stream'],
  ])('content of type %j is %j', (told, type) => {
    expect(safeContentType(told)).toBe(type);
  });

  it('is a file name any header can hold, that reads back as it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (name) => {
        const [, encoded = ''] = /^attachment; filename\*=UTF-8''([\w%.~!-]*)$/.exec(contentDisposition(name)) ?? [];
        expect(decodeURIComponent(encoded)).toBe(name);
      }),
    );
    expect(fileNameOf('ann/a/b.txt')).toBe('b.txt');
    expect(fileNameOf('ann/')).toBe('file');
  });

  it('a range lies within the content', () => {
    fc.assert(
      fc.property(fc.nat(50), fc.option(fc.nat(60)), fc.option(fc.nat(60)), (size, from, to) => {
        const range = rangeOf(`bytes=${from ?? ''}-${to ?? ''}`, size);
        if (range === undefined || range === 'none') return;
        expect(range.start).toBeGreaterThanOrEqual(0);
        expect(range.start).toBeLessThanOrEqual(range.end);
        expect(range.end).toBeLessThan(size);
      }),
    );
  });
});

describe('A view of a picture', () => {
  it.each([
    [{}, undefined],
    [{ type: 'image' }, { format: 'png', width: 0, height: 0 }],
    [
      { type: 'image', width: '1024', height: '1' },
      { format: 'png', width: 1024, height: 1 },
    ],
    [{ type: 'image', width: '1025' }, undefined],
    [
      { type: 'image', width: '-5', height: '1e3' },
      { format: 'png', width: 0, height: 0 },
    ],
    [
      { type: 'image', format: 'jpg' },
      { format: 'jpeg', width: 0, height: 0 },
    ],
    [
      { type: 'image', format: 'constructor' },
      { format: 'png', width: 0, height: 0 },
    ],
  ])('%j is %j', (query, view) => {
    expect(imageViewOf(query as Record<string, string>)).toEqual(view);
  });

  it('is made of what begins like one', () => {
    const heads = ['\x89PNG\r\n\x1a\n', '\xff\xd8\xff\xe0', 'GIF89a', 'RIFF\0\0\0\0WEBP', '\0\0\0\x20ftypavif'];
    for (const head of heads) expect(isImage(Buffer.from(head, 'latin1'))).toBe(true);
    for (const head of ['<svg', '%PDF', 'RIFF\0\0\0\0WAVE', '']) expect(isImage(Buffer.from(head))).toBe(false);
  });
});

describe('The lasting URL of an object', () => {
  const direct = 'http://127.0.0.1:10002';

  it('is where the client says, else the operator, else the request', () => {
    expect(baseOf({ requestApi: 'https://a/api/', direct }, 'https://b')).toBe('https://a/api');
    expect(baseOf({ requestApi: '', direct }, 'https://b')).toBe('https://b');
    expect(baseOf({ requestApi: '', direct }, '')).toBe(direct);
    for (const requestApi of ['a/api', 'javascript:x', 'https://u:p@a', 'https://a?x']) {
      expect(baseOf({ requestApi, direct }, '')).toBe(direct);
    }
  });

  it('leads back to the name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (tail) => {
        const name = `ann/x${tail}x`;
        // Segments of dots are what a browser resolves before it asks, and lone surrogates no name has.
        fc.pre(!name.split('/').some((segment) => /^\.{1,2}$/.test(segment)) && name.isWellFormed());
        const { pathname } = new URL(objectUrl(direct, name));
        expect(decodeURIComponent(pathname)).toBe(`/object/${name}`);
      }),
    );
  });
});
