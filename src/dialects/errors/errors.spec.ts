import { describe, expect, it } from 'vitest';
import { ArgumentInvalid, IM_ERROR_CODES, ImError, type ImErrorCode, OperationVetoed } from '../../core/errors.js';
import { DialectNotOffered, InternalFailure, OperationIDMissing, PROFILES, V1, V2, V3 } from '../profiles.js';
import { everyTokenFailure, type LegacyError, tokenTexts } from './legacy-error.js';
import { V1_ERRORS } from './v1.js';
import { V2_ERRORS } from './v2.js';
import { V3_ERRORS } from './v3.js';

class Failure extends ImError {
  constructor(readonly code: ImErrorCode) {
    super(`what was wrong: ${code}`);
  }
}

const CODES = [...IM_ERROR_CODES];
const TABLES = { v1: V1_ERRORS, v2: V2_ERRORS, v3: V3_ERRORS };
const LEGACY: [string, Record<ImErrorCode, LegacyError>][] = [
  ['v1', V1_ERRORS],
  ['v2', V2_ERRORS],
];
const TOKEN_CODES = CODES.filter((code) => code.startsWith('token.'));

describe('The error tables', () => {
  it('list every code once', () => {
    expect(new Set(CODES).size).toBe(CODES.length);
    expect(TOKEN_CODES).toHaveLength(7);
  });

  it.each(Object.entries(TABLES))('of %s answer every code and no other', (_dialect, table) => {
    expect(Object.keys(table).toSorted()).toEqual(CODES.toSorted());
  });

  it.each(Object.entries(TABLES))('of %s never call a failure a success', (_dialect, table) => {
    for (const row of Object.values(table)) expect(row.errCode).toBeGreaterThan(0);
  });

  it.each(LEGACY)(
    'of %s know three HTTP statuses, and 500 is for what is the fault of no caller',
    (_dialect, table) => {
      const strange = CODES.filter((code) => ![200, 400, 500].includes(table[code].http));
      expect(strange).toEqual([]);
      const faults = CODES.filter((code) => table[code].http === 500);
      expect(['internal', 'service.unavailable']).toEqual(expect.arrayContaining(faults));
      expect(faults).toContain('internal');
    },
  );

  it.each(LEGACY)('of %s refuse with HTTP 400 what is wrong with the request itself', (_dialect, table) => {
    const malformed: ImErrorCode[] = ['args.invalid', 'body.unreadable', 'header.operation-id-missing'];
    for (const code of malformed) expect(table[code]).toMatchObject({ http: 400, errCode: 400 });
    expect(table['secret.wrong']).toMatchObject({ http: 400, errCode: 401, errMsg: 'not authorized' });
  });

  it('of v3 have the numbers and names v3 clients compare against', () => {
    const names = Object.fromEntries(CODES.map((code) => [V3_ERRORS[code].errCode, V3_ERRORS[code].errMsg]));
    expect(names).toEqual({
      429: 'too many requests, please try again later',
      500: 'ServerInternalError',
      1001: 'ArgsError',
      1002: 'NoPermissionError',
      1003: 'DuplicateKeyError',
      1004: 'RecordNotFoundError',
      1101: 'UserIDNotFoundError',
      1102: 'RegisteredAlreadyError',
      1201: 'GroupIDNotFoundError',
      1202: 'GroupIDExisted',
      1203: 'NotInGroupYetError',
      1204: 'DismissedAlreadyError',
      1206: 'GroupRequestHandled',
      1301: 'CanNotAddYourselfError',
      1302: 'BlockedByPeer',
      1303: 'NotPeersFriend',
      1304: 'RelationshipAlreadyError',
      1305: 'FriendRequestHandled',
      1402: 'MutedInGroup',
      1403: 'MutedGroup',
      1404: 'MsgAlreadyRevoke',
      1501: 'TokenExpiredError',
      1503: 'TokenMalformedError',
      1504: 'TokenNotValidYetError',
      1505: 'TokenUnknownError',
      1506: 'TokenKickedError',
      1507: 'TokenNotExistError',
      90007: 'DataError',
    });
  });

  it('of v3 tell the ways apart in which a token fails', () => {
    const codes = TOKEN_CODES.map((code) => V3_ERRORS[code].errCode);
    expect(codes).toEqual([1001, 1503, 1505, 1501, 1504, 1506, 1507]);
  });

  it('of v1 and v2 answer every failing token alike', () => {
    for (const code of TOKEN_CODES) {
      expect(V1_ERRORS[code]).toEqual({ http: 200, errCode: 200, errMsg: 'Parse token failed' });
      expect(V2_ERRORS[code]).toEqual({ http: 400, errCode: 500 });
    }
  });
});

describe('Rows for every failing token', () => {
  const answer = { http: 200, errCode: 606 };

  it('are one row for each', () => {
    const rows = everyTokenFailure({ ...answer, errMsg: 'same' });
    expect(Object.keys(rows).toSorted()).toEqual(TOKEN_CODES.toSorted());
    for (const row of Object.values(rows)) expect(row).toEqual({ ...answer, errMsg: 'same' });
  });

  it('leave each its own text where the endpoint shows it, and call a missing token not even one', () => {
    const rows = tokenTexts(answer);
    expect(Object.keys(rows).toSorted()).toEqual(TOKEN_CODES.toSorted());
    expect(rows['token.missing'].errMsg).toBe("that's not even a token");
    expect(rows['token.expired']).toEqual(answer);
  });
});

describe('The envelope of v1', () => {
  it('has the payload beside errCode and errMsg', () => {
    expect(V1.success({ uidList: ['ann'] })).toEqual({ errCode: 0, errMsg: '', uidList: ['ann'] });
    expect(V1.success(undefined)).toEqual({ errCode: 0, errMsg: '' });
    expect(V1.success({ errMsg: 'ok', data: [] })).toEqual({ errCode: 0, errMsg: 'ok', data: [] });
  });

  it('of a failure has the fixed text, or the failure’s own sentence', () => {
    expect(V1.failure(new Failure('user.not-found'), undefined, undefined)).toEqual({
      http: 200,
      body: { errCode: 614, errMsg: "Can't find the user information" },
    });
    expect(V1.failure(new ArgumentInvalid('uid is required', 'uid'), undefined, undefined)).toEqual({
      http: 400,
      body: { errCode: 400, errMsg: 'uid is required' },
    });
  });

  it('of a failure is what the endpoint says where it differs, with members made from the request', () => {
    const exceptions = {
      'user.not-found': { http: 200, errCode: 7, errMsg: 'gone', also: (wire: unknown) => ({ asked: wire }) },
    };
    expect(V1.failure(new Failure('user.not-found'), exceptions, { uid: 'ann' })).toEqual({
      http: 200,
      body: { errCode: 7, errMsg: 'gone', asked: { uid: 'ann' } },
    });
    expect(V1.failure(new Failure('secret.wrong'), exceptions, undefined).body.errCode).toBe(401);
  });
});

describe('The envelope of v2', () => {
  it('has the payload in data, or no data', () => {
    expect(V2.success([])).toEqual({ errCode: 0, errMsg: '', data: [] });
    expect(V2.success(null)).toEqual({ errCode: 0, errMsg: '', data: null });
    expect(V2.success(undefined)).toEqual({ errCode: 0, errMsg: '' });
    expect(V2.success(undefined)).not.toHaveProperty('data');
  });

  it('of a failure has neither data nor errDlt', () => {
    expect(V2.failure(new Failure('group.not-a-member'), undefined, undefined)).toEqual({
      http: 200,
      body: { errCode: 202, errMsg: 'you are not in group' },
    });
  });
});

describe('The envelope of v3', () => {
  it('always has errDlt, and data only when there is something to say', () => {
    expect(V3.success({ total: 0 })).toEqual({ errCode: 0, errMsg: '', errDlt: '', data: { total: 0 } });
    expect(V3.success(null)).toEqual({ errCode: 0, errMsg: '', errDlt: '', data: null });
    expect(V3.success(undefined)).not.toHaveProperty('data');
    expect(Object.keys(V3.success({}))).toEqual(['errCode', 'errMsg', 'errDlt', 'data']);
  });

  it.each(CODES)('of a failure is HTTP 200 (429 for too many requests) with a name and a detail: %s', (code) => {
    const { http, body } = V3.failure(new Failure(code), undefined, undefined);
    expect(http).toBe(code === 'caller.too-many-requests' ? 429 : 200);
    expect(Object.keys(body)).toEqual(['errCode', 'errMsg', 'errDlt']);
    expect(body['errMsg']).toMatch(/^([A-Z][A-Za-z]+|too many requests, please try again later)$/);
    expect(body['errDlt']).toEqual(expect.stringMatching(/./));
  });

  it('tells what was wrong in errDlt, or what the endpoint makes of it', () => {
    const failure = new ArgumentInvalid('userID is empty', 'userID');
    expect(V3.failure(failure, undefined, undefined).body['errDlt']).toBe('userID is empty');
    const fixed = { 'args.invalid': { errCode: 1001, errMsg: 'ArgsError', errDlt: 'fixed' } };
    expect(V3.failure(failure, fixed, undefined).body['errDlt']).toBe('fixed');
    const made = {
      'args.invalid': { errCode: 1001, errMsg: 'ArgsError', errDlt: ({ message }: ImError) => `<${message}>` },
    };
    expect(V3.failure(failure, made, undefined).body['errDlt']).toBe('<userID is empty>');
  });
});

describe('Failures every dialect has to answer', () => {
  it('an unforeseen one tells nothing', () => {
    const unforeseen = new InternalFailure();
    expect(V1.failure(unforeseen, undefined, undefined)).toMatchObject({ http: 500, body: { errCode: 500 } });
    expect(V2.failure(unforeseen, undefined, undefined)).toMatchObject({ http: 500, body: { errCode: 500 } });
    expect(V3.failure(unforeseen, undefined, undefined)).toEqual({
      http: 200,
      body: { errCode: 500, errMsg: 'ServerInternalError', errDlt: 'internal error' },
    });
  });

  it('a veto of the host carries the host’s words to everybody, and its code to v3', () => {
    const veto = new OperationVetoed('no advertising', 70001);
    expect(V1.failure(veto, undefined, undefined).body).toEqual({ errCode: 201, errMsg: 'no advertising' });
    expect(V2.failure(veto, undefined, undefined).body).toEqual({ errCode: 809, errMsg: 'no advertising' });
    expect(V3.failure(veto, undefined, undefined).body).toMatchObject({ errCode: 70001, errDlt: 'no advertising' });
    expect(V3.failure(new OperationVetoed('no'), undefined, undefined).body.errCode).toBe(1002);
  });

  it('a v3 request without operationID, and a dialect that an operation does not speak', () => {
    expect(V3.failure(new OperationIDMissing(), undefined, undefined).body).toEqual({
      errCode: 1001,
      errMsg: 'ArgsError',
      errDlt: 'header must have operationID',
    });
    const notOffered = new DialectNotOffered('group/kick_group', 'v3', ['v1']);
    expect(V3.failure(notOffered, undefined, undefined).body.errCode).toBe(1001);
    expect(V2.failure(notOffered, undefined, undefined)).toMatchObject({ http: 400, body: { errCode: 400 } });
  });

  it('profiles are found by the name of their dialect, and only v3 looks at the token before the body', () => {
    for (const name of ['v1', 'v2', 'v3'] as const) expect(PROFILES[name].name).toBe(name);
    expect([V1, V2, V3].map(({ bodyBeforeToken }) => bodyBeforeToken)).toEqual([true, true, false]);
  });
});
