import 'reflect-metadata';
import { describe, expect, it } from 'vitest';
import { ArgumentInvalid } from '../core/errors.js';
import { Anything, Flag, Int, Part, Parts, Text, TextList } from './fields.js';
import { decode } from './wire.js';

class Avatar {
  @Text() url: string;
  @Int({ need: 'optional' }) size?: number;
}

class Member {
  @Text({ max: 5 }) userID: string;
  @Part(() => Avatar, { need: 'optional' }) avatar?: Avatar;
}

class Request {
  @Text({ missing: 'who is it?' }) userID: string;
  @Text({ need: 'present' }) nickname: string;
  @Text({ need: 'optional', max: 3, also: ['icon'] }) faceURL?: string;
  @Text({ need: 'optional', maxBytes: 4 }) ex?: string;
  @Int({ need: 'optional', min: 0, max: 7 }) platform?: number;
  @Flag() isPinned?: boolean;
  @TextList({ need: 'optional', max: 3, maxLength: 2 }) userIDs?: string[];
  @Parts(() => Member, { need: 'optional', max: 2 }) memberList?: Member[];
  @Anything({ need: 'optional' }) data?: unknown;
}

const COMPLETE = { userID: 'ann', nickname: 'Ann' };

/** What is read from a request that is complete but for the change. */
const read = (change: object = {}) => decode(Request, { ...COMPLETE, ...change });

/** What is objected to in a request that is complete but for the change. */
function objection(change: object, type: new () => object = Request): { field: string | undefined; message: string } {
  try {
    decode(type, { ...COMPLETE, ...change });
  } catch (error) {
    if (error instanceof ArgumentInvalid) return { field: error.field, message: error.message };
    throw error;
  }
  throw new Error('nothing was objected to');
}

describe('Reading a request: which member is meant', () => {
  it('is told by its name', () => {
    const request = read({ platform: 1 });
    expect(request).toBeInstanceOf(Request);
    expect({ ...request }).toEqual({ ...COMPLETE, platform: 1 });
  });

  it('is also told by its name in other letters', () => {
    expect(decode(Request, { userid: 'bob', NICKNAME: 'Bob' })).toMatchObject({ userID: 'bob', nickname: 'Bob' });
  });

  it.each([
    [{ userID: 'exact', userid: 'other', nickname: '' }],
    [{ userid: 'other', userID: 'exact', USERID: 'third', nickname: '' }],
  ])('is the exact name where both are there, whichever comes first: %j', (body) => {
    expect(decode(Request, body).userID).toBe('exact');
  });

  it('is the other spelling where the exact one is null', () => {
    expect(decode(Request, { userID: null, userid: 'bob', nickname: '' }).userID).toBe('bob');
  });

  it('is told by an alias, in any letters, but the name itself goes first', () => {
    expect(read({ icon: 'i' }).faceURL).toBe('i');
    expect(read({ ICON: 'i' }).faceURL).toBe('i');
    expect(read({ faceURL: 'f', icon: 'i' }).faceURL).toBe('f');
    expect(read({ icon: 'i', faceURL: 'f' }).faceURL).toBe('f');
  });

  it('does not matter when nobody declared it', () => {
    expect({ ...read({ unknown: 1, length: 2, toInput: 3, constructor: 4 }) }).toEqual(COMPLETE);
  });
});

describe('Reading a request: what has to be there', () => {
  it.each<[string, object]>([
    ['missing', { userID: undefined }],
    ['null', { userID: null }],
    ['""', { userID: '' }],
  ])('a required text that is %s is asked for in the words of its declaration', (_how, change) => {
    expect(objection(change)).toEqual({ field: 'userID', message: 'who is it?' });
  });

  it('a required number is not 0, a required list or object may be empty, a required flag may be false', () => {
    class Required {
      @Int() platform: number;
      @TextList() userIDs: string[];
      @Parts(() => Member) memberList: Member[];
      @Anything() data: unknown;
      @Flag({ need: 'required' }) isPinned: boolean;
    }
    const least = { platform: 1, userIDs: [], memberList: [], data: {}, isPinned: false };
    expect({ ...decode(Required, least) }).toEqual(least);
    for (const member of Object.keys(least)) {
      expect(objection({ ...least, [member]: null }, Required)).toEqual({
        field: member,
        message: `${member} is required`,
      });
    }
    expect(objection({ ...least, platform: 0 }, Required).message).toBe('platform is required');
  });

  it('a present member may be "" or 0, but is there', () => {
    class Present {
      @Text({ need: 'present' }) name: string;
      @Int({ need: 'present' }) begin: number;
    }
    expect({ ...decode(Present, { name: '', begin: 0 }) }).toEqual({ name: '', begin: 0 });
    expect(objection({ begin: 0 }, Present)).toEqual({ field: 'name', message: 'name is required' });
    expect(objection({ name: '', begin: null }, Present)).toEqual({ field: 'begin', message: 'begin is required' });
  });

  it('an optional member may be absent, null, "" or 0, but not of another type', () => {
    expect({ ...read({ faceURL: null, platform: null, isPinned: null, memberList: null }) }).toEqual(COMPLETE);
    expect(read({ faceURL: '', platform: 0 })).toMatchObject({ faceURL: '', platform: 0 });
    expect(objection({ faceURL: 5 })).toEqual({ field: 'faceURL', message: 'faceURL must be a string' });
  });

  it('is asked for in the order of the declarations, not in that of the body', () => {
    expect(objection({ platform: 'x', nickname: 5, userID: 5 }).field).toBe('userID');
    expect(objection({ platform: 'x', nickname: 5 }).field).toBe('nickname');
  });

  it('is what a class that extends another says last', () => {
    class Relaxed extends Request {
      @Text({ need: 'optional' }) declare userID: string;
      @Text() email: string;
    }
    expect({ ...decode(Relaxed, { nickname: 'Ann', email: 'e' }) }).toEqual({ nickname: 'Ann', email: 'e' });
    expect(objection({ nickname: 'Ann' }, Relaxed).field).toBe('email');
    expect(objection({ userID: null }).field).toBe('userID');
  });
});

describe('Reading a request: what may be in it', () => {
  it.each<[string, object]>([
    ['userID', { userID: 5 }],
    ['userID', { userID: ['ann'] }],
    ['userID', { userID: false }],
    ['platform', { platform: '1' }],
    ['platform', { platform: 1.5 }],
    ['platform', { platform: true }],
    ['platform', { platform: -1 }],
    ['platform', { platform: 8 }],
    ['isPinned', { isPinned: 1 }],
    ['isPinned', { isPinned: 'true' }],
    ['userIDs', { userIDs: 'ann' }],
    ['userIDs', { userIDs: { 0: 'a' } }],
    ['userIDs', { userIDs: ['a', 5] }],
    ['userIDs', { userIDs: ['a', null] }],
    ['memberList', { memberList: {} }],
    ['memberList', { memberList: 'ann' }],
  ])('not in %s: %j', (field, change) => {
    expect(objection(change)).toEqual({ field, message: expect.stringMatching(new RegExp(`^${field} must `)) });
  });

  it('a number of 32 bits where nothing else is said', () => {
    class Numbered {
      @Int({ need: 'present' }) value: number;
    }
    for (const value of [-(2 ** 31), 0, 2 ** 31 - 1]) expect(decode(Numbered, { value }).value).toBe(value);
    for (const value of [-(2 ** 31) - 1, 2 ** 31, Number.NaN, 1e300]) {
      expect(objection({ value }, Numbered).field).toBe('value');
    }
  });

  it('as many characters as allowed, counted as people count them, not in halves of an emoji', () => {
    expect(read({ faceURL: '😀漢a' }).faceURL).toBe('😀漢a');
    expect(read({ userIDs: ['😀😀'] }).userIDs).toEqual(['😀😀']);
    expect(objection({ faceURL: '😀漢ab' }).message).toBe('faceURL must be at most 3 characters');
    expect(objection({ userIDs: ['a', '😀😀a'] }).message).toBe('userIDs must hold entries of at most 2 characters');
  });

  it('as many bytes as allowed where bytes are meant', () => {
    expect(read({ ex: '😀' }).ex).toBe('😀');
    expect(read({ ex: 'abcd' }).ex).toBe('abcd');
    expect(objection({ ex: '漢字' }).message).toBe('ex must be at most 4 bytes');
    expect(objection({ ex: '😀a' }).message).toBe('ex must be at most 4 bytes');
  });

  it('as many entries as allowed', () => {
    expect(read({ userIDs: ['a', 'b', 'c'] }).userIDs).toHaveLength(3);
    expect(objection({ userIDs: ['a', 'b', 'c', 'd'] }).message).toBe('userIDs must have at most 3 entries');
    expect(objection({ memberList: [{}, {}, {}] }).message).toBe('memberList must have at most 2 entries');
  });

  it.each([
    ['a NUL', 'a\0b'],
    ['a NUL at the end', 'a\0'],
    ['the first half of a character', 'a\ud83d'],
    ['the second half of a character', '\ude00a'],
    ['the halves in the wrong order', '\ude00\ud83d'],
  ])('no text with %s, which no database would give back', (_what, text) => {
    expect(objection({ userID: text }).field).toBe('userID');
    expect(objection({ nickname: text }).field).toBe('nickname');
    expect(objection({ ex: text }).field).toBe('ex');
    expect(objection({ userIDs: ['a', text] }).field).toBe('userIDs');
    expect(objection({ memberList: [{ userID: text }] }).field).toBe('memberList[0].userID');
  });
});

describe('Reading a request: parts within it', () => {
  it('become objects of their class, down to the last', () => {
    const { memberList } = read({ memberList: [{ userid: 'bob', avatar: { url: 'u', other: 1 } }, { userID: 'cid' }] });
    expect(memberList).toEqual([{ userID: 'bob', avatar: { url: 'u' } }, { userID: 'cid' }]);
    expect(memberList?.[0]).toBeInstanceOf(Member);
    expect(memberList?.[0]?.avatar).toBeInstanceOf(Avatar);
  });

  it.each<[string, object]>([
    ['memberList[0].userID', { memberList: [{}] }],
    ['memberList[1].userID', { memberList: [{ userID: 'bob' }, { userID: 'longer than five' }] }],
    ['memberList[0].avatar.url', { memberList: [{ userID: 'bob', avatar: {} }] }],
    ['memberList[0].avatar', { memberList: [{ userID: 'bob', avatar: 'u' }] }],
    ['memberList[0].avatar', { memberList: [{ userID: 'bob', avatar: [] }] }],
    ['memberList[1]', { memberList: [{ userID: 'bob' }, 'cid'] }],
    ['memberList[0]', { memberList: [null] }],
    ['memberList[0]', { memberList: [['bob']] }],
  ])('are named by their whole path when they are wrong: %s', (path, change) => {
    const { field, message } = objection(change);
    expect(field).toBe(path);
    expect(message).toContain(path.split('.').at(-1));
  });
});

describe('Reading a request: a body that reaches for the prototype', () => {
  const parsed = (json: string): Record<string, unknown> => JSON.parse(json) as Record<string, unknown>;

  it.each([
    '{"__proto__":{"polluted":1,"userID":"eve"},"userID":"ann","nickname":"Ann"}',
    '{"constructor":{"prototype":{"polluted":1}},"userID":"ann","nickname":"Ann"}',
    '{"__PROTO__":{"polluted":1},"prototype":{"polluted":1},"userID":"ann","nickname":"Ann"}',
    '{"userID":"ann","nickname":"Ann","memberList":[{"userID":"bob","__proto__":{"polluted":1,"avatar":{}}}]}',
    '{"userID":"ann","nickname":"Ann","memberList":[{"userID":"bob","avatar":{"url":"u","__proto__":{"polluted":1}}}]}',
  ])('changes nothing: %s', (json) => {
    const request = decode(Request, parsed(json));
    const member = request.memberList?.[0];
    for (const object of [{}, request, member ?? {}, member?.avatar ?? {}])
      expect(object).not.toHaveProperty('polluted');
    expect(Object.getPrototypeOf(request)).toBe(Request.prototype);
    expect(Object.getPrototypeOf(member ?? new Member())).toBe(Member.prototype);
    expect(request).toMatchObject(COMPLETE);
  });

  it('fills no member that the body itself lacks', () => {
    const inherited = '{"__proto__":{"userID":"eve"},"nickname":"Ann"}';
    expect(() => decode(Request, parsed(inherited))).toThrow('who is it?');
    const inPart = '{"userID":"ann","nickname":"Ann","memberList":[{"__proto__":{"userID":"eve"}}]}';
    expect(() => decode(Request, parsed(inPart))).toThrow('userID is required');
  });
});
