// What do many numbers say? Quantiles, medians, and the share that is done by a time.

/**
 * The value that a share of the numbers does not exceed (nearest rank, so that it is one of them).
 * @param share above 0, at most 1: 0.5 is the median.
 * @returns undefined of nothing.
 */
export function quantile(values: readonly number[], share: number): number | undefined {
  const sorted = values.toSorted((one, two) => one - two);
  // The rank of 0.9 of 10 is 9, whatever 0.9 * 10 is in binary.
  return sorted[Math.max(0, Math.ceil(Number((share * sorted.length).toPrecision(12))) - 1)];
}

export function median(values: readonly number[]): number | undefined {
  return quantile(values, 0.5);
}

export interface CurvePoint {
  readonly value: number;
  /** Of all, those that did not end counted. */
  readonly share: number;
}

/**
 * The empirical distribution: how large a share was done after how long.
 * @param total how many there were; more than the values where some never ended, so that the curve stays below 1.
 */
export function distribution(values: readonly number[], total = values.length): readonly CurvePoint[] {
  return values.toSorted((one, two) => one - two).map((value, index) => ({ value, share: (index + 1) / total }));
}
