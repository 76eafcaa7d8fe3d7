import assert from 'node:assert/strict';
import { test } from 'node:test';
import { counters, histograms, makeMetrics } from './metrics.ts';

test('every metric is on the page with its help, labelled ones once they were counted', async () => {
  const metrics = makeMetrics();
  metrics.count('pca_issuer_aws_calls_total', { operation: 'IssueCertificate', code: 'ok' });
  metrics.count('pca_issuer_aws_calls_total', { operation: 'IssueCertificate', code: 'ok' });
  metrics.observe('pca_issuer_aws_call_seconds', 0.2, { operation: 'IssueCertificate' });
  metrics.observe('pca_issuer_issuance_seconds', 2.1);
  const page = await metrics.text();
  for (const [name, { help }] of Object.entries({ ...counters, ...histograms })) assert.ok(page.includes(`# HELP ${name} ${help}`), name);
  assert.match(page, /^pca_issuer_aws_calls_total\{operation="IssueCertificate",code="ok"\} 2$/m);
  assert.match(page, /^pca_issuer_aws_call_seconds_bucket\{le="0.25",operation="IssueCertificate"\} 1$/m);
  assert.match(page, /^pca_issuer_issuance_seconds_sum 2.1$/m);
  assert.match(page, /^pca_issuer_ambiguous_issues_total 0$/m);
  assert.match(page, /^process_resident_memory_bytes /m);
});

test('a label that the table lacks is left out instead of breaking the caller', async () => {
  const metrics = makeMetrics();
  metrics.count('pca_issuer_reconcile_panics_total', { namespace: 'a' });
  assert.match(await metrics.text(), /^pca_issuer_reconcile_panics_total 1$/m);
});

test('two registries do not know of each other', async () => {
  const [one, other] = [makeMetrics(), makeMetrics()];
  one.count('pca_issuer_second_issues_total');
  assert.match(await other.text(), /^pca_issuer_second_issues_total 0$/m);
});
