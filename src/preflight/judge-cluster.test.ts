import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeCsr } from '../pki/test-certificates.ts';
import type { ClusterView } from './cluster-view.ts';
import { findingKinds, type Finding } from './finding.ts';
import { countAll, judgeCluster } from './judge-cluster.ts';
import { aCertificate, anIssuer, aPeer, aSeenRequest, aView, now, rules } from './test-values.ts';

const leaf = { defaultTemplateName: 'EndEntityCertificate/V1' };
const authority = { defaultTemplateName: 'SubordinateCACertificate_PathLen1/V1' };
const closed = { requestPolicy: { caNamespaces: [] } };
const root = anIssuer('AWSPCAClusterIssuer root', closed);
const held = { namespace: 'pki', holder: 'pod-1', renewedAt: new Date(now.getTime() - 3_000), durationMs: 15_000 };
const seconds = (ago: number): Date => new Date(now.getTime() - ago * 1_000);
const constrained = makeCsr({ subject: 'x', nameConstraints: { permittedDns: ['example.com'] } }).pem;

interface Row {
  readonly name: string;
  readonly view: Partial<ClusterView>;
  /** The findings that are expected: weight, kind and about, and a part of what each says. */
  readonly found: readonly (readonly [told: string, says: RegExp])[];
}

const table: readonly Row[] = [
  { name: 'an empty cluster', view: {}, found: [] },
  { name: 'issuers that go on', view: { issuers: [root, anIssuer('AWSPCAIssuer a/keys', { secretRef: { name: 'keys', namespace: 'a' } })] }, found: [] },
  {
    name: 'a Secret of another namespace',
    view: { issuers: [anIssuer('AWSPCAIssuer a/keys', { secretRef: { name: 'keys', namespace: 'b' } })] },
    found: [['stops cross-namespace AWSPCAIssuer a/keys', /It is Ready now\. spec\.secretRef names keys in namespace b/]],
  },
  {
    name: 'a ServiceAccount of another namespace',
    view: { issuers: [anIssuer('AWSPCAIssuer a/sa', { role: 'arn:aws:iam::123456789012:role/x', serviceAccountRef: { name: 'sa', namespace: 'b' } }, false)] },
    found: [['stops cross-namespace AWSPCAIssuer a/sa', /It is not Ready now either\. spec\.serviceAccountRef names sa in namespace b/]],
  },
  { name: 'a namespaced issuer with the controller\'s credentials', view: { issuers: [anIssuer('AWSPCAIssuer a/own')] }, found: [['stops ambient-credentials AWSPCAIssuer a/own', /uses the controller's/]] },
  { name: 'the same, where the old controller is told to allow it', view: { issuers: [anIssuer('AWSPCAIssuer a/own')], workloads: [aPeer({ replicas: 0, args: ['--issuer-ambient-credentials=true'] })] }, found: [] },
  {
    name: 'a cluster issuer where the old controller is told to refuse the controller\'s credentials',
    view: { issuers: [root], workloads: [aPeer({ replicas: 0, args: ['--cluster-issuer-ambient-credentials=false'] })] },
    found: [['stops faulty-issuer AWSPCAClusterIssuer root', /empty credentials/]],
  },
  {
    name: 'a region that is not the CA\'s',
    view: { issuers: [anIssuer('AWSPCAClusterIssuer root', { ...closed, region: 'us-east-1' })] },
    found: [['stops faulty-issuer AWSPCAClusterIssuer root', /spec\.region is us-east-1, but the CA of spec\.arn is in/]],
  },
  {
    name: 'a cluster issuer that signs CAs for anybody, and who uses that',
    view: { issuers: [anIssuer('AWSPCAClusterIssuer root')], certificates: [aCertificate('istio-system/cacerts', 'AWSPCAClusterIssuer root', { isCA: true }), aCertificate('shop/leaf', 'AWSPCAClusterIssuer root')] },
    found: [['differs ca-open AWSPCAClusterIssuer root', /^every namespace \(7 now\) may ask .*these ask for one: istio-system$/]],
  },
  {
    name: 'a cluster issuer whose template makes CAs, as those who use it know or not',
    view: { issuers: [anIssuer('AWSPCAClusterIssuer root', { pcaTemplate: authority })], certificates: [aCertificate('shop/x', 'AWSPCAClusterIssuer root')] },
    found: [['differs ca-open AWSPCAClusterIssuer root', /these ask for one: shop$/], ['stops template-disagrees AWSPCAClusterIssuer root', /./]],
  },
  { name: 'a cluster issuer for leaves only', view: { issuers: [anIssuer('AWSPCAClusterIssuer root', { pcaTemplate: leaf })] }, found: [] },
  {
    name: 'a CA template over a leaf',
    view: { issuers: [anIssuer('AWSPCAClusterIssuer root', { ...closed, pcaTemplate: authority })], certificates: [aCertificate('a/x', 'AWSPCAClusterIssuer root'), aCertificate('a/y', 'AWSPCAClusterIssuer root', { isCA: true })] },
    found: [['stops template-disagrees AWSPCAClusterIssuer root', /makes CA certificates, also for what says isCA: false: Certificate a\/x\. /]],
  },
  {
    name: 'a leaf template over CAs, of which many',
    view: { issuers: [anIssuer('AWSPCAClusterIssuer root', { pcaTemplate: leaf })], certificates: Array.from({ length: 9 }, (_, index) => aCertificate(`a/${index}`, 'AWSPCAClusterIssuer root', { isCA: true })) },
    found: [['stops template-disagrees AWSPCAClusterIssuer root', /Certificate a\/4 and 4 more/]],
  },
  { name: 'a template that may win', view: { issuers: [anIssuer('AWSPCAClusterIssuer root', { ...closed, pcaTemplate: { ...authority, overrideIsCA: true } })], certificates: [aCertificate('a/x', 'AWSPCAClusterIssuer root')] }, found: [] },
  {
    name: 'a kind that nobody knows, of a Certificate and of a request without one',
    view: { certificates: [aCertificate('a/x', 'Issuer root')], requests: [aSeenRequest('a/y', 'Pending', { issuerRef: { group: 'awspca.cert-manager.io', kind: '', name: 'root' } })] },
    found: [['stops unknown-kind Certificate a/x', /"Issuer"/], ['stops unknown-kind CertificateRequest a/y', /""/]],
  },
  {
    name: 'an issuer that is not there, and a namesake of the other kind',
    view: { issuers: [root], certificates: [aCertificate('a/x', 'AWSPCAIssuer root'), aCertificate('a/y', 'AWSPCAClusterIssuer gone')] },
    found: [['stops issuer-missing Certificate a/x', /no AWSPCAIssuer root in namespace a/], ['stops issuer-missing Certificate a/y', /no AWSPCAClusterIssuer gone;/]],
  },
  {
    name: 'an extension that the template drops, in the last request of a Certificate',
    view: { issuers: [root], certificates: [aCertificate('a/x', 'AWSPCAClusterIssuer root')], requests: [aSeenRequest('a/x-1', 'Issued', { certificate: 'x', usages: ['server auth'], csrPem: constrained })] },
    found: [['stops lost-extensions Certificate a/x', /carries .*[nN]ame.*onstraints.* which template EndEntityServerAuthCertificate\/V1 drops/]],
  },
  {
    name: 'the same under a template that passes it',
    view: { issuers: [root], certificates: [aCertificate('a/x', 'AWSPCAClusterIssuer root')], requests: [aSeenRequest('a/x-1', 'Issued', { certificate: 'x', usages: [], csrPem: constrained })] },
    found: [],
  },
  {
    name: 'requests that are stuck: of a Certificate that waits, of nobody',
    view: { certificates: [aCertificate('a/x', 'AWSPCAClusterIssuer root', { revision: 1 })], issuers: [root], requests: [aSeenRequest('a/x-2', 'Failed', { certificate: 'x', revision: 2 }), aSeenRequest('a/other', 'Failed')] },
    found: [['stops stuck-request CertificateRequest a/x-2', /"it is Failed"\), so Certificate a\/x may wait/], ['stops stuck-request CertificateRequest a/other', /whoever made it/]],
  },
  {
    name: 'requests that are not stuck: with a failureTime, or of an issuance that is past',
    view: { certificates: [aCertificate('a/x', 'AWSPCAClusterIssuer root', { revision: 3 })], issuers: [root], requests: [aSeenRequest('a/x-2', 'Failed', { certificate: 'x', revision: 2 }), aSeenRequest('a/other', 'Failed', { hasFailureTime: true })] },
    found: [],
  },
  { name: 'CRDs that lack fields', view: { missingFields: new Map([['AWSPCAIssuer', ['requestPolicy', 'serviceAccountRef']]]) }, found: [['differs stale-crd CRD awspcaissuers.awspca.cert-manager.io', /lacks spec\.requestPolicy, spec\.serviceAccountRef/]] },
  {
    name: 'CRDs of which one is nobody\'s',
    view: { crds: [{ name: 'one', owner: 'pki/awspca' }, { name: 'two', owner: undefined }] },
    found: [['differs crd-ownership CRD two', /no release of helm owns it/]],
  },
  { name: 'CRDs that are nobody\'s, under ours', view: { crds: [{ name: 'two', owner: undefined }], workloads: [aPeer({ program: 'ours' })] }, found: [] },
  { name: 'the old controller at work', view: { workloads: [aPeer()], leases: [held] }, found: [['differs peer-runs Deployment pki/aws-privateca-issuer', /v1\.10\.1 runs with 2 replicas .*; pod-1 holds its lease/]] },
  { name: 'the old controller, which helm does not know', view: { workloads: [aPeer({ release: undefined, version: '', replicas: 1 })] }, found: [['differs peer-runs Deployment pki/aws-privateca-issuer', /issuer runs with 1 replica as .*; nobody holds its lease/]] },
  {
    name: 'an old controller before 1.10',
    view: { workloads: [aPeer({ version: '1.9.2' })] },
    found: [['differs peer-runs Deployment pki/aws-privateca-issuer', /v1\.9\.2/], ['differs older-dates Deployment pki/aws-privateca-issuer', /an hour before/]],
  },
  {
    name: 'both at work in two namespaces',
    view: { workloads: [aPeer(), aPeer({ program: 'ours', namespace: 'elsewhere', name: 'pca-issuer' })] },
    found: [['stops two-controllers Deployment pki/aws-privateca-issuer', /pca-issuer runs in namespace elsewhere/], ['differs peer-runs Deployment pki/aws-privateca-issuer', /./]],
  },
  { name: 'ours alone', view: { workloads: [aPeer({ program: 'ours' })], leases: [held] }, found: [] },
  { name: 'a lease that somebody unknown holds', view: { leases: [held] }, found: [['stops lease-held Lease pki/the-lease', /pod-1 holds it/]] },
  { name: 'a lease that was held once', view: { leases: [{ ...held, renewedAt: seconds(120) }, { ...held, renewedAt: undefined }] }, found: [] },
];

for (const { name, view, found } of table) {
  test(`preflight, of ${name}: ${found.length === 0 ? 'nothing to say' : found.map(([told]) => told.split(' ')[1]).join(', ')}`, () => {
    const findings = judgeCluster(aView(view), rules);
    assert.deepEqual(findings.map(({ weight, kind, about }) => `${weight} ${kind} ${about}`), found.map(([told]) => told));
    for (const [index, [, says]] of found.entries()) assert.match(findings[index]?.what ?? '', says);
  });
}

test('the table has every kind of finding', () => {
  const seen = new Set(table.flatMap(({ found }) => found.map(([told]) => told.split(' ')[1])));
  assert.deepEqual(findingKinds.filter((kind) => !seen.has(kind)), []);
});

const commandOf = (view: Partial<ClusterView>, kind: Finding['kind']): string | undefined => judgeCluster(aView(view), rules).find((each) => each.kind === kind)?.command;

test('the commands name what they are about', () => {
  const crossing = anIssuer('AWSPCAIssuer a/keys', { secretRef: { name: 'keys', namespace: 'b' } });
  assert.equal(commandOf({ issuers: [crossing] }, 'cross-namespace'), `kubectl -n a patch awspcaissuer keys --type merge -p '{"spec":{"secretRef":{"namespace":"a"}}}'`);
  const open = { issuers: [anIssuer('AWSPCAClusterIssuer root')], certificates: [aCertificate('istio-system/cacerts', 'AWSPCAClusterIssuer root', { isCA: true })] };
  assert.equal(commandOf(open, 'ca-open'), `kubectl patch awspcaclusterissuer root --type merge -p '{"spec":{"requestPolicy":{"caNamespaces":["istio-system"]}}}'`);
  assert.equal(commandOf({ requests: [aSeenRequest('a/x-2', 'Failed')] }, 'stuck-request'), 'kubectl -n a delete certificaterequest x-2');
  assert.match(commandOf({ workloads: [aPeer()] }, 'peer-runs') ?? '', /^helm upgrade awspca config\/chart\/pca-issuer -n pki .*--set nameOverride=aws-privateca-issuer --take-ownership$/);
  assert.match(commandOf({ workloads: [aPeer({ nameLabel: 'pki-issuer' })] }, 'peer-runs') ?? '', / --set nameOverride=pki-issuer /);
  assert.equal(commandOf({ workloads: [aPeer({ release: undefined })] }, 'peer-runs'), undefined);
  assert.match(commandOf({ crds: [{ name: 'two', owner: undefined }], workloads: [aPeer()] }, 'crd-ownership') ?? '', /release-name=awspca meta\.helm\.sh\/release-namespace=pki$/);
});

test('what there is is counted by what becomes of it', () => {
  const annotations = { 'aws-privateca-issuer/certificate-arn': 'arn' };
  const requests = [aSeenRequest('a/1', 'Issued'), aSeenRequest('a/2', 'Pending'), aSeenRequest('a/3', 'Pending', { annotations }), aSeenRequest('a/4', 'Failed'), aSeenRequest('a/5', 'Denied')];
  const counted = countAll(aView({ issuers: [root, anIssuer('AWSPCAIssuer a/x')], requests, certificates: [aCertificate('a/x', 'AWSPCAIssuer x')] }));
  assert.deepEqual(counted, { clusterIssuers: 1, issuers: 1, certificates: 1, issued: 1, pending: 2, ordered: 1, failed: 1 });
});
