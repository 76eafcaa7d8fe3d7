// Every metric of the process: the names of runtime/ports.ts, as the two tables beside this file describe them.
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { CounterName, GaugeName, HistogramName, Labels, Metrics, Sample } from '../runtime/ports.ts';
import { controllerRuntimeCounters, controllerRuntimeGauges, controllerRuntimeHistograms } from './controller-runtime-metrics.ts';
import type { HistogramDescription, MetricDescription } from './metric-description.ts';
import { ourCounters, ourGauges, ourHistograms } from './our-metrics.ts';

export const counters: Readonly<Record<CounterName, MetricDescription>> = { ...ourCounters, ...controllerRuntimeCounters };
export const histograms: Readonly<Record<HistogramName, HistogramDescription>> = { ...ourHistograms, ...controllerRuntimeHistograms };
export const gauges: Readonly<Record<GaugeName, MetricDescription>> = { ...ourGauges, ...controllerRuntimeGauges };

export interface MetricsPage {
  /** The page for /metrics in Prometheus's text format. */
  text(): Promise<string>;
}

/** So many series one name may have; what comes after them is counted under `other`. */
const mostSeries = 1_000;

/**
 * Nothing here throws, since a metric must never break an issuance: a label that the table lacks is left out, a value that
 * is no number is dropped, and what a failing reading would have given is missing on that page.
 * The metrics of the process (memory, CPU, event loop, garbage collection) come along under prom-client's names.
 */
export function makeMetrics(): Metrics & MetricsPage {
  const register = new Registry();
  collectDefaultMetrics({ register });
  const registers = [register];
  const byCounter = new Map(Object.entries(counters).map(([name, about]) => [name, new Counter({ ...forClient(name, about), registers })]));
  const byHistogram = new Map(
    Object.entries(histograms).map(([name, about]) => [name, new Histogram({ ...forClient(name, about), buckets: [...about.buckets], registers })]),
  );
  const readings = new Map<string, (() => readonly Sample[])[]>();
  const byGauge = new Map<string, Gauge>();
  for (const [name, about] of Object.entries(gauges)) {
    const collect = (): void => {
      const reads = readings.get(name);
      if (reads !== undefined) refill(byGauge.get(name), about, reads);
    };
    byGauge.set(name, new Gauge({ ...forClient(name, about), collect, registers }));
  }
  const bounded = new Map(Object.entries({ ...counters, ...histograms }).map(([name, about]) => [name, makeBound(about)]));
  const fitted = (name: string, labels: Labels | undefined): Record<string, string> => bounded.get(name)?.(labels) ?? {};

  for (const [name, { starts = [] }] of Object.entries(counters)) for (const labels of starts) byCounter.get(name)?.inc({ ...labels }, 0);
  for (const [name, { starts = [] }] of Object.entries(histograms)) for (const labels of starts) byHistogram.get(name)?.zero({ ...labels });
  for (const [name, { starts = [] }] of Object.entries(gauges)) for (const labels of starts) byGauge.get(name)?.set({ ...labels }, 0);

  return {
    count(name, labels, by = 1) {
      if (Number.isFinite(by) && by >= 0) byCounter.get(name)?.inc(fitted(name, labels), by);
    },
    observe(name, seconds, labels) {
      if (Number.isFinite(seconds)) byHistogram.get(name)?.observe(fitted(name, labels), seconds);
    },
    set(name, value, labels) {
      if (Number.isFinite(value)) byGauge.get(name)?.set(known(gauges[name], labels), value);
    },
    drop: (name, labels) => byGauge.get(name)?.remove(known(gauges[name], labels)),
    sample: (name, read) => void readings.set(name, [...(readings.get(name) ?? []), read]),
    text: () => register.metrics(),
  };
}

function forClient(name: string, { help, labels }: MetricDescription): { name: string; help: string; labelNames: string[] } {
  return { name, help, labelNames: [...labels] };
}

function refill(gauge: Gauge | undefined, about: MetricDescription, reads: readonly (() => readonly Sample[])[]): void {
  gauge?.reset();
  for (const read of reads) for (const { labels, value } of readSafely(read)) if (Number.isFinite(value)) gauge?.set(known(about, labels), value);
}

function readSafely(read: () => readonly Sample[]): readonly Sample[] {
  try {
    return read();
  } catch {
    return [];
  }
}

/** Counters and histograms live as long as the process, so what they may grow to is bounded here. */
function makeBound(about: MetricDescription): (labels: Labels | undefined) => Record<string, string> {
  const seen = new Set<string>();
  return (labels) => {
    const wanted = known(about, labels);
    const series = JSON.stringify(about.labels.map((label) => wanted[label] ?? ''));
    if (seen.size < mostSeries) seen.add(series);
    return seen.has(series) ? wanted : Object.fromEntries(about.labels.map((label) => [label, 'other']));
  };
}

function known({ labels: names }: MetricDescription, labels: Labels = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => names.includes(name)));
}
