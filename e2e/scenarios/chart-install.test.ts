// Helm as people use it, on a control plane that has nothing of ours: install, upgrade, uninstall, two releases.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { connect, hasCondition, type Api } from '../../hack/control-plane/api.ts';
import { parseManifests, readManifests, type ApiObject } from '../../hack/control-plane/api/objects.ts';
import { down, up, type Cluster } from '../../hack/control-plane/cluster.ts';
import { helmEnvironment } from '../../hack/control-plane/helm-environment.ts';
import { program } from '../../hack/control-plane/programs.ts';
import { startControllerProcess } from '../../hack/world/controller-process.ts';
import { runProbe } from '../../src/commands/probe.ts';
import { ours } from '../harness/scenario.ts';

const run = promisify(execFile);
const root = path.join(import.meta.dirname, '../..');
const chart = path.join(root, 'config/chart/pca-issuer');
const caseFile = (name: string) => path.join(root, 'config/chart/cases', `${name}.yaml`);
const clusterName = 'e2e-chart';

let cluster: Cluster;
let api: Api;
let scratch: string;
let helm: (...args: readonly string[]) => Promise<string>;

before(async () => {
  const [started, binary] = await Promise.all([up({ name: clusterName }), program('helm')]);
  cluster = started;
  api = await connect(cluster.kubeconfig);
  scratch = await mkdtemp(path.join(tmpdir(), 'pca-issuer-helm-'));
  const env = helmEnvironment(scratch, cluster.kubeconfig);
  helm = async (...args) => (await run(binary, args, { env, maxBuffer: 16 << 20 })).stdout;
  await api.apply(await readManifests(path.join(root, 'e2e/fixtures/prometheus-operator.yaml')));
  for (const name of ['istio-system', 'payments', 'vault', 'approvers', 'monitoring']) await api.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
});

after(async () => {
  await api.close();
  await down(clusterName);
  await rm(scratch, { recursive: true });
});

const install = (release: string, namespace: string, ...more: readonly string[]) => helm('install', release, chart, '--namespace', namespace, '--create-namespace', ...more);
const uninstall = (release: string, namespace: string) => helm('uninstall', release, '--namespace', namespace);
const clusterIssuer = (name: string) => api.get({ apiVersion: ours, kind: 'AWSPCAClusterIssuer', name });
const argsOf = (podSpec: { readonly containers: readonly { readonly args: readonly string[] }[] } | undefined) => podSpec?.containers[0]?.args ?? assert.fail('no pod has arguments');
const uidOf = (object: ApiObject | undefined) => object?.metadata.uid ?? assert.fail('it does not exist');

async function valuesFile(values: object): Promise<string> {
  const file = path.join(scratch, 'values.json');
  await writeFile(file, JSON.stringify(values));
  return file;
}

const arn = (id: number) => `arn:aws:acm-pca:eu-central-1:111122223333:certificate-authority/11111111-2222-3333-4444-55555555555${id}`;
const issuersWith = (id: number) => valuesFile({ issuers: [{ name: 'mesh-root', spec: { arn: arn(id) } }, { name: 'payments', namespace: 'payments', spec: { arn: arn(0) } }] });

test('issuers of the values come with the CRDs, change with the values, and outlive the release', async () => {
  const said = await install('pca-issuer', 'pca-issuer', '-f', await issuersWith(0));
  assert.match(said, /Look at the issuers that came with it/);
  const [first, tenant] = [await clusterIssuer('mesh-root'), await api.get({ apiVersion: ours, kind: 'AWSPCAIssuer', namespace: 'payments', name: 'payments' })];
  assert.deepEqual([first?.['spec'].arn, tenant?.['spec'].arn], [arn(0), arn(0)]);

  const upgrade = async (file: string) => helm('upgrade', 'pca-issuer', chart, '--namespace', 'pca-issuer', '-f', file);
  await upgrade(await issuersWith(0));
  assert.equal(uidOf(await clusterIssuer('mesh-root')), uidOf(first), 'what did not change is not made anew');
  await upgrade(await issuersWith(1));
  assert.equal((await clusterIssuer('mesh-root'))?.['spec'].arn, arn(1));
  assert.equal((await api.get({ apiVersion: ours, kind: 'AWSPCAIssuer', namespace: 'payments', name: 'payments' }))?.metadata.uid, tenant?.metadata.uid);
  await helm('rollback', 'pca-issuer', '2', '--namespace', 'pca-issuer');
  assert.equal((await clusterIssuer('mesh-root'))?.['spec'].arn, arn(0));
  await upgrade(await valuesFile({}));
  assert.equal((await clusterIssuer('mesh-root'))?.['spec'].arn, arn(0), 'off the list is not deleted');

  await uninstall('pca-issuer', 'pca-issuer');
  assert.equal((await clusterIssuer('mesh-root'))?.['spec'].arn, arn(0));
  assert.equal(await api.get({ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'pca-issuer', name: 'pca-issuer' }), undefined);

  // Once the CRDs are there, an issuer is an object of the release, and is patched in place.
  const other = (id: number) => valuesFile({ issuers: [{ name: 'other', spec: { arn: arn(id) } }] });
  await install('pca-issuer', 'pca-issuer', '-f', await other(0));
  const made = await clusterIssuer('other');
  await upgrade(await other(1));
  const changed = await clusterIssuer('other');
  assert.deepEqual([changed?.['spec'].arn, changed?.metadata.uid], [arn(1), uidOf(made)]);
  await uninstall('pca-issuer', 'pca-issuer');
});

test('the values of aws-privateca-issuer install unchanged: its own, and every key of them set; and so does every value of ours', async () => {
  for (const name of ['peer-defaults', 'peer-every-key', 'every-value'] as const) {
    await install('pca-issuer', 'pca-issuer', '-f', caseFile(name));
    const deployments = await api.list({ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'pca-issuer' });
    assert.equal(deployments.length, 1, name);
    await uninstall('pca-issuer', 'pca-issuer');
  }
});

test('a namespace that does not exist is named with the value that names it, and nothing is installed then', async () => {
  const named = { watchNamespaces: ['payments', 'paymnets'], secretNamespaces: ['vualt'], serviceAccountTokens: [{ namespace: 'nowhere', name: 'signer' }], issuers: [{ name: 'own', namespace: 'elsewhere', spec: { arn: arn(0) } }] };
  const refused = await install('pca-issuer', 'pca-issuer', '-f', await valuesFile(named)).then(() => assert.fail('it was installed'), (error: { readonly stderr?: string }) => error.stderr ?? '');
  assert.deepEqual(refused.match(/\w+ names namespace "\w+", which does not exist: kubectl create namespace \w+/g)?.map((line) => line.split(',')[0]).toSorted(), [
    'issuers names namespace "elsewhere"', 'secretNamespaces names namespace "vualt"', 'serviceAccountTokens names namespace "nowhere"', 'watchNamespaces names namespace "paymnets"',
  ]);
  assert.equal(await helm('list', '--all-namespaces', '--all', '--short'), '');
  // That of the release may be about to be made; an upgrade looks as well.
  await install('fresh', 'fresh', '--take-ownership', '--set', 'watchNamespaces={fresh}');
  await assert.rejects(helm('upgrade', 'fresh', chart, '--namespace', 'fresh', '--set', 'watchNamespaces={fresh,paymnets}'), /watchNamespaces names namespace "paymnets"/);
  await uninstall('fresh', 'fresh');
});

test('the dashboard comes as Grafana imports it, with the label that its sidecar looks for', async () => {
  await install('pca-issuer', 'pca-issuer', '--take-ownership', '-f', caseFile('dashboard'));
  const [map] = await api.list({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'pca-issuer' }, { labelSelector: 'grafana_dashboard=1' });
  assert.deepEqual(map?.['data'], { 'pca-issuer-dashboard.json': await readFile(path.join(root, 'config/grafana/pca-issuer.json'), 'utf8') });
  await uninstall('pca-issuer', 'pca-issuer');
});

test('two releases of one name live side by side, each with namespaces of its own', async () => {
  await install('pca-issuer', 'one', '--take-ownership', '--set', 'watchNamespaces={payments}');
  await assert.rejects(install('pca-issuer', 'two'), /CustomResourceDefinition .* exists and cannot be imported/s);
  await install('pca-issuer', 'two', '--set', 'watchNamespaces={istio-system},crds.enabled=false');
  const roles = await api.list({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole' }, { labelSelector: 'app.kubernetes.io/name=pca-issuer' });
  assert.deepEqual(roles.map(({ metadata }) => metadata.name), ['one:pca-issuer', 'one:pca-issuer-approver', 'two:pca-issuer', 'two:pca-issuer-approver']);

  const may = async (release: string, verb: string, resource: string, namespace: string, apiGroup = '') => {
    const spec = { user: `system:serviceaccount:${release}:pca-issuer`, groups: ['system:serviceaccounts', 'system:authenticated'], resourceAttributes: { verb, resource, namespace, group: apiGroup } };
    const review = await api.create<ApiObject>({ apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', metadata: {}, spec });
    return review['status'].allowed as boolean;
  };
  const rights = await Promise.all([
    may('one', 'list', 'certificaterequests', 'payments', 'cert-manager.io'), may('one', 'list', 'certificaterequests', 'istio-system', 'cert-manager.io'),
    may('two', 'list', 'certificaterequests', 'payments', 'cert-manager.io'), may('two', 'list', 'certificaterequests', 'istio-system', 'cert-manager.io'),
    may('one', 'get', 'secrets', 'payments'), may('one', 'get', 'secrets', 'istio-system'), may('one', 'list', 'secrets', 'payments'),
  ]);
  assert.deepEqual(rights, [true, false, false, true, true, false, false]);
  await uninstall('pca-issuer', 'two');
  await uninstall('pca-issuer', 'one');
});

test('by default Secrets are read by name alone, issuers are never written but for their status, and no token of others is made', async () => {
  await install('pca-issuer', 'rights', '--take-ownership');
  const may = async (verb: string, resource: string, group = '', namespace = 'payments') => {
    const [name, subresource] = resource.split('/');
    const spec = { user: 'system:serviceaccount:rights:pca-issuer', groups: ['system:serviceaccounts', 'system:authenticated'], resourceAttributes: { verb, resource: name, subresource, group, namespace } };
    return (await api.create<ApiObject>({ apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', metadata: {}, spec }))['status'].allowed as boolean;
  };
  assert.deepEqual(await Promise.all([may('get', 'secrets'), may('patch', 'awspcaissuers/status', 'awspca.cert-manager.io')]), [true, true]);
  const refused = await Promise.all([
    may('list', 'secrets'), may('watch', 'secrets'), may('create', 'awspcaissuers', 'awspca.cert-manager.io'), may('delete', 'awspcaissuers', 'awspca.cert-manager.io'),
    may('create', 'serviceaccounts/token'), may('update', 'leases', 'coordination.k8s.io'), may('get', 'configmaps'),
  ]);
  assert.deepEqual(refused, refused.map(() => false));
  await uninstall('pca-issuer', 'rights');
});

test('with watchNamespaces the controller finds all that it needs in the Roles that it is given, and takes every flag', async () => {
  await install('pca-issuer', 'pca-issuer', '--take-ownership', '-f', caseFile('behaviour'), '--set', 'watchNamespaces={payments},extraArgs=null');
  const deployment = await api.get({ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'pca-issuer', name: 'pca-issuer' });
  const [, ...args] = argsOf(deployment?.['spec'].template.spec);
  // Outside of a pod there is no namespace to be found, and ports must be free.
  const flags = [...args.filter((flag) => !flag.includes('bind-address') && !flag.startsWith('--log-level')), '--leader-election-namespace=pca-issuer'];
  const controller = await startControllerProcess({ api, directory: cluster.directory, emulatorUrl: 'http://127.0.0.1:9', form: 'clocked', flags });
  try {
    const judged = (object: ApiObject) => hasCondition(object, 'Ready', 'False');
    const issuers = [
      { apiVersion: ours, kind: 'AWSPCAIssuer', namespace: 'payments', name: 'empty' },
      { apiVersion: ours, kind: 'AWSPCAClusterIssuer', name: 'empty' },
    ];
    for (const { apiVersion, kind, ...metadata } of issuers) await api.apply({ apiVersion, kind, metadata, spec: {} });
    for (const where of issuers) await api.waitFor(where, judged);
    for (const namespace of ['payments', 'default']) {
      await api.waitFor({ apiVersion: 'events.k8s.io/v1', kind: 'Event', namespace }, (event) => event['regarding']?.name === 'empty', { what: `an Event in ${namespace}` });
    }
    // What helm test would run, had it a Service to ask.
    const [pod] = parseManifests(await helm('get', 'hooks', 'pca-issuer', '--namespace', 'pca-issuer'));
    const [command, , until = ''] = argsOf(pod?.['spec']);
    assert.equal(command, 'probe');
    assert.equal(await runProbe([controller.metricsUrl, until]), 0);
    assert.doesNotMatch(await readFile(controller.logFile, 'utf8'), /forbidden|"status":403/i);
  } finally {
    await controller.kill();
    await uninstall('pca-issuer', 'pca-issuer');
  }
});
