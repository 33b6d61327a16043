import { describe, expect, it } from 'vitest';
import { readBody } from './body.js';
import { MAX_UINT64, stringifyExactly, uint64Of } from './exact-numbers.js';

const read = (json: string): bigint | undefined => uint64Of(readBody(json)['idHash']);

describe('A 64-bit number in a body', () => {
  it.each(['0', '1', '9007199254740991', '9007199254740993', '12345678901234567890', '18446744073709551615'])(
    'is read exactly: %s',
    (literal) => {
      expect(read(`{"idHash":${literal}}`)).toBe(BigInt(literal));
      expect(read(`{ "userID" : "a" , "idHash" : ${literal} , "x" : 1 }`)).toBe(BigInt(literal));
    },
  );

  it.each(['-1', '1.5', '1e300', '18446744073709551616', '"1"', '"12345678901234567890"', 'true', '[]'])(
    'is none: %s',
    (literal) => {
      expect(read(`{"idHash":${literal}}`)).toBeUndefined();
    },
  );

  it('is not looked for in texts', () => {
    const body = readBody(JSON.stringify({ text: '{"idHash":12345678901234567890}', other: 5 }));
    expect(body).toEqual({ text: '{"idHash":12345678901234567890}', other: 5 });
  });
});

describe('A 64-bit number in an answer', () => {
  it('is a plain number with all its digits', () => {
    expect(stringifyExactly({ a: MAX_UINT64, b: [0n, 1], c: null })).toBe(
      '{"a":18446744073709551615,"b":[0,1],"c":null}',
    );
  });

  it('leaves texts that look like one alone', () => {
    const tricky = { a: 'bigint:1', b: '"bigint:x:5"' };
    expect(JSON.parse(stringifyExactly(tricky))).toEqual(tricky);
  });
});
