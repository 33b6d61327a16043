/** One number of /metrics. */
interface MetricSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What /metrics said. */
export class Metrics {
  /** Names as Prometheus knows them: a histogram has one. */
  readonly names: ReadonlySet<string>;
  private readonly samples: readonly MetricSample[];

  constructor(readonly text: string) {
    const lines = text.split('\n');
    this.names = new Set(lines.flatMap((line) => /^# TYPE (\S+) /.exec(line)?.[1] ?? []));
    this.samples = lines.filter((line) => line !== '' && !line.startsWith('#')).map(readSample);
  }

  /** The sum of all numbers of a name whose labels are these, and any others. */
  sum(name: string, labels: Record<string, string | number> = {}): number {
    return this.of(name, labels).reduce((sum, { value }) => sum + value, 0);
  }

  of(name: string, labels: Record<string, string | number> = {}): MetricSample[] {
    const wanted = Object.entries(labels);
    return this.samples.filter(
      (one) => one.name === name && wanted.every(([label, value]) => one.labels[label] === String(value)),
    );
  }

  /** Every value a label has anywhere. */
  valuesOf(label: string): Set<string> {
    return new Set(this.samples.flatMap(({ labels }) => labels[label] ?? []));
  }
}

export async function scrape(url: string, headers: Record<string, string> = {}): Promise<Metrics> {
  const answer = await fetch(`${url}/metrics`, { headers });
  if (answer.status !== 200) throw new Error(`/metrics answered ${answer.status}`);
  return new Metrics(await answer.text());
}

function readSample(line: string): MetricSample {
  const [, name, labels = '', value] = /^([a-zA-Z_:]\w*)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
  if (!name) throw new Error(`no line of Prometheus' text format: ${line}`);
  const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, label, text]) => [label, text]);
  return { name, labels: Object.fromEntries(pairs), value: Number(value) };
}
