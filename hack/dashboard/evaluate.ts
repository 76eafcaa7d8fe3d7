// What does each panel show of the recorded pages? Prometheus's own engine answers, at every scrape.
import { askPrometheus, type PromqlAnswer, type ScrapedPage } from '../control-plane/promql.ts';
import type { GrafanaPanel, Recording, Series } from './recording.ts';

export const job = 'pca-issuer/pca-issuer';

export interface Pages {
  readonly stepSeconds: number;
  readonly startMs: number;
  readonly steps: number;
  readonly events: Recording['events'];
  readonly pages: readonly ScrapedPage[];
}

interface Asked {
  readonly title: string;
  readonly legend: string;
  readonly expression: string;
  readonly steps: readonly number[];
}

/** @throws Error where a query has no answer, or no number in any of them */
export async function evaluate({ stepSeconds, startMs, steps, events, pages }: Pages, panels: readonly GrafanaPanel[]): Promise<Recording> {
  // Grafana's own rule: four scrapes.
  const rateInterval = `${4 * stepSeconds}s`;
  const all = Array.from({ length: steps }, (_, index) => index);
  const asked = panels.flatMap(({ type, title, targets = [] }) =>
    targets.map(({ expr, legendFormat }): Asked => ({
      title,
      legend: legendFormat,
      expression: expr.replaceAll('$job', job).replaceAll('$__rate_interval', rateInterval),
      steps: type === 'stat' ? all.slice(-1) : all,
    })),
  );
  const queries = asked.flatMap((each) => each.steps.map((step) => ({ expression: each.expression, atMs: startMs + step * stepSeconds * 1_000 })));
  const answers = (await askPrometheus({ pages, queries })).queries;
  const found: Record<string, Series[]> = {};
  let next = 0;
  for (const each of asked) {
    const series = seriesOf(each, answers.slice(next, (next += each.steps.length)));
    if (series.length === 0) throw new Error(`${each.title}: nothing answers ${each.expression}`);
    (found[each.title] ??= []).push(...series);
  }
  return { stepSeconds, rateInterval, events, panels: found };
}

function seriesOf({ legend, expression }: Asked, answers: readonly PromqlAnswer[]): readonly Series[] {
  const byName = new Map<string, (number | null)[]>();
  for (const [step, { error, series }] of answers.entries()) {
    if (error !== undefined) throw new Error(`${expression}: ${error}`);
    for (const { labels, value } of series) {
      const name = legend.replaceAll(/\{\{(\w+)\}\}/g, (_, label: string) => labels[label] ?? '');
      const values = byName.get(name) ?? Array.from<null>({ length: answers.length }).fill(null);
      values[step] = shortened(Number(value));
      byName.set(name, values);
    }
  }
  return [...byName].map(([name, values]) => ({ name, values })).filter(({ values }) => values.some((value) => value !== null)).toSorted((one, two) => (one.name < two.name ? -1 : 1));
}

/** Four digits are more than a picture shows. */
function shortened(value: number): number | null {
  return Number.isFinite(value) ? Number(value.toPrecision(4)) : null;
}
