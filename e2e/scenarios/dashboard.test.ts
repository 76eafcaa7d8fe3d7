// What a real Prometheus makes of our page of metrics: every query of the dashboard shows something, every alert is one.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { askPrometheus, type PromqlAnswers, type ScrapedPage } from '../../hack/control-plane/promql.ts';
import { alerts } from '../../hack/generate/metric-alerts.ts';
import { alertCases, minutes } from '../harness/alert-cases.ts';
import { readMetrics, untilMetrics, type MetricsPage } from '../harness/metrics-page.ts';
import { scenario, type IssuerRef, type Scenario } from '../harness/scenario.ts';

const root = path.join(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');

const job = 'pca-issuer/pca-issuer';
const startMs = Date.now();

interface Target {
  readonly expr: string;
}

/** Those of the file that people import. */
const expressions = (JSON.parse(read('config/grafana/pca-issuer.json')) as { readonly panels: readonly { readonly targets?: readonly Target[] }[] }).panels.flatMap(({ targets = [] }) =>
  targets.map(({ expr }) => expr.replaceAll('$job', job).replaceAll('$__rate_interval', '5m')),
);

/** The page, as if it had been scraped so many minutes after the start. */
async function scrape(s: Scenario, minute: number): Promise<ScrapedPage> {
  const text = await (await fetch(s.world.address.metricsUrl)).text();
  return { atMs: startMs + minute * 60_000, labels: { job, instance: '10.0.0.1:8080' }, text };
}

/** Two pages with a certificate between them, and one before, so that every series has begun. */
async function issueBetweenPages(s: Scenario): Promise<readonly ScrapedPage[]> {
  const arn = await s.subordinate();
  const issuerRef = await s.clusterIssuer(arn);
  // A series of refused calls begins with the first of them.
  await s.fault(arn, { operation: 'IssueCertificate', kind: 'throttle', times: 1 });
  await issue(s, issuerRef, 'earlier');
  const before = await scrape(s, 0);
  await issue(s, issuerRef, 'later');
  return [before, await scrape(s, 1)];
}

async function issue(s: Scenario, issuerRef: IssuerRef, name: string): Promise<void> {
  const { metricsUrl } = s.world.address;
  const issued = (page: MetricsPage): number => page.valueOf('pca_issuer_outcomes_total', { outcome: 'issued' }) ?? 0;
  const earlier = issued(await readMetrics(metricsUrl));
  await s.certificate(name, { secretName: name, commonName: 'checkout.example.com', usages: ['server auth'], duration: '24h', issuerRef });
  await s.secretOf(name);
  // A status is written before it is counted.
  await untilMetrics(metricsUrl, `${name} is issued`, (page) => issued(page) > earlier);
}

const ask = (pages: readonly ScrapedPage[], asked: readonly string[], rules = ''): Promise<PromqlAnswers> =>
  askPrometheus({ pages, rules, queries: asked.map((expression) => ({ expression, atMs: startMs + 60_000 })) });

scenario('every query of the dashboard is answered with numbers', 'approving', async (s) => {
  const { queries } = await ask(await issueBetweenPages(s), expressions);
  for (const [index, { error, series }] of queries.entries()) {
    const what = `${expressions[index]}\n${error ?? JSON.stringify(series)}`;
    assert.equal(error, undefined, what);
    assert.ok(series.some(({ value }) => Number.isFinite(Number(value))), what);
  }
});

scenario('Prometheus loads the alerts, and each finds the series that it speaks of', 'approving', async (s) => {
  const pages = await issueBetweenPages(s);
  const { groups } = parse(read('config/chart/pca-issuer/files/alerts.yaml')) as { readonly groups: readonly { readonly rules: readonly { readonly alert: string; readonly expr: string }[] }[] };
  const rules = groups.flatMap((each) => each.rules);
  assert.deepEqual(rules.map(({ alert }) => alert), alerts.map(({ name }) => name));
  const { ruleErrors, queries } = await ask(pages, rules.map(({ expr }) => expr), read('config/chart/pca-issuer/files/alerts.yaml'));
  assert.deepEqual(ruleErrors, []);
  for (const [index, { error }] of queries.entries()) assert.equal(error, undefined, rules[index]?.alert);
  // A selector that selects nothing never alerts.
  const ours = rules.flatMap(({ alert, expr }) => selectorsOf(expr).filter((selector) => !selector.startsWith('certmanager_')).map((selector) => ({ alert, selector })));
  const found = await ask(pages, ours.map(({ selector }) => `count(${selector})`));
  for (const [index, { series }] of found.queries.entries()) assert.notDeepEqual(series, [], `${ours[index]?.alert}: nothing is ${ours[index]?.selector}`);
});

/** The series that an expression selects, without their windows. */
function selectorsOf(expression: string): readonly string[] {
  return [...expression.matchAll(/\b(?:pca_issuer|controller_runtime|workqueue|rest_client|leader_election|process|nodejs|certmanager)_\w+(?:\{[^}]*\})?/g)].map(([selector]) => selector);
}

test('every alert holds where something is wrong, and none where all is well', async () => {
  assert.deepEqual(Object.keys(alertCases).toSorted(), alerts.map(({ name }) => name).toSorted());
  for (const { name, expression } of alerts) {
    const holds = async (page: (minute: number) => string): Promise<boolean> => {
      const pages = Array.from({ length: minutes + 1 }, (_, minute) => ({ atMs: startMs + (minute - minutes) * 60_000, labels: { job, instance: 'a' }, text: page(minute) }));
      const [answer] = (await askPrometheus({ pages, queries: [{ expression, atMs: startMs }] })).queries;
      assert.equal(answer?.error, undefined, name);
      return answer?.series.length !== 0;
    };
    const { wrong, well } = alertCases[name] ?? assert.fail(name);
    assert.deepEqual([await holds(wrong), await holds(well)], [true, false], name);
  }
});
