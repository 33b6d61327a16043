import { assert, integer, maxSafeInteger, nat, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SessionType } from '../../core/protocol.js';
import { boundsOf, concerns, type Readable, seqsWithin } from './readable.js';

const readable = (more: Partial<Readable> = {}): Readable => ({
  conversationID: 'si_a_b',
  userID: 'a',
  min: 1,
  max: 10,
  groupIDs: [],
  ...more,
});

describe('What a user may read', () => {
  it.each([
    ['nothing without messages', undefined, undefined, { min: 1, max: 0 }],
    ['everything by default', { minSeq: 0, maxSeq: 9 }, { minSeq: 0, maxSeq: 0 }, { min: 1, max: 9 }],
    ["from the conversation's bound", { minSeq: 4, maxSeq: 9 }, { minSeq: 2, maxSeq: 0 }, { min: 4, max: 9 }],
    ['from his own bound', { minSeq: 4, maxSeq: 9 }, { minSeq: 6, maxSeq: 0 }, { min: 6, max: 9 }],
    ['up to where he left', { minSeq: 0, maxSeq: 9 }, { minSeq: 0, maxSeq: 5 }, { min: 1, max: 5 }],
    ['no more than there is', { minSeq: 0, maxSeq: 9 }, { minSeq: 0, maxSeq: 50 }, { min: 1, max: 9 }],
    ['nothing when all is cleared', { minSeq: 10, maxSeq: 9 }, { minSeq: 0, maxSeq: 0 }, { min: 10, max: 9 }],
    ['a channel, without a row of his own', { minSeq: 0, maxSeq: 3 }, undefined, { min: 1, max: 3 }],
  ])('%s', (_, counter, own, bounds) => {
    expect(boundsOf(counter, own)).toEqual(bounds);
  });

  it('is what is from him, to him, or to his groups', () => {
    const message = { sessionType: SessionType.single, sendID: 'a', recvID: 'b', groupID: '' };
    expect(concerns(readable({ userID: 'a' }), message)).toBe(true);
    expect(concerns(readable({ userID: 'b' }), message)).toBe(true);
    expect(concerns(readable({ userID: 'a_b' }), message)).toBe(false);
    const toGroup = { sessionType: SessionType.group, sendID: 'a', recvID: 'g', groupID: 'g' };
    expect(concerns(readable({ groupIDs: ['g'] }), toGroup)).toBe(true);
    expect(concerns(readable({ userID: 'a' }), toGroup)).toBe(false);
  });
});

describe('The seqs of a range', () => {
  it.each([
    ['inside', { begin: 3, end: 5 }, 100, [3, 4, 5]],
    ['cut at both ends', { begin: -3, end: 99 }, 100, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]],
    ['the last of too many', { begin: 1, end: 8 }, 3, [6, 7, 8]],
    ['none for a limit of 0', { begin: 1, end: 8 }, 0, []],
    ['none for a limit below 0', { begin: 1, end: 8 }, -5, []],
    ['none upside down', { begin: 8, end: 1 }, 100, []],
    ['none beyond', { begin: 11, end: 20 }, 100, []],
  ])('%s', (_, range, limit, seqs) => {
    expect(seqsWithin(readable(), range, limit)).toEqual(seqs);
  });

  it('are always dense, within every bound and never too many, whatever numbers come', () => {
    const int = maxSafeInteger();
    const small = integer({ min: 0, max: 2_000 });
    assert(
      property(nat(3_000), nat(3_000), int, int, small, (min, max, begin, end, limit) => {
        const seqs = seqsWithin(readable({ min, max }), { begin, end }, limit);
        expect(seqs.length).toBeLessThanOrEqual(limit);
        if (seqs.length === 0) return;
        const [first] = seqs;
        const last = seqs[seqs.length - 1];
        expect(last - first + 1).toBe(seqs.length);
        expect(first).toBeGreaterThanOrEqual(Math.max(min, begin));
        expect(last).toBe(Math.min(max, end));
      }),
    );
  });
});
