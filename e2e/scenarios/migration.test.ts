// From aws-privateca-issuer v1.10.1 to pca-issuer and back, as docs/guides/migrate-from-aws-privateca-issuer.md tells it.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { readManifests, type ApiObject } from '../../hack/control-plane/api/objects.ts';
import { writeServiceAccountKubeconfig } from '../../hack/control-plane/service-account.ts';
import type { ControllerProcess } from '../../hack/world/controller-process.ts';
import type { PeerProcess } from '../../hack/world/peer-process.ts';
import { renew } from '../../hack/world/renew.ts';
import type { Finding } from '../../src/preflight/finding.ts';
import { runBundle } from '../harness/bundle.ts';
import { clusterIssuer, finished, issuer, issuerUids, leaseOf, openStage, release, type Stage } from '../harness/migration.ts';
import { certManager, ours, readyOf } from '../harness/scenario.ts';
import { assertIstioCa, assertLeaf } from '../harness/verdict.ts';

const root = join(import.meta.dirname, '../..');
const upgrade = `helm upgrade ${release} config/chart/pca-issuer -n ${release} -f values.yaml --set nameOverride=aws-privateca-issuer --take-ownership`;
/** Values of theirs, and the two that keep what v1.10.1 allowed. */
const flags = ['--issuer-ambient-credentials', '--default-template-overrides-is-ca'];
const upgradeHere = `${upgrade.replace('-f values.yaml', '-f config/chart/cases/peer-defaults.yaml')} --set enableIssuerAmbientCredentials=true --set defaultTemplateOverridesIsCA=true`;

let s: Stage;
let peer: PeerProcess;
let controller: ControllerProcess;
let companyArn: string;
let slowArn: string;
let accessKey: { readonly accessKeyId: string; readonly secretAccessKey: string };
/** What was finished when the old controller led for the last time. */
let atSwitch: { readonly requests: Readonly<Record<string, string>>; readonly cacerts: ApiObject };

before(async () => {
  s = await openStage();
}, { timeout: 600_000 });
after(async () => s[Symbol.asyncDispose]());

async function preflight(...args: readonly string[]): Promise<{ readonly code: number | null; readonly out: string; readonly findings: readonly Finding[] }> {
  const kubeconfig = await writeServiceAccountKubeconfig(s.api, join(root, '.cluster/e2e-migration/kubeconfigs/preflight'), { namespace: 'default', name: 'preflight' });
  const { ended, output } = await runBundle('preflight', `--kubeconfig=${kubeconfig}`, ...args);
  const code = await ended;
  assert.equal(output.err, '');
  return { code, out: output.out, findings: output.out.startsWith('{') ? (JSON.parse(output.out) as { findings: Finding[] }).findings : [] };
}

const told = (findings: readonly Finding[]): readonly string[] => findings.map(({ kind, about }) => `${kind}: ${about}`).toSorted();
const dataOf = (secret: ApiObject, key: string): string => (secret['data'] as Record<string, string>)[key] ?? '';
const get = (apiVersion: string, kind: string, name: string, namespace?: string) => s.api.get({ apiVersion, kind, namespace, name });
/** The Secret with another certificate than it had. */
const secretAfter = (namespace: string, name: string, former: ApiObject): Promise<ApiObject> =>
  s.api.waitFor({ apiVersion: 'v1', kind: 'Secret', namespace, name }, (secret) => dataOf(secret, 'tls.crt') !== dataOf(former, 'tls.crt'), { what: `Secret ${name} to be renewed` });
/** Whose call it was: `peer` or `pca-issuer`. */
const sessionOf = (caller = ''): string => caller.split('/').at(-1) ?? '';
/** Who had the CA's last certificate made. */
const lastOrderBy = async (ca: string): Promise<string> => sessionOf((await s.emulator.journal({ ca })).entries.findLast(({ issued }) => issued)?.caller);
const issuerIsReady = (kind: string, name: string, namespace?: string) =>
  s.api.waitFor({ apiVersion: ours, kind, namespace, name }, (object) => readyOf(object)?.status === 'True', { what: `${kind} ${name} to be Ready` });

test('aws-privateca-issuer v1.10.1 serves its users: requests are issued, pending with an ARN, and Failed without a failureTime', { timeout: 600_000 }, async () => {
  // The chart in its tag still calls itself v1.9.2.
  await s.shell.type(`helm install ${release} ${s.peerChart} -n ${release} --create-namespace --set image.tag=v1.10.1`);
  for (const name of ['istio-system', 'payments', 'shared']) await s.api.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  companyArn = await s.authority('company');
  const arn = companyArn;
  const frailArn = await s.authority('frail');
  slowArn = await s.authority('slow');
  const region = 'eu-central-1';
  accessKey = await s.emulator.createAccessKey({ account: '123456789012', user: 'payments' });
  const stringData = { AWS_ACCESS_KEY_ID: accessKey.accessKeyId, AWS_SECRET_ACCESS_KEY: accessKey.secretAccessKey };
  await s.api.apply({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'aws-keys', namespace: 'shared' }, stringData });
  const clusterWide = (name: string, spec: object) => ({ apiVersion: ours, kind: 'AWSPCAClusterIssuer', metadata: { name }, spec: { region, ...spec } });
  const namespaced = (name: string, spec: object) => ({ apiVersion: ours, kind: 'AWSPCAIssuer', metadata: { name, namespace: 'payments' }, spec: { region, arn, ...spec } });
  await s.api.apply([
    clusterWide('mesh-root', { arn }), clusterWide('frail', { arn: frailArn }), clusterWide('slow', { arn: slowArn }),
    clusterWide('locked', { arn, pcaTemplate: { defaultTemplateName: 'SubordinateCACertificate_PathLen0/V1' } }),
    namespaced('keys', { secretRef: { name: 'aws-keys', namespace: 'shared' } }), namespaced('ambient', {}),
  ]);
  peer = await s.startPeer();
  await s.certificate('istio-system', 'cacerts', clusterIssuer('mesh-root'), { isCA: true, usages: ['digital signature', 'cert sign', 'crl sign'] });
  await s.certificate('payments', 'leaf', clusterIssuer('mesh-root'));
  await s.certificate('payments', 'by-keys', issuer('keys'));
  await s.certificate('payments', 'by-ambient', issuer('ambient'));
  await s.certificate('payments', 'by-template', clusterIssuer('locked'));
  for (const [namespace, name] of [['istio-system', 'cacerts'], ['payments', 'leaf'], ['payments', 'by-keys'], ['payments', 'by-ambient'], ['payments', 'by-template']] as const) await s.secretOf(namespace, name);

  // The key that is used again is what makes cert-manager keep the failed request.
  await s.certificate('payments', 'stuck', clusterIssuer('frail'), { privateKey: { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Never' } });
  await s.secretOf('payments', 'stuck');
  await s.emulator.fault({ operation: 'IssueCertificate', kind: 'access-denied', ca: frailArn });
  await renew(s.api, 'payments', 'stuck');
  const failed = await s.requestOf('payments', 'stuck', 'Failed');
  assert.equal(failed['status'].failureTime, undefined);
  await s.certificate('payments', 'early', clusterIssuer('later'));

  await s.emulator.fault({ operation: 'GetCertificate', kind: 'in-progress', ca: slowArn, times: 'until-cleared' });
  await s.certificate('payments', 'slow', clusterIssuer('slow'));
  const pending = await s.requestOf('payments', 'slow', 'Pending');
  assert.match(pending.metadata.annotations?.['aws-privateca-issuer/certificate-arn'] ?? '', /\/certificate\//);
});

test('preflight, with the rights of its sample and no others, says what will change, and by its exit code that something will', { timeout: 600_000 }, async () => {
  await s.api.apply({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'preflight', namespace: 'default' } });
  const blind = await preflight();
  assert.equal(blind.code, 2);
  assert.match(blind.out, /Could not be looked at \(\d+\)[\s\S]*certificaterequests[\s\S]*preflight-clusterrole\.yaml/);
  await s.api.apply([
    ...(await readManifests(join(root, 'config/samples/preflight-clusterrole.yaml'))),
    {
      apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding', metadata: { name: 'preflight' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'pca-issuer-preflight' }, subjects: [{ kind: 'ServiceAccount', name: 'preflight', namespace: 'default' }],
    },
  ]);
  const failed = await s.requestOf('payments', 'stuck', 'Failed');
  const crds = ['awspcaissuers', 'awspcaclusterissuers'].map((plural) => `${plural}.awspca.cert-manager.io`);
  const { code, findings } = await preflight('--output=json');
  assert.deepEqual(told(findings), [
    'ambient-credentials: AWSPCAIssuer payments/ambient',
    ...['frail', 'locked', 'mesh-root', 'slow'].map((name) => `ca-open: AWSPCAClusterIssuer ${name}`),
    `crd-ownership: CRD ${crds.join(', ')}`,
    'cross-namespace: AWSPCAIssuer payments/keys',
    'issuer-missing: Certificate payments/early',
    `peer-runs: Deployment ${release}/${release}`,
    ...crds.toSorted().map((crd) => `stale-crd: CRD ${crd}`),
    `stuck-request: CertificateRequest payments/${failed.metadata.name}`,
    'template-disagrees: AWSPCAClusterIssuer locked',
  ]);
  assert.equal(code, 1);
  const runs = findings.find(({ kind }) => kind === 'peer-runs');
  const lease = await s.api.get(leaseOf);
  assert.ok(runs?.what.includes(`${String(lease?.['spec'].holderIdentity)} holds its lease`) === true, runs?.what);
  assert.equal(runs?.command, upgrade);

  const page = await preflight();
  assert.equal(page.code, 1);
  assert.ok(!page.out.includes('\u001B'));
  assert.match(page.out, /4 AWSPCAClusterIssuers, 2 AWSPCAIssuers, 8 Certificates, CertificateRequests: \d issued, \d pending \(1 of them ordered already\), 1 failed/);
  for (const secret of [accessKey.accessKeyId, accessKey.secretAccessKey]) assert.ok(!page.out.includes(secret));

  // As it says: the Secret is made in the issuer's own namespace; the old controller follows.
  const stringData = { AWS_ACCESS_KEY_ID: accessKey.accessKeyId, AWS_SECRET_ACCESS_KEY: accessKey.secretAccessKey };
  await s.api.apply({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'aws-keys', namespace: 'payments' }, stringData });
  await s.shell.type(findings.find(({ kind }) => kind === 'cross-namespace')?.command ?? '');
  const stopping = (await preflight('--output=json', ...flags)).findings.filter(({ weight }) => weight === 'stops');
  assert.deepEqual(told(stopping), ['issuer-missing: Certificate payments/early', `stuck-request: CertificateRequest payments/${failed.metadata.name}`]);
});

test('one upgrade of the release puts pca-issuer in its place, and while the old one leads the new one does nothing', { timeout: 600_000 }, async () => {
  const uids = await issuerUids(s.shell);
  const [deployment, account] = [await get('apps/v1', 'Deployment', release, release), await get('v1', 'ServiceAccount', release, release)];
  await s.shell.type(upgradeHere);
  assert.deepEqual(
    [(await get('apps/v1', 'Deployment', release, release))?.metadata.uid, (await get('v1', 'ServiceAccount', release, release))?.metadata.uid],
    [deployment?.metadata.uid, account?.metadata.uid],
  );
  assert.deepEqual(await issuerUids(s.shell), uids);
  const holder = String((await s.api.get(leaseOf))?.['spec'].holderIdentity);
  atSwitch = { requests: await finished(s.api), cacerts: await s.secretOf('istio-system', 'cacerts') };
  controller = await s.startOurs(...flags);
  assert.equal((await s.api.get(leaseOf))?.['spec'].holderIdentity, holder);
  assert.ok((await s.emulator.journal()).entries.every(({ caller }) => sessionOf(caller) !== 'pca-issuer'), 'it has called AWS');
  await peer.kill();
  await s.api.waitFor({ ...leaseOf }, (lease) => lease['spec'].holderIdentity !== holder && Boolean(lease['spec'].holderIdentity), { what: 'the lease to change hands' });
});

test('what was issued stays as it is, what was ordered is fetched and not ordered again, and renewals keep the bytes of ca.crt', { timeout: 600_000 }, async () => {
  await s.emulator.clearFaults({});
  await s.secretOf('payments', 'slow');
  const { counters, entries } = await s.emulator.journal({ ca: slowArn });
  assert.deepEqual([counters.certificatesIssued, counters.duplicateIssuesByCsr, counters.violations], [1, 0, 0]);
  const orders = entries.filter(({ operation }) => operation === 'IssueCertificate');
  assert.deepEqual(orders.map(({ caller }) => sessionOf(caller)), ['peer']);
  for (const [kind, name, namespace] of [['AWSPCAClusterIssuer', 'mesh-root', undefined], ['AWSPCAClusterIssuer', 'locked', undefined], ['AWSPCAIssuer', 'keys', 'payments'], ['AWSPCAIssuer', 'ambient', 'payments']] as const) await issuerIsReady(kind, name, namespace);
  const now = await finished(s.api);
  for (const [name, version] of Object.entries(atSwitch.requests)) assert.equal(now[name], version, name);
  assert.equal((await s.secretOf('istio-system', 'cacerts')).metadata.resourceVersion, atSwitch.cacerts.metadata.resourceVersion);

  await renew(s.api, 'istio-system', 'cacerts');
  const renewed = await secretAfter('istio-system', 'cacerts', atSwitch.cacerts);
  assert.equal(dataOf(renewed, 'ca.crt'), dataOf(atSwitch.cacerts, 'ca.crt'));
  await assertIstioCa(renewed, { renewedFrom: atSwitch.cacerts });
  assert.equal(await lastOrderBy(companyArn), 'pca-issuer');
  for (const name of ['by-keys', 'by-ambient', 'by-template']) {
    const former = await s.secretOf('payments', name);
    await renew(s.api, 'payments', name);
    const later = await secretAfter('payments', name, former);
    assert.equal(dataOf(later, 'ca.crt'), dataOf(former, 'ca.crt'), name);
  }
});

test('the commands of preflight free what is stuck and close what is open; then there is nothing left to do', { timeout: 600_000 }, async () => {
  const { findings } = await preflight('--output=json', ...flags);
  assert.deepEqual([...new Set(findings.map(({ kind }) => kind))].toSorted(), ['ca-open', 'issuer-missing', 'stuck-request']);
  for (const { command } of findings) await s.shell.type(command ?? ':');
  const stuck = await s.secretOf('payments', 'stuck');
  await renew(s.api, 'payments', 'stuck');
  await assertLeaf(await secretAfter('payments', 'stuck', stuck));
  await s.api.apply({ apiVersion: ours, kind: 'AWSPCAClusterIssuer', metadata: { name: 'later' }, spec: { arn: companyArn, requestPolicy: { caNamespaces: [] } } });
  await s.secretOf('payments', 'early');
  const last = await preflight(...flags);
  assert.deepEqual([last.code, last.out.trimEnd().split('\n').at(-1)], [0, 'Nothing to do: everything goes on as it is.']);
});

test('and back: a rollback keeps CRDs and issuers, and the old controller serves them, ours and its own, and finishes what we ordered', { timeout: 600_000 }, async () => {
  await s.emulator.fault({ operation: 'GetCertificate', kind: 'in-progress', ca: slowArn, times: 'until-cleared' });
  await s.certificate('payments', 'slow-again', clusterIssuer('slow'));
  await s.api.waitFor({ apiVersion: certManager, kind: 'CertificateRequest', namespace: 'payments' }, ({ metadata }) => metadata.annotations?.['cert-manager.io/certificate-name'] === 'slow-again' && metadata.annotations['aws-privateca-issuer/certificate-arn'] !== undefined, { what: 'the request to be ordered' });
  const uids = await issuerUids(s.shell);
  await s.shell.type(`helm rollback ${release} 1 -n ${release}`);
  controller.send('SIGTERM');
  assert.match(await controller.ended, /exit code 0/);
  assert.deepEqual(await issuerUids(s.shell), uids);
  assert.deepEqual((await get(ours, 'AWSPCAClusterIssuer', 'mesh-root'))?.['spec'].requestPolicy, { caNamespaces: ['istio-system'] });
  assert.equal((await get('apps/v1', 'Deployment', release, release))?.['spec'].template.spec.containers[0].command[0], '/manager');

  const requests = await finished(s.api);
  const cacerts = await s.secretOf('istio-system', 'cacerts');
  peer = await s.startPeer();
  await s.emulator.clearFaults({});
  await s.secretOf('payments', 'slow-again');
  const { counters } = await s.emulator.journal({ ca: slowArn });
  assert.deepEqual([counters.certificatesIssued, counters.duplicateIssuesByCsr], [2, 0]);
  await renew(s.api, 'istio-system', 'cacerts');
  const renewed = await secretAfter('istio-system', 'cacerts', cacerts);
  assert.equal(dataOf(renewed, 'ca.crt'), dataOf(cacerts, 'ca.crt'));
  assert.equal(await lastOrderBy(companyArn), 'peer');
  const now = await finished(s.api);
  // cert-manager keeps only the last request of a Certificate.
  for (const [name, version] of Object.entries(requests)) assert.ok(now[name] === undefined || now[name] === version, name);
});
