import type { Dialect } from './dialect-name.js';
import type { LegacyExceptions } from './errors/legacy-error.js';
import type { V3Exceptions } from './errors/v3.js';
import type { ProtobufForm } from './protobuf-form.js';
import type { WireClass } from './wire.js';

/** What sample requests and answers call a token; /docs puts a real one in its place. */
export const SAMPLE_TOKEN = 'eyJhbGciOi…';

/** A documented sample of one dialect, shown at /docs. */
export interface Sample {
  request: object;
  answer: object;
}

/** One operation in v1: how it is asked, answered and refused. */
export interface V1Speech<Input, Result> {
  request: WireClass<Input>;
  /** Top-level members of the answer; may replace `errCode` and `errMsg`. Default: none. */
  answer?: (result: Result, input: Input) => object;
  errors?: LegacyExceptions;
  sample: Sample;
}

/** One operation in v2. */
export interface V2Speech<Input, Result> {
  request: WireClass<Input>;
  /** The member `data`. Absent: no `data`. */
  answer?: (result: Result, input: Input) => unknown;
  errors?: LegacyExceptions;
  sample: Sample;
}

/** One operation in v3. */
export interface V3Speech<Input, Result> {
  request: WireClass<Input>;
  /** The member `data`. Absent: no `data`. */
  answer?: (result: Result, input: Input) => unknown;
  errors?: V3Exceptions;
  /** A body that cannot be read or breaks a rule is refused with HTTP 400. Source: contract/v3/common.md section 3. */
  handBound?: boolean;
  /** `data` holds whole numbers beyond 2^53, as bigint. */
  exactNumbers?: boolean;
  /**
   * The body may be a protobuf message, told by its Content-Type; then `data` is one too, as base64 text. Other types than
   * these and JSON are refused. Source: contract/v3/jssdk.md.
   */
  protobuf?: ProtobufForm;
  sample: Sample;
}

/** One operation in every dialect it is offered in. */
export interface Speeches<Input, Result> {
  v1?: V1Speech<Input, Result>;
  v2?: V2Speech<Input, Result>;
  v3?: V3Speech<Input, Result>;
}

/**
 * Who may call an operation.
 * - `anyone`: no token, no secret.
 * - `secret`: an AppServer that knows a configured secret.
 * - `secret-or-admin`: with a `secret` in the body as above, without one an administrator.
 * - `token`: any valid token.
 * - `admin`: a configured administrator.
 * - `admin-or-self`: an administrator, and where `v1SelfService` is on, any valid token: the service then decides.
 */
export type Caller = 'anyone' | 'secret' | 'secret-or-admin' | 'token' | 'admin' | 'admin-or-self';

/** An operation: where it is, who may call it, what it sounds like. */
export interface ImCallSpec<Input = any, Result = any> extends Speeches<Input, Result> {
  /** Without a leading slash: `group/kick_group`. */
  path: string;
  /** What it does, in one line for /docs. */
  summary: string;
  /** The same in every dialect, or what each dialect asks for. */
  by: Caller | Partial<Record<Dialect, Caller>>;
  /** The answer carries a token: nothing on the way may keep it. Default false. */
  confidential?: boolean;
}

/** Who may call an operation in this dialect. A dialect that is offered and not listed is the administrators'. */
export function callerOf({ by }: ImCallSpec, dialect: Dialect): Caller {
  return typeof by === 'string' ? by : (by[dialect] ?? 'admin');
}

/** The dialects an operation is offered in. */
export function offeredDialects(call: ImCallSpec): Dialect[] {
  return (['v1', 'v2', 'v3'] as const).filter((dialect) => call[dialect]);
}

const CALL = Symbol('openim-nest:call');

/** Notes on a route handler which operation it answers. */
export function rememberCall(handler: object, call: ImCallSpec): void {
  Reflect.defineMetadata(CALL, call, handler);
}

/** The operation behind a route handler. */
export function callOf(handler: object): ImCallSpec {
  return Reflect.getMetadata(CALL, handler) as ImCallSpec;
}
