import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anIssuerConfig, authorityArn, someFacts } from '../domain/test-values.ts';
import { silentMetrics } from '../runtime/fake-metrics.ts';
import type { Sample } from '../runtime/ports.ts';
import type { KnownIssuer, Standing } from './issuer-directory.ts';
import { tellOfIssuers } from './issuer-gauges.ts';

const notAfter = new Date('2031-11-21T20:03:03Z');
const ready: Standing = { kind: 'ready', config: anIssuerConfig(), facts: { ...someFacts(), notAfter }, anchors: [], warnings: [] };
const known = (name: string, standing: Standing, namespace?: string): KnownIssuer => {
  const kind = namespace === undefined ? 'AWSPCAClusterIssuer' : 'AWSPCAIssuer';
  return { issuer: { key: { kind, namespace, name }, uid: name, generation: 1, spec: {} } as unknown as KnownIssuer['issuer'], standing, epoch: 0 };
};

function read(issuers: readonly KnownIssuer[]): Readonly<Record<string, readonly Sample[]>> {
  const told: Record<string, readonly Sample[]> = {};
  tellOfIssuers(() => issuers, { ...silentMetrics, sample: (name, ask) => void (told[name] = ask()) });
  return told;
}

test('an issuer is 1 where it is Ready, 0 where it is not, and nothing before it was checked', () => {
  const notReady: Standing = { kind: 'not-ready', reason: 'Validation', message: 'so it is', warnings: [] };
  const told = read([known('one', ready), known('two', notReady, 'team-a'), known('three', { kind: 'unchecked' })]);
  assert.deepEqual(told['pca_issuer_issuer_ready'], [
    { labels: { kind: 'AWSPCAClusterIssuer', namespace: '', name: 'one' }, value: 1 },
    { labels: { kind: 'AWSPCAIssuer', namespace: 'team-a', name: 'two' }, value: 0 },
  ]);
  assert.deepEqual(told['pca_issuer_certificate_authority_not_after_seconds'], [{ labels: { arn: authorityArn }, value: notAfter.getTime() / 1_000 }]);
});

test('a CA whose end AWS does not tell has no series', () => {
  const { notAfter: _, ...facts } = someFacts();
  const told = read([known('one', { ...ready, facts } as Standing)]);
  assert.deepEqual(told['pca_issuer_certificate_authority_not_after_seconds'], []);
});

test('a root is told of by its hash once the chain of its CA was read', () => {
  const facts = someFacts({ rootSHA256: 'ab', rootNotAfter: notAfter });
  const series = (of: Partial<Standing>) => read([known('one', { ...ready, ...of } as Standing)])['pca_issuer_root_not_after_seconds'];
  assert.deepEqual(series({ facts }), [{ labels: { arn: authorityArn, root: 'ab' }, value: notAfter.getTime() / 1_000 }]);
  assert.deepEqual(series({}), []);
});
