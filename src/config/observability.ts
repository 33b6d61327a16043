import type { Reading } from './reading.js';

/** Characters a token has at least: shorter ones can be guessed. */
const MIN_TOKEN_LENGTH = 16;

/** What may be seen of a running server, and by whom. */
export interface ObservabilityConfig {
  /** /metrics is there. */
  metrics: boolean;
  /** Who reads /metrics has to show it; undefined: nobody has to. */
  metricsToken: string | undefined;
  /** OpenTelemetry hears of requests. */
  tracing: boolean;
  /** How long requests are taken after /readyz has begun to say that they should not be sent any more. */
  readyGraceMs: number;
}

export function readObservability(reading: Reading): ObservabilityConfig {
  const metricsToken = reading.text('METRICS_TOKEN', '') || undefined;
  if (metricsToken !== undefined && metricsToken.length < MIN_TOKEN_LENGTH) {
    reading.mistakes.push(`METRICS_TOKEN must have at least ${MIN_TOKEN_LENGTH} characters`);
  }
  return {
    metrics: reading.oneOf('METRICS', ['on', 'off'], 'on') === 'on',
    metricsToken,
    tracing: reading.flag('TRACING', false),
    readyGraceMs: reading.integer('READY_GRACE', 0, 0, 600) * 1_000,
  };
}
