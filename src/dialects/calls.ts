import { Injectable } from '@nestjs/common';
import { type Counter, type Distribution, Measures, SECONDS } from '../core/measures.js';
import { PLATFORM_NAMES } from '../core/protocol.js';
import { type Span, type SpanAttributes, Tracing } from '../core/tracing.js';

/** Characters of an operationID that are told on; callers choose it. */
export const MAX_OPERATION_ID = 128;

/** What an answered request was. */
export interface AnsweredCall {
  /** Declared path, not the one that was asked for. */
  readonly route: string;
  readonly dialect: string;
  readonly code: number;
}

/** Watches the requests over REST: how many, how long, how they ended. */
@Injectable()
export class Calls {
  private readonly requests: Counter<'route' | 'dialect' | 'code'>;
  private readonly durations: Distribution<'route' | 'dialect'>;

  constructor(
    measures: Measures,
    private readonly tracing: Tracing,
  ) {
    this.requests = measures.counter({
      name: 'openim_rest_requests_total',
      help: 'Requests answered over REST; code is the errCode, and the HTTP status where no dialect is spoken.',
      labels: ['route', 'dialect', 'code'],
    });
    this.durations = measures.distribution(
      {
        name: 'openim_rest_request_duration_seconds',
        help: 'Time from reading the body of a request to its answer.',
        labels: ['route', 'dialect'],
      },
      SECONDS,
    );
  }

  /** @param ms how long it took */
  count(call: AnsweredCall, ms: number): void {
    this.requests.add(1, call);
    this.durations.observe(ms / 1_000, call);
  }

  /** @param headers of the request, which may name the trace it belongs to */
  begin(path: string, dialect: string, headers: Record<string, string | string[] | undefined>): WatchedCall {
    const route = `/${path}`;
    const span = this.tracing.begin(`POST ${route}`, { kind: 'server', headers });
    return new WatchedCall(this, route, dialect, span);
  }
}

/** One request, until it is answered. */
export class WatchedCall {
  private readonly begun = performance.now();

  constructor(
    private readonly calls: Calls,
    private readonly route: string,
    private readonly dialect: string,
    readonly span: Span | undefined,
  ) {}

  /** @param failed it was our own fault */
  end(code: number, operationID: string, platformID: number | undefined, failed = false): void {
    const { route, dialect, span } = this;
    this.calls.count({ route, dialect, code }, performance.now() - this.begun);
    span?.end(
      { ...spanAttributes(operationID, platformID, code), 'openim.path': route, 'openim.dialect': dialect },
      failed,
    );
  }
}

/** What is said of every request, over REST and over sockets. */
export function spanAttributes(operationID: string, platformID: number | undefined, code: number): SpanAttributes {
  return {
    'openim.operation_id': operationID.slice(0, MAX_OPERATION_ID),
    'openim.platform': platformID === undefined ? undefined : (PLATFORM_NAMES[platformID] ?? 'unknown'),
    'openim.err_code': code,
  };
}
