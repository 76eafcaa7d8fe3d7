// What /metrics tells of one leaf. Other scenarios use the same controller, so that what is counted moves by one at least.
import assert from 'node:assert/strict';
import { leaseName } from '../../src/kube/lease.ts';
import { readMetrics, untilMetrics } from '../harness/metrics-page.ts';
import { ours, scenario } from '../harness/scenario.ts';

/** Counters and counts of histograms that one leaf moves. */
const moved: readonly (readonly [name: string, labels: Readonly<Record<string, string>>])[] = [
  ['pca_issuer_aws_calls_total', { operation: 'DescribeCertificateAuthority', code: 'ok' }],
  ['pca_issuer_aws_calls_total', { operation: 'IssueCertificate', code: 'ok' }],
  ['pca_issuer_aws_calls_total', { operation: 'GetCertificate', code: 'ok' }],
  ['pca_issuer_aws_call_seconds_count', { operation: 'IssueCertificate' }],
  ['pca_issuer_rate_limit_wait_seconds_count', { operation: 'IssueCertificate' }],
  ['pca_issuer_outcomes_total', { outcome: 'issued' }],
  ...['order', 'signing', 'publish', 'total'].map((phase) => ['pca_issuer_issuance_seconds_count', { phase }] as const),
  ...['certificaterequest', 'issuer'].flatMap((controller) => [
    ['controller_runtime_reconcile_total', { controller }] as const,
    ['controller_runtime_reconcile_time_seconds_count', { controller }] as const,
    ['workqueue_adds_total', { name: controller, controller }] as const,
    ['workqueue_queue_duration_seconds_count', { name: controller, controller }] as const,
    ['workqueue_work_duration_seconds_count', { name: controller, controller }] as const,
  ]),
  ['rest_client_requests_total', { code: '200', method: 'GET' }],
  ['rest_client_requests_total', { code: '200', method: 'PATCH' }],
];

scenario('one leaf moves calls, phases, queue and reconciles on the page of metrics', 'approving', async (s) => {
  const { metricsUrl } = s.world.address;
  const before = await readMetrics(metricsUrl);
  const arn = await s.subordinate();
  const issuerRef = await s.clusterIssuer(arn);
  await s.certificate('leaf', { secretName: 'leaf', commonName: 'checkout.example.com', usages: ['server auth'], duration: '24h', issuerRef });
  await s.secretOf('leaf');
  for (const [name, labels] of moved) {
    const earlier = before.valueOf(name, labels) ?? 0;
    await untilMetrics(metricsUrl, `${name} ${JSON.stringify(labels)} moved from ${earlier}`, (page) => (page.valueOf(name, labels) ?? 0) > earlier);
  }
});

scenario('the page of metrics tells of the process, its lease, its issuers and their CAs', 'approving', async (s) => {
  const { metricsUrl } = s.world.address;
  const arn = await s.subordinate();
  const { kind, name } = await s.clusterIssuer(arn);
  const issuer = { kind, namespace: '', name };
  const page = await untilMetrics(metricsUrl, `${name} is Ready`, (each) => each.valueOf('pca_issuer_issuer_ready', issuer) === 1);
  const { status } = (await s.api.get({ apiVersion: ours, kind, name })) ?? assert.fail(`${name} is not there`);
  assert.equal(page.valueOf('pca_issuer_certificate_authority_not_after_seconds', { arn }), Date.parse(status.certificateAuthority.notAfter as string) / 1_000);
  assert.equal(page.valueOf('leader_election_master_status', { name: leaseName }), 1);
  assert.equal(page.valueOf('pca_issuer_build_info', { node: process.version }), 1);
  for (const operation of ['IssueCertificate', 'GetCertificate', 'DescribeCertificateAuthority']) {
    await untilMetrics(metricsUrl, `${operation} has a rate`, (each) => (each.valueOf('pca_issuer_rate_limit', { operation }) ?? 0) > 0);
  }
  for (const controller of ['certificaterequest', 'issuer']) assert.ok((page.valueOf('controller_runtime_max_concurrent_reconciles', { controller }) ?? 0) > 0, controller);
  assert.notEqual(page.valueOf('pca_issuer_aws_calls_in_flight'), undefined);
  assert.notEqual(page.valueOf('pca_issuer_ambiguous_issues_total'), undefined);
  assert.ok((page.valueOf('process_resident_memory_bytes') ?? 0) > 0);
});

scenario('an issuer that has gone leaves the page of metrics, and its CA with it', 'approving', async (s) => {
  const { metricsUrl } = s.world.address;
  const arn = await s.subordinate();
  const { kind, name } = await s.clusterIssuer(arn);
  const series = [['pca_issuer_issuer_ready', { kind, name }], ['pca_issuer_certificate_authority_not_after_seconds', { arn }]] as const;
  for (const [of, labels] of series) await untilMetrics(metricsUrl, `${of} of ${name} is there`, (page) => page.valueOf(of, labels) !== undefined);
  await s.api.remove({ apiVersion: ours, kind, name });
  for (const [of, labels] of series) await untilMetrics(metricsUrl, `${of} of ${name} has gone`, (page) => page.valueOf(of, labels) === undefined);
});
