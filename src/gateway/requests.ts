import { Injectable, Logger } from '@nestjs/common';
import type { ImError } from '../core/errors.js';
import { type Counter, type Distribution, Measures, SECONDS } from '../core/measures.js';
import { Operation, within } from '../core/operation.js';
import { Tracing } from '../core/tracing.js';
import { spanAttributes } from '../dialects/calls.js';
import { V3_ERRORS } from '../dialects/errors/v3.js';
import { Unforeseen } from '../dialects/unforeseen.js';
import { decode } from '../dialects/wire.js';
import { TooManyRequests } from '../limits/limits.errors.js';
import { protobufType } from '../protobuf/protobuf.js';
import type { RequestFrame, ResponseFrame } from './codec/frames.js';
import type { Answered, Connection } from './connection.js';
import { type RequestKind, RequestKinds } from './request-kinds.js';
import { RequestUnreadable } from './gateway.errors.js';
import { outcomeOf } from './outcome.js';

/** Decodes to nothing. JavaScript clients take an answer without data for null, and trip over it. */
const NOTHING = Buffer.of(0x7a, 0x00);

const NO_DATA = new Uint8Array();

/** A request that was answered. */
export interface AnsweredRequest {
  connection: Connection;
  reqIdentifier: number;
  operationID: string;
  errCode: number;
  /** Milliseconds. */
  ms: number;
}

/** Answers what clients ask over their sockets, by the services that answer REST. */
@Injectable()
export class Requests {
  private readonly logger = new Logger(Requests.name);
  private observer: ((answered: AnsweredRequest) => void) | undefined;

  private readonly counter: Counter<'request' | 'code'>;
  private readonly durations: Distribution<'request'>;

  constructor(
    private readonly kinds: RequestKinds,
    private readonly unforeseen: Unforeseen,
    private readonly tracing: Tracing,
    measures: Measures,
  ) {
    this.counter = measures.counter({
      name: 'openim_socket_requests_total',
      help: 'Requests answered over sockets, by their errCode.',
      labels: ['request', 'code'],
    });
    this.durations = measures.distribution(
      {
        name: 'openim_socket_request_duration_seconds',
        help: 'Time from the turn of a request on its socket to its answer.',
        labels: ['request'],
      },
      SECONDS,
    );
  }

  /** Has somebody told of every request, once it is answered. */
  observe(observer: (answered: AnsweredRequest) => void): void {
    this.observer = observer;
  }

  /** Answers a request; undefined when the connection has to be closed for it. Source: contract/gateway.md 3.2. */
  async answer(from: Connection, request: RequestFrame): Promise<Answered | undefined> {
    const begin = performance.now();
    const kind = this.kinds.of(request.reqIdentifier);
    if (!kind || request.sendID !== from.userID) return undefined;
    const turn = from.throttle.take(performance.now());
    if (turn === 'hopeless') return undefined;
    const span = this.tracing.begin(`socket ${kind.name}`, { kind: 'server' });
    const operation = new Operation(request.operationID, from.actor, 'socket', span);
    const frame =
      turn === 'refused'
        ? failureOf(request, new TooManyRequests())
        : await this.frameOf(from, kind, request, operation);
    const { reqIdentifier, operationID, errCode } = frame;
    const ms = performance.now() - begin;
    this.counter.add(1, { request: kind.name, code: errCode });
    this.durations.observe(ms / 1_000, { request: kind.name });
    span?.end(
      { ...spanAttributes(operationID, from.platformID, errCode), 'openim.request': kind.name },
      errCode === V3_ERRORS.internal.errCode,
    );
    this.observer?.({ connection: from, reqIdentifier, operationID, errCode, ms });
    return { frame, operation, last: kind.last === true && errCode === 0 };
  }

  private async frameOf(
    from: Connection,
    kind: RequestKind,
    request: RequestFrame,
    operation: Operation,
  ): Promise<ResponseFrame> {
    try {
      const input = inputOf(kind, request.data);
      const work = () => within(operation, () => kind.answer(from, input));
      const answer = await (operation.span ? operation.span.run(work) : work());
      if (!kind.response) return answerTo(request);
      const data = protobufType(kind.response).encode(answer as object);
      return { ...answerTo(request), data: data.length === 0 && from.codec.name === 'json' ? NOTHING : data };
    } catch (error) {
      const what = `request ${request.reqIdentifier}`;
      const failure = within(operation, () => this.unforeseen.tellable(error, what, this.logger));
      return failureOf(request, failure);
    }
  }
}

function answerTo({ reqIdentifier, msgIncr, operationID }: RequestFrame): ResponseFrame {
  return { reqIdentifier, msgIncr, operationID, errCode: 0, errMsg: '', data: NO_DATA };
}

function failureOf(request: RequestFrame, error: ImError): ResponseFrame {
  const { errCode, errMsg } = outcomeOf(error);
  return { ...answerTo(request), errCode, errMsg };
}

/** What a request asks for, in the words of the services. @throws RequestUnreadable, ArgumentInvalid */
function inputOf({ request, wire }: RequestKind, data: Uint8Array): unknown {
  let message: Record<string, unknown>;
  try {
    message = protobufType(request).decodeBinary(data);
  } catch {
    throw new RequestUnreadable();
  }
  return wire && decode(wire, message).toInput();
}
