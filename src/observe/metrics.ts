// Every metric of the process: the names of runtime/ports.ts with help and labels, in one table.
import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client';
import type { CounterName, HistogramName, Labels, Metrics } from '../runtime/ports.ts';

interface Description {
  readonly help: string;
  readonly labels: readonly string[];
}

export const counters: Readonly<Record<CounterName, Description>> = {
  pca_issuer_aws_calls_total: {
    help: 'Calls to AWS by operation and by code: ok, the name of the error, or unmapped for a name that is not in our table.',
    labels: ['operation', 'code'],
  },
  pca_issuer_ambiguous_issues_total: {
    help: 'IssueCertificate calls repeated after the time for which AWS remembers their token: each may have cost one more certificate.',
    labels: [],
  },
  pca_issuer_second_issues_total: {
    help: 'Second certificates asked for because the first one failed the proof.',
    labels: [],
  },
  pca_issuer_outcomes_total: {
    help: 'Looks at a CertificateRequest by what they led to.',
    labels: ['outcome'],
  },
  pca_issuer_reconcile_panics_total: {
    help: 'Exceptions that reached a worker: each is a bug.',
    labels: [],
  },
};

export const histograms: Readonly<Record<HistogramName, Description & { readonly buckets: readonly number[] }>> = {
  pca_issuer_issuance_seconds: {
    help: 'Seconds from the approval of a CertificateRequest to the status that carries its certificate.',
    labels: [],
    buckets: [0.5, 1, 1.5, 2, 3, 4, 5, 7.5, 10, 15, 30, 60, 120, 300, 900, 3600],
  },
  pca_issuer_aws_call_seconds: {
    help: 'Seconds that a call to AWS took, by operation.',
    labels: ['operation'],
    buckets: [0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5, 10],
  },
};

export interface MetricsPage {
  /** The page for /metrics in Prometheus's text format. */
  text(): Promise<string>;
}

/**
 * Nothing here throws: a label that the table lacks is left out, since a metric must never break an issuance.
 * The metrics of the process (memory, CPU, event loop, garbage collection) come along under prom-client's names.
 */
export function makeMetrics(): Metrics & MetricsPage {
  const register = new Registry();
  collectDefaultMetrics({ register });
  const byCounter = new Map<string, Counter>();
  for (const [name, { help, labels }] of Object.entries(counters)) {
    byCounter.set(name, new Counter({ name, help, labelNames: labels, registers: [register] }));
  }
  const byHistogram = new Map<string, Histogram>();
  for (const [name, { help, labels, buckets }] of Object.entries(histograms)) {
    byHistogram.set(name, new Histogram({ name, help, labelNames: labels, buckets: [...buckets], registers: [register] }));
  }
  return {
    count: (name, labels) => byCounter.get(name)?.inc(known(counters[name], labels)),
    observe: (name, seconds, labels) => byHistogram.get(name)?.observe(known(histograms[name], labels), seconds),
    text: () => register.metrics(),
  };
}

function known(description: Description, labels: Labels = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => description.labels.includes(name)));
}
