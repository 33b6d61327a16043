/** What is known of a span. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** Links of a span that OpenTelemetry keeps unless it is told otherwise. */
const MAX_LINKS = 128;

/** How a span comes about. */
export interface SpanStart {
  readonly kind: 'server' | 'internal';
  readonly attributes?: SpanAttributes;
  /** Headers of the request that causes it: it belongs to whatever they name, or to what is active. Absent: to nothing. */
  readonly headers?: Readonly<Record<string, string | string[] | undefined>>;
  /** Spans it has to do with, and is no part of. */
  readonly links?: Iterable<Span>;
}

/** Something that is being done, as tracing tools show it. */
export interface Span {
  /** Does a part of it: spans that begin meanwhile belong to it. */
  run<T>(work: () => T): T;
  /** @param attributes what was found out meanwhile @param failed it was our own fault */
  end(attributes?: SpanAttributes, failed?: boolean): void;
}

/** Tells tracing tools what is done. Where nobody listens there are no spans. */
export abstract class Tracing {
  abstract begin(name: string, start: SpanStart): Span | undefined;
}

/** The spans of the requests that caused something. No more than tracing tools keep by default. */
export function linksTo(caused: readonly { operation: { span?: Span } }[]): Set<Span> {
  const spans = new Set<Span>();
  for (const { operation } of caused) if (operation.span && spans.size < MAX_LINKS) spans.add(operation.span);
  return spans;
}

/** Nobody listens. */
export class NoTracing extends Tracing {
  override begin(): undefined {
    return undefined;
  }
}
