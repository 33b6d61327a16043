import { describe, expect, it } from 'vitest';
import { goJson } from './go-json.js';

describe('JSON as Go writes it', () => {
  it.each<[string, unknown, string]>([
    ['is compact', { a: [1, true, null, 'x'] }, '{"a":[1,true,null,"x"]}'],
    [
      'sorts keys at every depth',
      { b: 1, a: { d: 1, c: [{ f: 1, e: 2 }] } },
      '{"a":{"c":[{"e":2,"f":1}],"d":1},"b":1}',
    ],
    ['sorts keys that look like numbers as texts', { 10: 1, 9: 2, a: 3 }, '{"10":1,"9":2,"a":3}'],
    ['sorts keys by bytes beyond the BMP', { '\uffee': 1, '😀': 2 }, '{"\uffee":1,"😀":2}'],
    [
      'escapes what would end a script',
      '<b>&</b>\u2028\u2029',
      '"\\u003cb\\u003e\\u0026\\u003c/b\\u003e\\u2028\\u2029"',
    ],
    ['escapes in keys too', { '<': 1 }, '{"\\u003c":1}'],
    ['replaces half a character', 'a\ud83d', '"a\ufffd"'],
    ['keeps what every encoder escapes', '"\\\n\u0001', '"\\"\\\\\\n\\u0001"'],
    ['writes numbers as doubles', [1.5, 1e21, 1e-7, 123456789012345680000], '[1.5,1e+21,1e-7,123456789012345680000]'],
  ])('%s', (_case, value, json) => {
    expect(goJson(value)).toBe(json);
    expect(JSON.parse(json)).toEqual(typeof value === 'string' ? value.toWellFormed() : value);
  });
});
