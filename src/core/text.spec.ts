import { describe, expect, it } from 'vitest';
import { codePoints, isStorable } from './text.js';

describe('The length of a text', () => {
  it.each([
    ['', 0],
    ['abc', 3],
    ['漢字', 2],
    ['\u{E000}\u{FFFF}', 2],
    ['😀', 1],
    ['a😀b😀', 4],
    ['e\u0301', 2],
    ['👨‍👩‍👧', 5],
    ['\ud83d', 1],
    ['\ude00\ud83d', 2],
  ])('%j has %i characters', (text, length) => {
    expect(codePoints(text)).toBe(length);
  });

  it('is told of a megabyte as well', () => {
    expect(codePoints('😀'.repeat(500_000))).toBe(500_000);
    expect(codePoints('a'.repeat(1_000_000))).toBe(1_000_000);
  });
});

describe('A text both databases give back unchanged', () => {
  it.each(['', ' ', 'ann', '\t\n\r', '\u0001\u007f', '漢字', '😀', 'e\u0301', '\u{FFFD}\u{FFFF}\u{10FFFF}'])(
    '%j is one',
    (text) => {
      expect(isStorable(text)).toBe(true);
    },
  );

  it.each([
    ['a NUL', '\0'],
    ['a NUL within', 'a\0b'],
    ['a NUL at the end', 'a\0'],
    ['the first half of a character', 'a\ud83d'],
    ['the first half before a letter', '\ud83da'],
    ['the second half of a character', '\ude00'],
    ['two halves in the wrong order', '\ude00\ud83d'],
    ['a whole character and a half', '😀\ud83d'],
  ])('one with %s is none', (_what, text) => {
    expect(isStorable(text)).toBe(false);
  });
});
