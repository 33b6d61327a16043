import { describe, expect, it } from 'vitest';
import { type Handshake, HandshakeUnreadable, type Outcome, readHandshake } from './handshake.js';

/** What the JavaScript client sends; what a case changes comes on top, undefined leaves it out. */
const RIGHT = { sendID: 'ann', token: 't.o.k', platformID: '5', operationID: 'op', isBackground: 'false' };

type Changes = Record<string, string | undefined>;

function queryOf(changes: Changes): string {
  const members = Object.entries({ ...RIGHT, ...changes }).filter(([, value]) => value !== undefined);
  return new URLSearchParams(members).toString();
}

const read = (changes: Changes = {}, headers = {}): Handshake =>
  readHandshake(`/any/path?${queryOf(changes)}`, headers);

function outcomeOf(work: () => unknown): Outcome {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(HandshakeUnreadable);
    return (error as HandshakeUnreadable).outcome;
  }
  throw new Error('it was read');
}

const ARGUMENTS = {
  errCode: 1602,
  errMsg: 'args err, need token, sendID, platformID',
  errDlt: expect.stringMatching(/./),
};
const BACKGROUND = { errCode: 500, errMsg: 'ServerInternalError', errDlt: expect.stringContaining('isBackground') };

describe('A handshake', () => {
  it('of a Go client', () => {
    const { codec, ...rest } = read({ compression: 'gzip', sdkVersion: '3.8.3' });
    expect(codec.name).toBe('gob');
    expect(rest).toEqual({
      userIDs: ['ann'],
      token: 't.o.k',
      platformID: 5,
      operationID: 'op',
      isBackground: false,
      wantsOutcome: false,
      compressed: true,
    });
  });

  it('of a JavaScript client', () => {
    const { codec, compressed, wantsOutcome } = read({ isMsgResp: 'true', sdkType: 'js' });
    expect([codec.name, compressed, wantsOutcome]).toEqual(['json', false, true]);
  });

  it.each(['1', 't', 'T', 'TRUE', 'true', 'True'])('%s is true', (spelling) => {
    const { isBackground, wantsOutcome } = read({ isBackground: spelling, isMsgResp: spelling });
    expect([isBackground, wantsOutcome]).toEqual([true, true]);
  });

  it.each(['0', 'f', 'F', 'FALSE', 'false', 'False'])('%s is false', (spelling) => {
    const { isBackground, wantsOutcome } = read({ isBackground: spelling, isMsgResp: spelling });
    expect([isBackground, wantsOutcome]).toEqual([false, false]);
  });

  it.each(['yes', 'tRUE', 'on', '2', '-1', ' true', 'null'])('%s is neither true nor false', (spelling) => {
    expect(outcomeOf(() => read({ isMsgResp: spelling }))).toEqual(ARGUMENTS);
    expect(outcomeOf(() => read({ isBackground: spelling }))).toEqual(BACKGROUND);
  });

  it('needs isBackground, and no isMsgResp', () => {
    expect(outcomeOf(() => read({ isBackground: undefined }))).toEqual(BACKGROUND);
    expect(outcomeOf(() => read({ isBackground: '' }))).toEqual(BACKGROUND);
    expect(read({ isMsgResp: '' }).wantsOutcome).toBe(false);
  });

  it.each([
    ['no query', () => readHandshake('/msg_gateway', {})],
    ['an empty query', () => readHandshake('/msg_gateway?', {})],
    ['no address', () => readHandshake('', {})],
    ['no sendID', () => read({ sendID: undefined })],
    ['an empty sendID', () => read({ sendID: '' })],
    ['no token', () => read({ token: undefined })],
    ['an empty token', () => read({ token: '' })],
    ['no operationID', () => read({ operationID: undefined })],
    ['an empty operationID', () => read({ operationID: '' })],
    ['no platformID', () => read({ platformID: undefined })],
    ['platform 0', () => read({ platformID: '0' })],
    ['platform 12', () => read({ platformID: '12' })],
    ['platform -1', () => read({ platformID: '-1' })],
    ['platform 1.0', () => read({ platformID: '1.0' })],
    ['platform 0x1', () => read({ platformID: '0x1' })],
    ['platform 1e0', () => read({ platformID: '1e0' })],
    ['a platform of 400 digits', () => read({ platformID: '1'.repeat(400) })],
    ['a platform by name', () => read({ platformID: 'constructor' })],
    ['another sdkType', () => read({ sdkType: 'JS' })],
    ['a query without end', () => read({ sdkVersion: 'x'.repeat(20_000) })],
  ])('needs its arguments: %s', (_, work) => {
    expect(outcomeOf(work)).toEqual(ARGUMENTS);
  });

  it.each(['1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11'])('comes from platform %s', (platformID) => {
    expect(read({ platformID }).platformID).toBe(Number(platformID));
  });

  it('looks at the arguments before isBackground', () => {
    expect(outcomeOf(() => read({ isBackground: 'maybe', sdkType: 'rust' }))).toEqual(ARGUMENTS);
    expect(outcomeOf(() => read({ isBackground: 'maybe', isMsgResp: 'maybe' }))).toEqual(ARGUMENTS);
  });

  it.each([
    ['', 'gob'],
    ['go', 'gob'],
    ['js', 'json'],
  ])('of sdkType "%s" speaks %s', (sdkType, codec) => {
    expect(read({ sdkType }).codec.name).toBe(codec);
  });

  it.each([
    ['gzip', undefined, true],
    ['GZIP', undefined, false],
    ['deflate', 'gzip', false],
    ['', 'gzip', true],
    [undefined, 'gzip', true],
    [undefined, 'br', false],
    [undefined, undefined, false],
  ])('compression=%s with the header %s: %s', (compression, header, compressed) => {
    expect(read({ compression }, header ? { compression: header } : {}).compressed).toBe(compressed);
  });

  it.each([
    ['sendID=a+b', ['a b', 'a+b']],
    ['sendID=a%2Bb', ['a+b']],
    ['sendID=a%20b', ['a b']],
    ['sendID=%E5%AE%89', ['安']],
    ['sendID=安', ['安']],
    ['sendID=50%', ['50%']],
  ])('%s can mean %j', (sendID, userIDs) => {
    const url = `/?${queryOf({ sendID: undefined })}&${sendID}`;
    expect(readHandshake(url, {}).userIDs).toEqual(userIDs);
  });

  describe('in one piece', () => {
    const members = { token: 't.o.k', userID: 'a+b', platformID: 5, operationID: 'op' };
    const packed = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const unpack = (value: unknown): Handshake => readHandshake(`/?v=${packed(value)}&sendID=other&platformID=77`, {});

    it('is all there is', () => {
      const { codec, ...rest } = unpack({
        ...members,
        compression: 'gzip',
        sdkType: 'js',
        sendResponse: true,
        background: true,
        sdkVersion: '4',
      });
      expect(codec.name).toBe('json');
      expect(rest).toEqual({
        userIDs: ['a+b'],
        token: 't.o.k',
        platformID: 5,
        operationID: 'op',
        isBackground: true,
        wantsOutcome: true,
        compressed: true,
      });
    });

    it('needs no flags', () => {
      const { isBackground, wantsOutcome, compressed, codec } = unpack(members);
      expect([isBackground, wantsOutcome, compressed, codec.name]).toEqual([false, false, false, 'gob']);
    });

    it('is passed over when it is empty', () => {
      expect(readHandshake(`/?v=&${queryOf({})}`, {}).userIDs).toEqual(['ann']);
    });

    it.each([
      ['a list', []],
      ['a word', 'word'],
      ['null', null],
      ['no user', { ...members, userID: undefined }],
      ['a user that is a number', { ...members, userID: 1 }],
      ['a token that is a list', { ...members, token: ['t'] }],
      ['a platform in text', { ...members, platformID: '5' }],
      ['no platform', { ...members, platformID: undefined }],
      ['half a platform', { ...members, platformID: 1.5 }],
      ['a flag in text', { ...members, sendResponse: 'true' }],
      ['another flag in text', { ...members, background: 'true' }],
    ])('is refused as %s', (_, value) => {
      expect(outcomeOf(() => unpack(value))).toEqual(ARGUMENTS);
    });

    it.each(['!!!', 'e30', Buffer.from('{"a"').toString('base64url')])('is refused as %s', (v) => {
      expect(outcomeOf(() => readHandshake(`/?v=${v}`, {}))).toEqual(ARGUMENTS);
    });
  });
});
