// What does a table of metrics say of each name?
import type { Labels } from '../runtime/ports.ts';

export interface MetricDescription {
  /** One sentence; it is the HELP line of the page and a cell of docs/metrics.md. */
  readonly help: string;
  readonly labels: readonly string[];
  /** What a person with a pager does when it moves; a cell of docs/metrics.md. */
  readonly act?: string;
  /** Series that stand at 0 from the start, so that an alert sees their first step. */
  readonly starts?: readonly Labels[];
}

export interface HistogramDescription extends MetricDescription {
  /** Upper bounds in seconds. */
  readonly buckets: readonly number[];
}
