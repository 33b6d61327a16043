import {
  type Attributes,
  type Context,
  context,
  type Link,
  propagation,
  ROOT_CONTEXT,
  type Span as OtelSpan,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { type Span, type SpanAttributes, type SpanStart, Tracing } from '../core/tracing.js';
import { VERSION } from '../core/version.js';

const KINDS = { server: SpanKind.SERVER, internal: SpanKind.INTERNAL } as const;

/** A span of OpenTelemetry's. */
class TracedSpan implements Span {
  constructor(
    readonly span: OtelSpan,
    private readonly inside: Context,
  ) {}

  run<T>(work: () => T): T {
    return context.with(this.inside, work);
  }

  end(attributes: SpanAttributes = {}, failed = false): void {
    this.span.setAttributes(attributes);
    if (failed) this.span.setStatus({ code: SpanStatusCode.ERROR });
    this.span.end();
  }
}

/**
 * Tells whatever SDK of OpenTelemetry is installed in the process. Without one nothing happens, as its API promises; it is
 * loaded only for who asks for traces, since that takes longer than a request.
 */
export class OpenTelemetry extends Tracing {
  private readonly tracer = trace.getTracer('openim-nest', VERSION);

  override begin(name: string, { kind, attributes, headers, links = [] }: SpanStart): Span {
    const parent = headers ? parentOf(headers) : ROOT_CONTEXT;
    const span = this.tracer.startSpan(
      name,
      { kind: KINDS[kind], attributes: attributes as Attributes | undefined, links: linked(links) },
      parent,
    );
    return new TracedSpan(span, trace.setSpan(parent, span));
  }
}

/** What already traces the request from further outside goes before what its headers say: it has read them too. */
function parentOf(headers: NonNullable<SpanStart['headers']>): Context {
  const active = context.active();
  return trace.getSpan(active) ? active : propagation.extract(active, headers);
}

function linked(spans: Iterable<Span>): Link[] {
  return Array.from(spans, (one) => ({ context: (one as TracedSpan).span.spanContext() }));
}
