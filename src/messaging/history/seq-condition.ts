import { Between, type FindOperator, In } from 'typeorm';

/** A condition for some seqs, in order: a range where they are one, which is how most are asked for. Never of none. */
export function within(seqs: readonly number[]): FindOperator<number> {
  const first = seqs[0];
  const dense = seqs.every((seq, index) => seq === first + index);
  return dense ? Between(first, first + seqs.length - 1) : In([...seqs]);
}

/** Seqs as runs without a gap, first and last of each: most are asked for as one. */
export function runsOf(seqs: readonly number[]): [first: number, last: number][] {
  const runs: [number, number][] = [];
  for (const seq of seqs) {
    const run = runs.at(-1);
    if (run && seq === run[1] + 1) run[1] = seq;
    else runs.push([seq, seq]);
  }
  return runs;
}
