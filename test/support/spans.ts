import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import {
  type Attributes,
  type Context,
  context,
  type ContextManager,
  type Link,
  propagation,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  type SpanOptions,
  type SpanStatus,
  SpanStatusCode,
  type TextMapPropagator,
  trace,
  TraceFlags,
  type Tracer,
} from '@opentelemetry/api';

/** A span as it was told. */
export class SeenSpan implements Span {
  readonly attributes: Attributes = {};
  readonly kind: SpanKind;
  readonly links: readonly Link[];
  status: SpanStatus = { code: SpanStatusCode.UNSET };
  ended = 0;
  private readonly own: SpanContext;

  constructor(
    readonly name: string,
    options: SpanOptions,
    readonly parent: SpanContext | undefined,
  ) {
    this.kind = options.kind ?? SpanKind.INTERNAL;
    this.links = options.links ?? [];
    this.setAttributes(options.attributes ?? {});
    const traceId = parent?.traceId ?? randomBytes(16).toString('hex');
    this.own = { traceId, spanId: randomBytes(8).toString('hex'), traceFlags: TraceFlags.SAMPLED };
  }

  spanContext(): SpanContext {
    return this.own;
  }
  setAttribute(key: string, value: Attributes[string]): this {
    if (value !== undefined) this.attributes[key] = value;
    return this;
  }
  setAttributes(attributes: Attributes): this {
    for (const [key, value] of Object.entries(attributes)) this.setAttribute(key, value);
    return this;
  }
  setStatus(status: SpanStatus): this {
    this.status = status;
    return this;
  }
  end(): void {
    this.ended += 1;
  }
  addEvent(): this {
    return this;
  }
  addLink(): this {
    return this;
  }
  addLinks(): this {
    return this;
  }
  updateName(): this {
    return this;
  }
  isRecording(): boolean {
    return this.ended === 0;
  }
  recordException(): void {}

  /** Whether this span says that it has to do with another. */
  linksTo(other: Span): boolean {
    return this.links.some(({ context: { spanId } }) => spanId === other.spanContext().spanId);
  }
}

/** As much of an SDK as OpenTelemetry's API wants: it keeps all spans, knows what is active, and reads `traceparent`. */
export class SpanCollector implements Tracer {
  readonly spans: SeenSpan[] = [];

  /** There is one in a process. */
  static install(): SpanCollector {
    const collector = new SpanCollector();
    trace.setGlobalTracerProvider({ getTracer: () => collector });
    context.setGlobalContextManager(new ActiveContexts());
    propagation.setGlobalPropagator(TRACE_PARENT);
    return collector;
  }

  startSpan(name: string, options: SpanOptions = {}, within: Context = context.active()): SeenSpan {
    const span = new SeenSpan(name, options, trace.getSpanContext(within));
    this.spans.push(span);
    return span;
  }

  startActiveSpan(): never {
    throw new Error('nobody here uses this');
  }

  /** Ended spans of a name. */
  named(name: string): SeenSpan[] {
    return this.spans.filter((span) => span.name === name && span.ended === 1);
  }
}

class ActiveContexts implements ContextManager {
  private readonly storage = new AsyncLocalStorage<Context>();

  active(): Context {
    return this.storage.getStore() ?? ROOT_CONTEXT;
  }
  with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
    active: Context,
    work: F,
    thisArg?: ThisParameterType<F>,
    ...args: A
  ): ReturnType<F> {
    return this.storage.run(active, () => work.apply(thisArg, args));
  }
  bind<T>(_: Context, target: T): T {
    return target;
  }
  enable(): this {
    return this;
  }
  disable(): this {
    return this;
  }
}

/** W3C Trace Context, as far as it is about who the parent is. */
const TRACE_PARENT: TextMapPropagator = {
  inject: () => undefined,
  fields: () => ['traceparent'],
  extract(into, carrier, getter) {
    const [, traceId, spanId] =
      /^00-([0-9a-f]{32})-([0-9a-f]{16})-01$/.exec(String(getter.get(carrier, 'traceparent'))) ?? [];
    if (!traceId || !spanId) return into;
    return trace.setSpanContext(into, { traceId, spanId, traceFlags: TraceFlags.SAMPLED, isRemote: true });
  },
};
