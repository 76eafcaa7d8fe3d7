// What a controller's page of metrics says, as Prometheus would read it.
import { setTimeout as delay } from 'node:timers/promises';

type Labels = Readonly<Record<string, string>>;

export interface MetricsPage {
  /** The sum over the series of this name that carry these labels; undefined where there is none. */
  valueOf(name: string, labels?: Labels): number | undefined;
}

/** Asks until the page says so: a status is written before it is counted. @throws Error where it does not in time. */
export async function untilMetrics(url: string, what: string, isSo: (page: MetricsPage) => boolean, timeoutMs = 120_000): Promise<MetricsPage> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const page = await readMetrics(url);
    if (isSo(page)) return page;
    if (performance.now() > deadline) throw new Error(`the metrics did not say within ${timeoutMs} ms that ${what}`);
    await delay(40);
  }
}

export async function readMetrics(url: string): Promise<MetricsPage> {
  const series = [...(await (await fetch(url)).text()).matchAll(/^([a-z][a-z0-9_]*)(?:\{(.*)\})? (\S+)$/gm)].map(([, name = '', labels = '', value = '']) => ({
    name,
    labels: Object.fromEntries([...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, label = '', text = '']) => [label, text])),
    value: Number(value),
  }));
  return {
    valueOf(name, labels = {}) {
      const found = series.filter((each) => each.name === name && Object.entries(labels).every(([label, text]) => each.labels[label] === text));
      return found.length === 0 ? undefined : found.reduce((sum, { value }) => sum + value, 0);
    },
  };
}
