import type { ImErrorCode } from '../../core/errors.js';

/** How v1 or v2 answers a failure. */
export interface LegacyError {
  /** HTTP status. */
  http: number;
  errCode: number;
  /** Fixed text; absent: the failure's own sentence. */
  errMsg?: string;
  /** Further top-level members, from the request as far as it could be read. */
  also?: (wire: unknown) => Record<string, unknown>;
}

/** A table that answers every failure. */
export type LegacyErrors = Record<ImErrorCode, LegacyError>;

/** What one endpoint answers differently from its dialect. */
export type LegacyExceptions = Partial<LegacyErrors>;

const TOKEN_CODES = [
  'token.missing',
  'token.malformed',
  'token.bad-signature',
  'token.expired',
  'token.not-yet-valid',
  'token.kicked',
  'token.not-in-store',
] as const satisfies ImErrorCode[];

type TokenErrors = Record<(typeof TOKEN_CODES)[number], LegacyError>;

/** The same answer to every unusable token. */
export function everyTokenFailure(answer: LegacyError): TokenErrors {
  return Object.fromEntries(TOKEN_CODES.map((code) => [code, answer])) as TokenErrors;
}

/** The same code for every unusable token, but a text that says what is wrong. Source: contract/legacy/seeds.md 0.4. */
export function tokenTexts(answer: Omit<LegacyError, 'errMsg'>): TokenErrors {
  return {
    ...everyTokenFailure(answer),
    'token.missing': { ...answer, errMsg: "that's not even a token" },
  };
}

export const PARAMETER_ERROR = { http: 400, errCode: 400 };
