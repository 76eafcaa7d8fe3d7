import assert from 'node:assert/strict';
import { test } from 'node:test';
import { caRequestsWarning, isOpenToCARequests, roughly } from './ca-requests-warning.ts';
import type { IssuerKey } from './issuer.ts';
import { readPolicy } from './request-policy.ts';
import { anIssuerConfig } from './test-values.ts';

const cluster: IssuerKey = { kind: 'AWSPCAClusterIssuer', namespace: undefined, name: 'mesh-root' };

test('a cluster issuer that limits CA requests to nobody is open to them', () => {
  const isOpen = (policy: Parameters<typeof readPolicy>[0], key = cluster, templateName?: string): boolean =>
    isOpenToCARequests(key, anIssuerConfig({ requestPolicy: readPolicy(policy), templateName }));
  assert.equal(isOpen({}), true);
  assert.equal(isOpen({ namespaces: ['a'] }), true);
  assert.equal(isOpen({ caNamespaces: ['a'] }), false);
  assert.equal(isOpen({ caNamespaces: [] }), false);
  assert.equal(isOpen({ namespaces: [] }), false, 'it serves nobody');
  assert.equal(isOpen({}, cluster, 'EndEntityCertificate/V1'), false, 'its template makes no CA');
  assert.equal(isOpen({}, cluster, 'SubordinateCACertificate_PathLen0/V1'), true);
  assert.equal(isOpen({}, { kind: 'AWSPCAIssuer', namespace: 'a', name: 'a' }), false, 'only its own namespace can ask');
});

test('the warning says how many may ask, who else stands between, and the field that limits it', () => {
  const warning = caRequestsWarning(cluster, { count: 23, areAll: true });
  assert.deepEqual([warning?.type, warning?.status, warning?.reason], ['CARequestsUnrestricted', 'True', 'AnyNamespace']);
  assert.equal(
    warning?.message,
    "every namespace (about 20 now) may ask AWSPCAClusterIssuer mesh-root for a CA certificate; what else stands between is cert-manager's approver, with its RBAC (verb approve on signers). Name those that need one in spec.requestPolicy.caNamespaces",
  );
  assert.match(caRequestsWarning(cluster, { count: 3, areAll: false })?.message ?? '', /^every namespace that is served \(3 now\) may ask/);
  assert.equal(caRequestsWarning(cluster, { count: 3, areAll: false })?.reason, 'AnyServedNamespace');
  assert.match(caRequestsWarning(cluster, { count: undefined, areAll: true })?.message ?? '', /^every namespace may ask/);
  assert.equal(caRequestsWarning(cluster, { count: 0, areAll: false }), undefined);
});

test('above ten only the first digit of the number is told, so that it seldom changes', () => {
  assert.deepEqual([1, 10, 11, 14, 15, 94, 96, 149, 1_234].map(roughly), ['1', '10', 'about 10', 'about 10', 'about 20', 'about 90', 'about 100', 'about 100', 'about 1000']);
});
