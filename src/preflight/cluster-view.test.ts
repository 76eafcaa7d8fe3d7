import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readCertificate, readCrd, readHeldLease, readSeenRequest, readWorkload } from './cluster-view.ts';

const deployment = (container: object, labels: object = {}, spec: object = {}): object => ({
  metadata: { namespace: 'pki', name: 'issuer', labels },
  spec: { ...spec, template: { spec: { serviceAccountName: 'who', containers: [{ name: 'sidecar', image: 'proxy' }, container] } } },
});
const helm = { 'app.kubernetes.io/managed-by': 'Helm', 'app.kubernetes.io/instance': 'awspca', 'app.kubernetes.io/name': 'aws-privateca-issuer', 'app.kubernetes.io/version': 'v1.8.0' };
const ourArgs = ['controller', '--leader-elect', '--aws-issue-rate=20'];

const workloads: readonly (readonly [name: string, object: object, expected: object | undefined])[] = [
  ['the chart of aws-privateca-issuer', deployment({ command: ['/manager'], args: ['--leader-elect'], image: 'public.ecr.aws/k1n1h4h4/cert-manager-aws-privateca-issuer:v1.10.1' }, helm, { replicas: 2 }), { program: 'peer', version: '1.10.1', replicas: 2, release: 'awspca' }],
  ['a copy of its image under another name', deployment({ command: ['/manager'], image: 'registry:5000/mirror/pki' }, helm), { program: 'peer', version: '1.8.0', replicas: 1, release: 'awspca' }],
  ['the EKS add-on', deployment({ command: ['/manager'], image: '602401143452.dkr.ecr.eu-central-1.amazonaws.com/eks/aws-privateca-connector-for-kubernetes:v1.7.0-eksbuild.1' }), { program: 'peer', version: '1.7.0', release: undefined }],
  ['ours under the old name', deployment({ args: ourArgs, image: 'pca-issuer:0.1.0' }, helm), { program: 'ours', version: '0.1.0', release: 'awspca' }],
  ['another manager', deployment({ command: ['/manager'], image: 'other' }), undefined],
  ['another controller', deployment({ args: ['controller'], image: 'other' }), undefined],
  ['nonsense', { spec: { template: [] } }, undefined],
];

for (const [name, object, expected] of workloads) {
  test(`a Deployment is told by its command, image and labels: ${name}`, () => {
    const read = readWorkload(object);
    if (expected === undefined || read === undefined) return assert.equal(read, expected);
    assert.deepEqual({ ...read, ...expected }, read);
    assert.deepEqual([read.namespace, read.name, read.serviceAccount], ['pki', 'issuer', 'who']);
  });
}

const issuerRef = { group: 'awspca.cert-manager.io', kind: 'AWSPCAIssuer', name: 'root' };

test('of Certificates and requests only those of our group are kept', () => {
  const certificate = (ref: object): object => ({ metadata: { namespace: 'a', name: 'x' }, spec: { isCA: true, issuerRef: ref }, status: { revision: 3 } });
  assert.deepEqual(readCertificate(certificate(issuerRef)), { namespace: 'a', name: 'x', issuerRef, isCA: true, revision: 3 });
  assert.equal(readCertificate(certificate({ ...issuerRef, group: 'cert-manager.io' })), undefined);
  const request = (ref: object): object => ({
    metadata: { namespace: 'a', name: 'x-1', uid: 'u', creationTimestamp: '2026-11-22T10:00:00Z', annotations: { 'cert-manager.io/certificate-revision': '2' }, ownerReferences: [{ kind: 'Certificate', name: 'x' }] },
    spec: { issuerRef: ref },
    status: { failureTime: '2026-11-22T10:00:00Z' },
  });
  const read = readSeenRequest(request(issuerRef));
  assert.deepEqual([read?.certificate, read?.revision, read?.hasFailureTime], ['x', 2, true]);
  assert.equal(readSeenRequest(request({ ...issuerRef, group: '' })), undefined);
});

test('a lease that nobody holds is none', () => {
  const spec = { holderIdentity: 'pod', renewTime: '2026-11-22T10:00:00.123456Z', leaseDurationSeconds: 15 };
  assert.deepEqual(readHeldLease({ metadata: { namespace: 'pki' }, spec }), { namespace: 'pki', holder: 'pod', renewedAt: new Date('2026-11-22T10:00:00.123Z'), durationMs: 15_000 });
  assert.equal(readHeldLease({ metadata: { namespace: 'pki' }, spec: { ...spec, holderIdentity: '' } }), undefined);
  assert.equal(readHeldLease({ spec: { holderIdentity: 'pod' } })?.renewedAt, undefined);
});

test('a CRD is a release\'s where helm would take it for its own', () => {
  const annotations = { 'meta.helm.sh/release-name': 'awspca', 'meta.helm.sh/release-namespace': 'pki' };
  const labels = { 'app.kubernetes.io/managed-by': 'Helm' };
  assert.deepEqual(readCrd({ metadata: { name: 'x', annotations, labels } }), { name: 'x', owner: 'pki/awspca' });
  for (const metadata of [{ annotations }, { labels }, {}]) assert.equal(readCrd({ metadata }).owner, undefined);
});
