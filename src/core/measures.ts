/** What tells the series of one measure apart; never anything that names a user. */
export type Labels<Name extends string> = Readonly<Record<Name, string | number>>;

/** The labels of a call: left out where a measure has none. */
type Told<Name extends string> = [Name] extends [never] ? [] : [labels: Labels<Name>];

/** What a measure is called and means. */
export interface MeasureSpec<Name extends string = never> {
  /** As Prometheus names things: `openim_`, what it is, its unit; counters end in `_total`. */
  readonly name: string;
  /** What it says, in one sentence. */
  readonly help: string;
  readonly labels?: readonly Name[];
}

/** A number of a measure, as it is told to whoever collects them. */
export interface Sample {
  /** Goes behind the name of the measure. */
  readonly suffix: '' | '_bucket' | '_sum' | '_count';
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}

/** Something that can be read at any time. */
export interface Measure {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly spec: MeasureSpec<string>;
  samples(): Iterable<Sample>;
}

/** Series of one measure. Labels have few values; should one have many after all, what comes late is told as `other`. */
const MAX_SERIES = 5_000;

/** Seconds that requests and commits take: from a millisecond to ten seconds. */
export const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;

class SeriesMap<Name extends string, Value> {
  private readonly series = new Map<string, { labels: Labels<Name>; value: Value }>();

  constructor(
    private readonly names: readonly Name[],
    private readonly create: () => Value,
  ) {}

  of(labels: Labels<Name> | undefined): Value {
    let key = '';
    if (labels) for (const name of this.names) key += `${labels[name]}\n`;
    return this.series.get(key)?.value ?? this.begin(key, labels);
  }

  *all(): Iterable<{ labels: Labels<Name>; value: Value }> {
    yield* this.series.values();
  }

  private begin(key: string, labels: Labels<Name> | undefined): Value {
    const isFull = this.series.size >= MAX_SERIES;
    const place = isFull ? 'other' : key;
    let series = this.series.get(place);
    if (!series) {
      const told = this.names.map((name) => [name, isFull ? 'other' : labels?.[name]]);
      series = { labels: Object.fromEntries(told) as Labels<Name>, value: this.create() };
      this.series.set(place, series);
    }
    return series.value;
  }
}

/** Counts what happens. */
export class Counter<Name extends string = never> implements Measure {
  readonly type = 'counter';
  private readonly series: SeriesMap<Name, { count: number }>;

  constructor(readonly spec: MeasureSpec<Name>) {
    this.series = new SeriesMap(spec.labels ?? [], () => ({ count: 0 }));
    // What never happened is told as 0: an alert wants to see the first time.
    if (!spec.labels) this.series.of(undefined);
  }

  /** Counts `by` more of them; 0 makes a series known before it happens. */
  add(by: number, ...[labels]: Told<Name>): void {
    this.series.of(labels).count += by;
  }

  *samples(): Iterable<Sample> {
    for (const { labels, value } of this.series.all()) yield { suffix: '', labels, value: value.count };
  }
}

/** Where values lie: how many are at most each of its bounds, how many there are, and their sum. */
export class Distribution<Name extends string = never> implements Measure {
  readonly type = 'histogram';
  private readonly series: SeriesMap<Name, { counts: number[]; sum: number }>;

  /** @param bounds rising */
  constructor(
    readonly spec: MeasureSpec<Name>,
    private readonly bounds: readonly number[],
  ) {
    this.series = new SeriesMap(spec.labels ?? [], () => ({ counts: bounds.map(() => 0).concat(0), sum: 0 }));
    if (!spec.labels) this.series.of(undefined);
  }

  observe(value: number, ...[labels]: Told<Name>): void {
    const { bounds } = this;
    const found = this.series.of(labels);
    let place = 0;
    while (place < bounds.length && value > bounds[place]) place += 1;
    found.counts[place] += 1;
    found.sum += value;
  }

  *samples(): Iterable<Sample> {
    for (const { labels, value } of this.series.all()) {
      let count = 0;
      for (const [place, more] of value.counts.entries()) {
        count += more;
        yield { suffix: '_bucket', labels: { ...labels, le: this.bounds[place] ?? '+Inf' }, value: count };
      }
      yield { suffix: '_sum', labels, value: value.sum };
      yield { suffix: '_count', labels, value: count };
    }
  }
}

/** A reading of a gauge that has labels. */
export type Reading<Name extends string> = readonly [labels: Labels<Name>, value: number];

/** What is so at the moment it is asked for. */
class Gauge<Name extends string> implements Measure {
  readonly type = 'gauge';

  constructor(
    readonly spec: MeasureSpec<Name>,
    private readonly read: () => number | Iterable<Reading<Name>>,
  ) {}

  *samples(): Iterable<Sample> {
    const read = this.read();
    if (typeof read === 'number') yield { suffix: '', labels: {}, value: read };
    else for (const [labels, value] of read) yield { suffix: '', labels, value };
  }
}

/**
 * All that one application measures. Whoever does something declares here what is measured of it, and counts; that costs some
 * tenths of a microsecond and knows no format. `src/observability` writes it out when somebody asks.
 */
export class Measures {
  private readonly all = new Map<string, Measure>();

  counter<Name extends string = never>(spec: MeasureSpec<Name>): Counter<Name> {
    return this.declare(new Counter(spec));
  }

  distribution<Name extends string = never>(spec: MeasureSpec<Name>, bounds: readonly number[]): Distribution<Name> {
    return this.declare(new Distribution(spec, bounds));
  }

  /** @param read is called whenever somebody wants to know */
  gauge<Name extends string = never>(spec: MeasureSpec<Name>, read: () => number | Iterable<Reading<Name>>): void {
    this.declare(new Gauge(spec, read));
  }

  [Symbol.iterator](): Iterator<Measure> {
    return this.all.values();
  }

  private declare<M extends Measure>(measure: M): M {
    const { name } = measure.spec;
    if (this.all.has(name)) throw new Error(`${name} is measured twice`);
    this.all.set(name, measure);
    return measure;
  }
}
