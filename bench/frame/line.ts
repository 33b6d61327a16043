/** One side of a comparison. */
export interface Figures {
  /** In the unit of the line. */
  readonly value: number;
  /** Milliseconds, where times were taken. */
  readonly p50?: number;
  readonly p99?: number;
  readonly max?: number;
  /** What failed, was refused, lost or not answered. 0, or the figure is worth nothing. */
  readonly errors: number;
  /** User and system time of the server process in the measured windows. */
  readonly cpuSeconds: number;
  /** Bytes of the server process at the end. */
  readonly rss: number;
  /** Whatever else was seen, by name with unit. */
  readonly also?: Readonly<Record<string, number>>;
}

/** Something of the server's, and the same of each baseline under its name: 'bare ws', 'bare node:http', 'bare driver'. */
export type BySide<T> = { readonly server: T; readonly [baseline: string]: T };

/** One comparison: the server against its baselines, measured by turns in the same run. */
export interface Line {
  readonly what: string;
  readonly unit: string;
  readonly better: 'less' | 'more';
  readonly sides: BySide<Figures>;
}

/** Makes something of every side. */
export function mapSides<A, B>(sides: BySide<A>, to: (one: A, name: string) => B): BySide<B> {
  return Object.fromEntries(Object.entries(sides).map(([name, one]) => [name, to(one, name)])) as BySide<B>;
}
