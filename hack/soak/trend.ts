// Does a series of measurements grow? A line through it by least squares, and how sure that line is.

export interface Point {
  readonly atSeconds: number;
  readonly value: number;
}

export interface Trend {
  /** By how much the line rises in an hour. */
  readonly perHour: number;
  /** The standard error of that. */
  readonly error: number;
  readonly mean: number;
  /** By how much the line rises from the first point to the last. */
  readonly rise: number;
  readonly count: number;
}

/**
 * Neighbouring measurements resemble each other, so that many of them prove less than as many strangers would: the
 * error is widened by what the residuals' correlation with their neighbours says (lag 1).
 * @returns undefined for fewer than four points, or points of one instant.
 */
export function fitTrend(points: readonly Point[]): Trend | undefined {
  const count = points.length;
  if (count < 4) return undefined;
  const average = (of: (point: Point) => number): number => points.reduce((sum, point) => sum + of(point), 0) / count;
  const mean = average(({ value }) => value);
  const middle = average(({ atSeconds }) => atSeconds);
  const spread = points.reduce((sum, { atSeconds }) => sum + (atSeconds - middle) ** 2, 0);
  if (spread === 0) return undefined;
  const slope = points.reduce((sum, { atSeconds, value }) => sum + (atSeconds - middle) * (value - mean), 0) / spread;
  const residuals = points.map(({ atSeconds, value }) => value - mean - slope * (atSeconds - middle));
  const variance = residuals.reduce((sum, residual) => sum + residual ** 2, 0) / (count - 2);
  const error = Math.sqrt((variance / spread) * inflation(residuals));
  const first = points[0]?.atSeconds ?? 0;
  const last = points.at(-1)?.atSeconds ?? 0;
  return { perHour: slope * 3_600, error: error * 3_600, mean, rise: slope * (last - first), count };
}

function inflation(residuals: readonly number[]): number {
  const total = residuals.reduce((sum, residual) => sum + residual ** 2, 0);
  if (total === 0) return 1;
  const neighbours = residuals.slice(1).reduce((sum, residual, index) => sum + residual * (residuals[index] ?? 0), 0);
  const correlation = Math.min(0.98, Math.max(0, neighbours / total));
  return (1 + correlation) / (1 - correlation);
}
