import { describe, expect, it } from 'vitest';
import { goJson, hashOf, idHashOf } from './id-hash.js';

describe('The hash of a list of IDs', () => {
  it('is 0 of an empty list', () => {
    expect(idHashOf([])).toBe(0n);
  });

  it('is the first eight bytes of the MD5 of the compact JSON text, big-endian', () => {
    // Computed apart, by Python's hashlib.
    expect(idHashOf(['a', 'b'])).toBe(16518927257079726733n);
    expect(idHashOf(['<ann>'])).toBe(14930311930007803683n);
  });

  it('depends on the order', () => {
    expect(idHashOf(['a', 'b'])).not.toBe(idHashOf(['b', 'a']));
  });

  it('uses all 64 bits', () => {
    const hashes = Array.from({ length: 50 }, (_, index) => hashOf(String(index)));
    expect(hashes.some((hash) => hash > 2n ** 63n)).toBe(true);
    expect(hashes.every((hash) => hash < 2n ** 64n)).toBe(true);
  });
});

describe('JSON as Go writes it', () => {
  it('escapes what JavaScript leaves alone', () => {
    expect(goJson(['<a>&\u2028\u2029'])).toBe('["\\u003ca\\u003e\\u0026\\u2028\\u2029"]');
  });

  it('leaves everything else as it is', () => {
    expect(goJson(['ü', '😀', 'a"b', 'a\\b', '/'])).toBe('["ü","😀","a\\"b","a\\\\b","/"]');
  });
});
