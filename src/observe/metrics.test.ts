import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CounterName, GaugeName, HistogramName, Labels } from '../runtime/ports.ts';
import { counters, gauges, histograms, makeMetrics } from './metrics.ts';

/** Lines of the page that begin with `name`, so that a failure shows them and not the whole page. */
async function linesOf(metrics: ReturnType<typeof makeMetrics>, name: string): Promise<readonly string[]> {
  return (await metrics.text()).split('\n').filter((line) => line.startsWith(name));
}

const labelsOf = (names: readonly string[]): Labels => Object.fromEntries(names.map((name) => [name, `a ${name}`]));
const shown = (name: string, names: readonly string[], value: number): string =>
  names.length === 0 ? `${name} ${value}` : `${name}{${names.map((label) => `${label}="a ${label}"`).join(',')}} ${value}`;

test('every name is on the page with its help and all its labels, whichever way it is filled', async () => {
  const metrics = makeMetrics();
  for (const [name, { labels }] of Object.entries(counters)) metrics.count(name as CounterName, labelsOf(labels), 3);
  for (const [name, { labels }] of Object.entries(histograms)) metrics.observe(name as HistogramName, 0.3, labelsOf(labels));
  for (const [name, { labels }] of Object.entries(gauges)) metrics.set(name as GaugeName, 7, labelsOf(labels));
  const page = (await metrics.text()).split('\n');
  for (const [name, { help }] of Object.entries({ ...counters, ...histograms, ...gauges })) assert.ok(page.includes(`# HELP ${name} ${help}`), name);
  for (const [name, { labels }] of Object.entries(counters)) assert.ok(page.includes(shown(name, labels, 3)), name);
  for (const [name, { labels }] of Object.entries(histograms)) assert.ok(page.includes(shown(`${name}_sum`, labels, 0.3)), name);
  for (const [name, { labels }] of Object.entries(gauges)) assert.ok(page.includes(shown(name, labels, 7)), name);
  assert.ok(page.some((line) => line.startsWith('process_resident_memory_bytes ')));
});

test('the page is what Prometheus reads: each name described once, before its series', async () => {
  const metrics = makeMetrics();
  metrics.set('pca_issuer_issuer_ready', 1, { kind: 'AWSPCAIssuer', namespace: 'a', name: 'a "quoted"\n\\name' });
  metrics.count('rest_client_requests_total', { code: '<error>', method: 'GET', host: '[::1]:6443' });
  const described = new Set<string>();
  for (const line of (await metrics.text()).split('\n')) {
    const [, name] = /^# TYPE ([a-z][a-z0-9_]*) (?:counter|gauge|histogram)$/.exec(line) ?? [];
    if (name !== undefined) assert.ok(!described.has(name) && described.add(name), line);
    if (line === '' || line.startsWith('#')) continue;
    const [, of = '', value] = /^([a-z][a-z0-9_]*)(?:\{\w+="(?:[^"\\\n]|\\["\\n])*"(?:,\w+="(?:[^"\\\n]|\\["\\n])*")*\})? (\S+)$/.exec(line) ?? [];
    assert.ok(described.has(of) || described.has(of.replace(/_(?:bucket|sum|count)$/, '')), line);
    assert.match(value ?? '', /^(?:[-+]?[\d.]+(?:e[-+]?\d+)?|[-+]?Inf|Nan)$/i, line);
  }
});

test('what an alert watches stands at 0 before it moves', async () => {
  const metrics = makeMetrics();
  assert.deepEqual(await linesOf(metrics, 'pca_issuer_ambiguous_issues_total'), ['pca_issuer_ambiguous_issues_total 0']);
  assert.deepEqual(await linesOf(metrics, 'pca_issuer_held_requests_total'), ['pca_issuer_held_requests_total{reason="limit"} 0', 'pca_issuer_held_requests_total{reason="renewal-loop"} 0']);
  const panics = 'controller_runtime_reconcile_panics_total';
  assert.deepEqual(await linesOf(metrics, panics), [`${panics}{controller="certificaterequest"} 0`, `${panics}{controller="issuer"} 0`]);
});

test('a bucket counts what was at most as long', async () => {
  const metrics = makeMetrics();
  metrics.observe('pca_issuer_issuance_seconds', 2.1, { phase: 'total' });
  const lines = await linesOf(metrics, 'pca_issuer_issuance_seconds_bucket');
  assert.ok(lines.includes('pca_issuer_issuance_seconds_bucket{le="2",phase="total"} 0'));
  assert.ok(lines.includes('pca_issuer_issuance_seconds_bucket{le="3",phase="total"} 1'));
});

test('a series of a gauge is set again, dropped, and dropped once more without harm', async () => {
  const metrics = makeMetrics();
  const [one, other] = ['one', 'other'].map((name) => ({ kind: 'AWSPCAIssuer', namespace: 'a', name }));
  assert.ok(one !== undefined && other !== undefined);
  metrics.set('pca_issuer_issuer_ready', 0, one);
  metrics.set('pca_issuer_issuer_ready', 1, one);
  metrics.set('pca_issuer_issuer_ready', 0, other);
  for (let time = 0; time < 2; time++) metrics.drop('pca_issuer_issuer_ready', other);
  assert.deepEqual(await linesOf(metrics, 'pca_issuer_issuer_ready'), ['pca_issuer_issuer_ready{kind="AWSPCAIssuer",namespace="a",name="one"} 1']);
});

test('a gauge that is sampled is asked at every scrape; who is not named any more has gone', async () => {
  const metrics = makeMetrics();
  let parked: Readonly<Record<string, number>> = { credentials: 2, endpoint: 5 };
  metrics.sample('pca_issuer_parked_requests', () => Object.entries(parked).map(([cause, value]) => ({ labels: { cause }, value })));
  assert.deepEqual(await linesOf(metrics, 'pca_issuer_parked_requests'), ['pca_issuer_parked_requests{cause="credentials"} 2', 'pca_issuer_parked_requests{cause="endpoint"} 5']);
  parked = { endpoint: 1 };
  assert.deepEqual(await linesOf(metrics, 'pca_issuer_parked_requests'), ['pca_issuer_parked_requests{cause="endpoint"} 1']);
});

test('two queues sample one gauge; where one reading fails the other is still shown', async () => {
  const metrics = makeMetrics();
  let isBroken = false;
  const reading = (name: string, value: number) => () => {
    if (isBroken && name === 'issuer') throw new Error('so it is');
    return [{ labels: { name, controller: name }, value }];
  };
  for (const [name, value] of [['certificaterequest', 4], ['issuer', 1]] as const) metrics.sample('workqueue_depth', reading(name, value));
  const both = ['workqueue_depth{name="certificaterequest",controller="certificaterequest"} 4', 'workqueue_depth{name="issuer",controller="issuer"} 1'];
  assert.deepEqual(await linesOf(metrics, 'workqueue_depth'), both);
  isBroken = true;
  assert.deepEqual(await linesOf(metrics, 'workqueue_depth'), both.slice(0, 1));
});

test('a label that the table lacks, or a value that is no number, does not break the caller', async () => {
  const metrics = makeMetrics();
  metrics.count('pca_issuer_second_issues_total', { namespace: 'a' });
  for (const value of [Number.NaN, Infinity, -1]) metrics.count('pca_issuer_second_issues_total', {}, value);
  metrics.observe('pca_issuer_aws_call_seconds', Number.NaN, { operation: 'IssueCertificate' });
  metrics.set('pca_issuer_aws_calls_in_flight', Number.NaN);
  metrics.drop('pca_issuer_issuer_ready', { nothing: 'known' });
  metrics.count('no such name' as CounterName);
  metrics.observe('no such name' as HistogramName, 1);
  metrics.set('no such name' as GaugeName, 1);
  metrics.drop('no such name' as GaugeName, {});
  metrics.sample('no such name' as GaugeName, () => []);
  assert.deepEqual(await linesOf(metrics, 'pca_issuer_second_issues_total'), ['pca_issuer_second_issues_total 1']);
  assert.deepEqual(await linesOf(metrics, 'pca_issuer_aws_call_seconds'), []);
  assert.deepEqual(await linesOf(metrics, 'pca_issuer_aws_calls_in_flight'), ['pca_issuer_aws_calls_in_flight 0']);
});

test('a label with values without end does not grow the page without end, and nothing is lost from the sum', async () => {
  const metrics = makeMetrics();
  for (let code = 0; code < 3_000; code++) metrics.count('rest_client_requests_total', { code: `${code}`, method: 'GET', host: 'a' });
  const lines = await linesOf(metrics, 'rest_client_requests_total');
  assert.equal(lines.length, 1_001);
  assert.ok(lines.includes('rest_client_requests_total{code="other",method="other",host="other"} 2000'));
});

test('two registries do not know of each other', async () => {
  const [one, other] = [makeMetrics(), makeMetrics()];
  one.count('pca_issuer_second_issues_total');
  assert.deepEqual(await linesOf(other, 'pca_issuer_second_issues_total'), ['pca_issuer_second_issues_total 0']);
});
