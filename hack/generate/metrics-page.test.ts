import assert from 'node:assert/strict';
import { test } from 'node:test';
import { counters, gauges, histograms } from '../../src/observe/metrics.ts';
import { alerts } from './metric-alerts.ts';
import { metricsPage } from './metrics-page.ts';

const all = { ...counters, ...histograms, ...gauges };

test('every metric has a row, and each of ours says what to do', () => {
  const page = metricsPage();
  for (const [name, { act }] of Object.entries(all)) {
    const row = page.split('\n').find((line) => line.startsWith(`| \`${name}\` |`));
    assert.ok(row !== undefined, name);
    const isOurs = name.startsWith('pca_issuer_');
    assert.equal(row.split(/(?<!\\)\|/).length, isOurs ? 7 : 6, row);
    assert.equal(isOurs, (act ?? '') !== '', name);
  }
});

/** Of cert-manager, as far as an alert asks for them. */
const theirs: Readonly<Record<string, readonly string[]>> = {
  certmanager_certificate_renewal_timestamp_seconds: ['name', 'namespace', 'issuer_name', 'issuer_kind', 'issuer_group'],
};

/** @returns the labels of every metric that an expression asks for; a histogram's buckets have one more. */
function labelsIn(alert: string, expression: string): ReadonlySet<string> {
  const names = expression.match(/\b(?:pca_issuer|workqueue|leader_election|controller_runtime|certmanager)_\w+/g) ?? [];
  assert.ok(names.length > 0, alert);
  return new Set(
    names.flatMap((name) => {
      const histogram = histograms[name.replace(/_bucket$/, '') as keyof typeof histograms];
      if (name.endsWith('_bucket') && histogram !== undefined) return [...histogram.labels, 'le'];
      return theirs[name] ?? all[name as keyof typeof all]?.labels ?? assert.fail(`${alert}: ${name}`);
    }),
  );
}

test('an alert asks only for metrics and labels that there are', () => {
  for (const { name: alert, expression } of alerts) {
    const labels = labelsIn(alert, expression);
    for (const [, list = ''] of expression.matchAll(/\bby \(([^)]*)\)/g)) for (const label of list.split(', ')) assert.ok(labels.has(label), `${alert}: ${label}`);
    for (const [, label = ''] of expression.matchAll(/[{,](\w+)=/g)) assert.ok(labels.has(label), `${alert}: ${label}`);
  }
});

test('a summary uses only the labels that its expression leaves', () => {
  for (const { name, expression, summary } of alerts) {
    const by = /\bby \(([^)]*)\)/.exec(expression)?.[1]?.split(', ');
    // Without an aggregation the labels of the metric stay.
    const left = by ?? (/\b(?:sum|max|min|count|avg)\b/.test(expression) ? [] : [...labelsIn(name, expression)]);
    for (const [, label = ''] of summary.matchAll(/\$labels\.(\w+)/g)) assert.ok(left.includes(label), `${name}: ${label}`);
  }
});

test('the alerts that a pager needs are there', () => {
  const watched = alerts.map(({ expression }) => expression).join('\n');
  const needed = ['pca_issuer_issuer_ready', 'pca_issuer_ambiguous_issues_total', 'pca_issuer_second_issues_total', 'pca_issuer_parked_requests', 'pca_issuer_certificate_authority_not_after_seconds', 'workqueue_depth', 'leader_election_master_status'];
  for (const name of needed) assert.ok(watched.includes(name), name);
});
