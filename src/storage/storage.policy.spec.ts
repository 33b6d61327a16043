import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Actor } from '../core/actor.js';
import { assertName, directKey, hashOfParts, md5Of, partBytes, partCount, partSizeOf } from './storage.policy.js';

const MIB = 1024 * 1024;
const LIMITS = { minPartSize: 5 * MIB, maxPartSize: 5 * 1024 * MIB, maxParts: 10_000 };
const ANN: Actor = { userID: 'ann', platformID: 1, isAdmin: false };
const ADMIN: Actor = { userID: 'root', platformID: 1, isAdmin: true };

describe('The name of an object', () => {
  it.each(['ann/x', 'ann/', 'ann/a b/漢', `ann/${'x'.repeat(1020)}`])('may be %j for its user', (name) => {
    expect(() => assertName(name, ANN)).not.toThrow();
  });

  it.each(['ann', 'Ann/x', 'ann x', 'anna/x', 'root/ann/x', '../ann/x'])('may not be %j', (name) => {
    expect(() => assertName(name, ANN)).toThrow('name must start with `ann/`');
  });

  it.each(['x', 'ann/x', 'any thing'])('may be %j for an administrator', (name) => {
    expect(() => assertName(name, ADMIN)).not.toThrow();
  });

  it.each([
    ['', 'name is empty'],
    ['/x', 'name cannot start with `/`'],
    [' \t', 'object name cannot be blank'],
    ['a\0b', 'object name must be valid text without NUL'],
    ['a\ud800', 'object name must be valid text without NUL'],
    ['x'.repeat(1025), 'object name cannot be longer than 1024 bytes'],
  ])('may be %j for nobody', (name, message) => {
    expect(() => assertName(name, ADMIN)).toThrow(message);
    expect(() => assertName(name, ANN)).toThrow(message);
  });
});

describe('The parts of an object', () => {
  it('are all there is, no more and no less, of a size every store takes', () => {
    const largest = LIMITS.maxPartSize * LIMITS.maxParts;
    fc.assert(
      fc.property(fc.integer({ min: 1, max: largest }), (size) => {
        const partSize = partSizeOf(size, LIMITS, largest);
        const count = partCount({ size, partSize });
        expect(count).toBeLessThanOrEqual(LIMITS.maxParts);
        expect(partSize).toBeGreaterThanOrEqual(LIMITS.minPartSize);
        expect(partSize).toBeLessThanOrEqual(LIMITS.maxPartSize);
        const last = partBytes({ size, partSize }, count);
        expect(last).toBeGreaterThan(0);
        expect((count - 1) * partSize + last).toBe(size);
      }),
    );
  });

  it('are not more than somebody may upload', () => {
    expect(() => partSizeOf(101, LIMITS, 100)).toThrow('size must be less than or equal to 100');
    expect(partSizeOf(100, LIMITS, 100)).toBe(5 * MIB);
    expect(() => partSizeOf(0, LIMITS, 100)).toThrow('size must be greater than 0');
  });

  it('are known together by their MD5s', () => {
    const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
    expect(hashOfParts([md5('a')])).toBe(md5(md5('a')));
    expect(hashOfParts(['x', 'y'])).toBe(md5('x,y'));
    expect(md5Of('ABCDEF0123456789ABCDEF0123456789')).toBe('abcdef0123456789abcdef0123456789');
    expect(() => md5Of('abc')).toThrow('invalid md5');
  });
});

describe('The key of a form', () => {
  const now = new Date('2026-01-02T23:59:59Z');

  it.each([
    ['ann/photo.PNG', 'openim/direct/20260102/ann/id.PNG'],
    ['ann/archive.tar.gz', 'openim/direct/20260102/ann/id.gz'],
    ['ann/none', 'openim/direct/20260102/ann/id'],
    ['ann/x.', 'openim/direct/20260102/ann/id'],
    ['ann/x.a/b', 'openim/direct/20260102/ann/id'],
    [`ann/x.${'y'.repeat(40)}`, 'openim/direct/20260102/ann/id'],
  ])('of %j is %j', (name, key) => {
    expect(directKey('ann', 'id', name, now)).toBe(key);
  });
});
