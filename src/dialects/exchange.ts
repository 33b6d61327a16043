import type { Actor } from '../core/actor.js';
import { ImError, type ImErrorCode } from '../core/errors.js';
import type { Span } from '../core/tracing.js';
import type { RequestWithActor } from '../access/jwt-auth.guard.js';
import { tokenOf } from '../access/jwt.strategy.js';
import type { TokensService } from '../access/tokens.service.js';
import { readBody } from './body.js';
import type { Calls, WatchedCall } from './calls.js';
import { decideDialect } from './dialect.js';
import type { Dialect } from './dialect-name.js';
import {
  DialectNotOffered,
  type DialectProfile,
  type FailureAnswer,
  OperationIDMissing,
  PROFILES,
} from './profiles.js';
import { stringifyExactly } from './exact-numbers.js';
import { type ImCallSpec, offeredDialects } from './speech.js';
import { StreamedList } from './streamed-list.js';
import { type ProtobufForm, readProtobufBody, speaksProtobuf } from './protobuf-form.js';
import { isOurFault } from './unforeseen.js';
import { decode, type Wire, type WireClass } from './wire.js';

/** What can be wrong with a body itself. */
const UNBOUND: ReadonlySet<ImErrorCode> = new Set(['args.invalid', 'body.unreadable']);

const EXCHANGE = Symbol('openim-nest:exchange');

/** What of an HTTP request matters here; Fastify's and Express's both have it. */
export interface HttpRequest extends RequestWithActor {
  headers: Record<string, string | string[] | undefined>;
  body?: unknown;
  [EXCHANGE]?: Exchange;
}

/**
 * One request and its answer, in the dialect that was decided when it began. Envelope, errors and view follow from it;
 * nobody looks at the request again to find out.
 */
export class Exchange {
  readonly profile: DialectProfile;
  /** `errCode` of the answer, once there is one. For the log. */
  errCode: number | undefined;
  private readonly watched: WatchedCall;
  private wire: Wire<unknown> | undefined;
  private understood: unknown;
  /** The body was not (yet) read into the request class. */
  private bound = false;
  private answered: (() => void) | undefined;

  private constructor(
    readonly call: ImCallSpec,
    dialect: Dialect,
    private readonly request: HttpRequest,
    private readonly body: Record<string, unknown> | ImError,
    calls: Calls,
  ) {
    this.profile = PROFILES[dialect];
    this.watched = calls.begin(call.path, dialect, request.headers);
  }

  /** Begins an exchange and leaves it on the request. @throws DialectNotOffered */
  static begin(call: ImCallSpec, request: HttpRequest, tokens: TokensService, calls: Calls): Exchange {
    const body = bodyOf(request, call);
    const token = tokenOf(request);
    const decided = decideDialect({
      path: call.path,
      body: body instanceof ImError ? undefined : body,
      operationIDHeader: operationIDHeader(request) !== '',
      token: token ? tokens.dialectHint(token) : undefined,
      hasToken: token !== '',
    });
    const offered = offeredDialects(call);
    // v1 and v2 share everything but member names, so one answers for the other. v3 has an envelope of its own, but who
    // leaves out its header cannot be told from a v1 or v2 caller with a v3 token.
    const fallsBack = decided !== 'v3' || operationIDHeader(request) === '';
    const spoken = !offered.includes(decided) && fallsBack ? offered[0] : decided;
    const exchange = new Exchange(call, spoken, request, body, calls);
    request[EXCHANGE] = exchange;
    if (!offered.includes(spoken)) throw new DialectNotOffered(call.path, spoken, offered);
    return exchange;
  }

  /** The exchange of a request, undefined on routes that are not ours. */
  static of(request: HttpRequest): Exchange | undefined {
    return request[EXCHANGE];
  }

  /** v3 from the header, v1 and v2 from the body; "" when the caller gave none. */
  get operationID(): string {
    if (this.profile.name === 'v3') return operationIDHeader(this.request);
    const given = this.body instanceof ImError ? undefined : this.body['operationID'];
    return typeof given === 'string' ? given : '';
  }

  /** The body as it was parsed; {} where it could not be. */
  get given(): Readonly<Record<string, unknown>> {
    return this.body instanceof ImError ? {} : this.body;
  }

  get actor(): Actor | undefined {
    return this.request.imActor;
  }

  /** Where requests are traced. */
  get span(): Span | undefined {
    return this.watched.span;
  }

  /** What the caller asks for, in the words of the service. */
  get input(): unknown {
    return this.understood;
  }

  /** The `secret` of the body, undefined when there is none. */
  get secret(): string | undefined {
    return (this.wire as { secret?: string } | undefined)?.secret;
  }

  /** True when the body has a `secret` member at all, before anything else was read. */
  get offersSecret(): boolean {
    return !(this.body instanceof ImError) && this.body['secret'] !== undefined && this.body['secret'] !== null;
  }

  /** Calls back when the answer is known, success or failure: `errCode` says which. */
  onceAnswered(callback: () => void): void {
    this.answered = callback;
  }

  /** @throws OperationIDMissing */
  requireOperationID(): void {
    if (this.profile.name === 'v3' && this.operationID === '') throw new OperationIDMissing();
  }

  /** Reads the body into the request class of the dialect. @throws BodyUnreadable, ArgumentInvalid, and what `toInput` refuses */
  readInput(): void {
    if (this.body instanceof ImError) throw this.body;
    const { request } = this.call[this.profile.name] as { request: WireClass<unknown> };
    this.wire = decode(request, this.body);
    this.understood = this.wire.toInput();
    this.bound = true;
  }

  /**
   * The answer to what the operation returned; text where numbers in it are more than JSON.stringify can write, a stream
   * where it holds a long list.
   */
  succeed(result: unknown): object | string {
    const speech = this.call[this.profile.name];
    const answer = this.profile.success(this.inForm(speech?.answer?.(result, this.understood)));
    this.end((answer as { errCode: number }).errCode);
    if (result instanceof StreamedList) return result.within(answer);
    return (speech as { exactNumbers?: boolean } | undefined)?.exactNumbers ? stringifyExactly(answer) : answer;
  }

  private end(errCode: number, failed = false): void {
    this.errCode = errCode;
    this.watched.end(errCode, this.operationID, this.actor?.platformID, failed);
    const { answered } = this;
    this.answered = undefined;
    answered?.();
  }

  /** The member `data` as the caller asked for it. */
  private inForm(view: unknown): unknown {
    const { protobuf } = (this.call[this.profile.name] ?? {}) as { protobuf?: ProtobufForm };
    if (!protobuf || !speaksProtobuf(contentTypeHeader(this.request))) return view;
    return Buffer.from(protobuf.answer.encode(view as object)).toString('base64');
  }

  /** The answer to what went wrong. */
  fail(error: ImError): FailureAnswer {
    const speech = this.call[this.profile.name];
    const answer = this.profile.failure(error, speech?.errors, this.wire);
    this.end(answer.body.errCode, isOurFault(error));
    const unbound =
      !this.bound && UNBOUND.has(error.code) && (speech as { handBound?: boolean } | undefined)?.handBound;
    return unbound ? { ...answer, http: 400 } : answer;
  }
}

function bodyOf(request: HttpRequest, { v3 }: ImCallSpec): Record<string, unknown> | ImError {
  try {
    return v3?.protobuf && speaksProtobuf(contentTypeHeader(request))
      ? readProtobufBody(request.body, request.headers['content-length'], v3.protobuf)
      : readBody(request.body);
  } catch (error) {
    if (error instanceof ImError) return error;
    throw error;
  }
}

function contentTypeHeader({ headers }: HttpRequest): string | undefined {
  const value = headers['content-type'];
  return typeof value === 'string' ? value : undefined;
}

function operationIDHeader({ headers }: HttpRequest): string {
  const value = headers['operationid'];
  return typeof value === 'string' ? value : '';
}
