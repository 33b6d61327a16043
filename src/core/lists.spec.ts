import { describe, expect, it } from 'vitest';
import { ArgumentInvalid } from './errors.js';
import { assertDistinct, assertNotTooMany, assertSome } from './lists.js';

describe('A list', () => {
  it('has something in it', () => {
    expect(() => assertSome(['a'], 'list is empty', 'list')).not.toThrow();
    expect(() => assertSome([], 'list is empty', 'list')).toThrow(new ArgumentInvalid('list is empty', 'list'));
  });

  it('has at most a thousand entries', () => {
    expect(() => assertNotTooMany(Array.from({ length: 1_000 }), 'Names', 'names')).not.toThrow();
    const refusal = new ArgumentInvalid('too many Names, need to be less than 1000', 'names');
    expect(() => assertNotTooMany(Array.from({ length: 1_001 }), 'Names', 'names')).toThrow(refusal);
  });

  it('names each once', () => {
    expect(() => assertDistinct([], 'repeated', 'list')).not.toThrow();
    expect(() => assertDistinct(['a', 'A'], 'repeated', 'list')).not.toThrow();
    expect(() => assertDistinct(['a', 'b', 'a'], 'repeated', 'list')).toThrow(new ArgumentInvalid('repeated', 'list'));
  });
});
