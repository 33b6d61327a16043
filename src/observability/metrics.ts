import { Injectable } from '@nestjs/common';
import type { Metric, Registry } from 'prom-client';
import { type Measure, Measures } from '../core/measures.js';
import { VERSION } from '../core/version.js';

/**
 * What this application measures, for Prometheus. Nothing is global: several applications in one process have a registry
 * each. prom-client is loaded when somebody asks first.
 *
 * @example
 * ```ts
 * // With a host's own metrics, in one answer:
 * const all = Registry.merge([register, await metrics.registry()]);
 * ```
 */
@Injectable()
export class ImMetrics {
  private loading: Promise<Registry> | undefined;

  constructor(private readonly measures: Measures) {
    const help = 'Always 1; its labels say which version runs on which Node.';
    measures.gauge({ name: 'openim_build_info', help, labels: ['version', 'node'] }, () => [
      [{ version: VERSION, node: process.version }, 1],
    ]);
  }

  /** A registry whose metrics all begin with `openim_`; what the process itself does is not among them. */
  registry(): Promise<Registry> {
    return (this.loading ??= this.load());
  }

  private async load(): Promise<Registry> {
    const { Registry: PromRegistry } = await import('prom-client');
    const registry = new PromRegistry();
    for (const measure of this.measures) registry.registerMetric(new Exported(measure) as unknown as Metric);
    return registry;
  }
}

/** A measure in the shape in which a registry reads its metrics. */
class Exported {
  readonly name: string;

  constructor(private readonly measure: Measure) {
    this.name = measure.spec.name;
  }

  async get(): Promise<object> {
    const { name } = this;
    const { type, spec } = this.measure;
    const values = Array.from(this.measure.samples(), ({ suffix, labels, value }) => ({
      metricName: name + suffix,
      labels,
      value,
    }));
    return { name, help: spec.help, type, values, aggregator: 'sum' };
  }

  /** Nobody but the one who counts may begin anew. */
  reset(): void {}
}
