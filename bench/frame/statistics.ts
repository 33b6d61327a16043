/** The value below which this share (0…1) of the values lies; NaN when there are none. */
export function percentile(values: ArrayLike<number>, share: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

/** p50, p99 and maximum. */
export function spread(values: ArrayLike<number>): { p50: number; p99: number; max: number } {
  return { p50: percentile(values, 0.5), p99: percentile(values, 0.99), max: percentile(values, 1) };
}
