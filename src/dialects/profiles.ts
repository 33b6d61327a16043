import { ImError, type ImErrorCode, OperationVetoed } from '../core/errors.js';
import type { Dialect } from './dialect-name.js';
import type { LegacyErrors, LegacyExceptions } from './errors/legacy-error.js';
import { V1_ERRORS } from './errors/v1.js';
import { V2_ERRORS } from './errors/v2.js';
import { type V3Error, V3_ERRORS, type V3Exceptions } from './errors/v3.js';

/** An answer that is not a success. */
export interface FailureAnswer {
  http: number;
  body: { errCode: number } & Record<string, unknown>;
}

/** What is the same for all operations of a dialect. */
export interface DialectProfile {
  readonly name: Dialect;
  /** v1 and v2 look at the body before they look at the token; v3 the other way round. */
  readonly bodyBeforeToken: boolean;
  /** The envelope of a success. `view` is what the operation's `answer` made. */
  success(view: unknown): object;
  /** The envelope of a failure. */
  failure(error: ImError, exceptions: unknown, wire: unknown): FailureAnswer;
}

function legacy(name: 'v1' | 'v2', errors: LegacyErrors, success: (view: unknown) => object): DialectProfile {
  return {
    name,
    bodyBeforeToken: true,
    success,
    failure(error, exceptions, wire) {
      const exception = (exceptions as LegacyExceptions | undefined)?.[error.code];
      const { http, errCode, errMsg, also } = exception ?? errors[error.code];
      return { http, body: { errCode, errMsg: errMsg ?? error.message, ...also?.(wire) } };
    },
  };
}

/** v1: payload members stand beside `errCode` and `errMsg`. */
export const V1: DialectProfile = legacy('v1', V1_ERRORS, (view) => ({ errCode: 0, errMsg: '', ...(view as object) }));

/** v2: the payload is `data`. */
export const V2: DialectProfile = legacy('v2', V2_ERRORS, (view) =>
  view === undefined ? { errCode: 0, errMsg: '' } : { errCode: 0, errMsg: '', data: view },
);

/** v3: as v2, with `errDlt`, and HTTP 200 unless a row of its table says otherwise. */
export const V3: DialectProfile = {
  name: 'v3',
  bodyBeforeToken: false,
  success: (view) =>
    view === undefined ? { errCode: 0, errMsg: '', errDlt: '' } : { errCode: 0, errMsg: '', errDlt: '', data: view },
  failure(error, exceptions) {
    const row: V3Error = (exceptions as V3Exceptions | undefined)?.[error.code] ?? V3_ERRORS[error.code];
    const { errCode, errMsg, errDlt = error.message, http = 200 } = row;
    const code = error instanceof OperationVetoed ? error.errCode : errCode;
    return {
      http,
      body: { errCode: code, errMsg, errDlt: typeof errDlt === 'function' ? errDlt(error) : errDlt },
    };
  },
};

export const PROFILES: Readonly<Record<Dialect, DialectProfile>> = { v1: V1, v2: V2, v3: V3 };

/** What the caller hears of a failure nobody foresaw: nothing but that it happened. */
export class InternalFailure extends ImError {
  readonly code: ImErrorCode = 'internal';
  constructor() {
    super('internal error');
  }
}

/** v3 wants an operationID in the header of every POST. */
export class OperationIDMissing extends ImError {
  readonly code = 'header.operation-id-missing';
  constructor() {
    super('header must have operationID');
  }
}

/** The request speaks a dialect in which this operation is not offered. */
export class DialectNotOffered extends ImError {
  readonly code = 'dialect.not-offered';
  constructor(path: string, dialect: Dialect, offered: readonly Dialect[]) {
    super(`/${path} is not offered in ${dialect}, only in ${offered.join(', ')}`);
  }
}
