import { Between, type FindOperator, In } from 'typeorm';

/** A condition for some seqs, in order: a range where they are one, which is how most are asked for. Never of none. */
export function within(seqs: readonly number[]): FindOperator<number> {
  const first = seqs[0];
  const dense = seqs.every((seq, index) => seq === first + index);
  return dense ? Between(first, first + seqs.length - 1) : In([...seqs]);
}
