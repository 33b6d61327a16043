import type { Bench } from './bench.js';
import type { Line } from './line.js';

/** A row of the bench: one file in rows/, listed in rows/all.ts. */
export interface Row {
  /** For `--only`. */
  readonly name: string;
  /** What is measured against what, in one sentence. */
  readonly about: string;
  run(bench: Bench): Promise<Line[]>;
}
