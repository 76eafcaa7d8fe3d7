// Is config/samples/verify-job.yaml a pod that may run, with rights that are enough, and does its Job end as the `cacerts` deserves?
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { hasCondition } from '../../hack/control-plane/api.ts';
import { parseManifests, type ApiObject } from '../../hack/control-plane/api/objects.ts';
import { encode, textOf } from '../../hack/control-plane/api/secret-data.ts';
import { imageReference } from '../../hack/image/reference.ts';
import { openCommandLine } from '../harness/helm.ts';
import { putKeys, secretRef } from '../harness/identities.ts';
import { beginScenario, cacertsSpec, type Scenario } from '../harness/scenario.ts';
import { worldOf, type ScenarioWorld } from '../harness/worlds.ts';
import { dispose, endpoints, install, restrictedNamespace } from './release.ts';

const release = 'pca-issuer';
const root = path.join(import.meta.dirname, '../..');
const namespace = 'istio-system';
const name = 'pca-issuer-verify';

describe('verify', { concurrency: 1 }, () => {
  let world: ScenarioWorld;
  before(async () => {
    world = await worldOf('node');
    await install(world, release, { env: endpoints(world), replicaCount: 1 });
  });
  after(() => dispose(world, release));

  test('the Job of the sample completes on a good cacerts and fails with the name of what is wrong with a broken one, under restricted', { timeout: 600_000 }, async () => {
    const s = await beginScenario(world, namespace); // fails where there is a mesh: its `cacerts` is not ours to break
    await restrictedNamespace(world, namespace);
    await putKeys(s, 'aws');
    await s.certificate('cacerts', cacertsSpec(await s.clusterIssuer(await s.subordinate(), secretRef(s, 'aws'))));
    const secret = await s.secretOf('cacerts');
    const [chain, roots] = [textOf(secret, 'tls.crt'), textOf(secret, 'ca.crt')];
    await s.api.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'istio-ca-root-cert', namespace }, data: { 'root-cert.pem': roots } });

    const good = await runSample(s);
    assert.deepEqual([good.ended, good.exitCode], ['Complete', 0], good.log);
    assert.match(good.log, /^CN=.* {2}trusted by [^\n]*\n│ {2}root,[\s\S]*\n└─ CN=[\s\S]*\n {3}└─ CN=cluster-a\.istio-ca {2}signs for /);
    for (const words of ['✓ format', 'renewed from', 'hands out the same roots']) assert.ok(good.log.includes(words), `${words}\n${good.log}`);
    assert.deepEqual(await rightsInside(world), rightsOf(await readSample(world)));

    await s.api.patch({ apiVersion: 'v1', kind: 'Secret', namespace, name: 'cacerts' }, { data: { 'tls.crt': encode(chain.trimEnd()) } });
    const broken = await runSample(s);
    assert.deepEqual([broken.ended, broken.exitCode], ['Failed', 1], broken.log);
    assert.match(broken.log, /✗ format +no-final-newline/);
    for (const { log } of [good, broken]) assert.ok(!log.includes('PRIVATE KEY'));
    await s.tidy();
  });
});

interface Ended {
  readonly ended: 'Complete' | 'Failed';
  readonly exitCode: number | undefined;
  readonly log: string;
}

/** Applies the sample, waits for its end, reads it with the words of its first lines, and takes the Job away with them. */
async function runSample({ api, world }: Scenario): Promise<Ended> {
  const startMs = performance.now();
  const sample = await readSample(world);
  const isJob = ({ kind }: ApiObject): boolean => kind === 'Job';
  await api.apply(sample.filter((each) => !isJob(each))); // its rights before it, as kubectl does
  await api.apply(sample.filter(isJob));
  const hasEnded = (job: ApiObject): boolean => hasCondition(job, 'Complete') || hasCondition(job, 'Failed');
  const job = await api.waitFor({ apiVersion: 'batch/v1', kind: 'Job', namespace, name }, hasEnded, { what: 'the Job to end' });
  const ended = hasCondition(job, 'Complete') ? 'Complete' : 'Failed';
  console.log(`apply to ${ended}: ${((performance.now() - startMs) / 1000).toFixed(1)} s`);
  const pods = await api.list({ apiVersion: 'v1', kind: 'Pod', namespace }, { labelSelector: `batch.kubernetes.io/controller-uid=${job.metadata.uid}` }); // one of the same name may be leaving
  const exitCodes = pods.map(({ status }) => (status as PodStatus).containerStatuses?.[0]?.state.terminated?.exitCode);
  assert.equal(exitCodes.length, 1, 'it is not tried again');
  await using shell = await openCommandLine(world.address.kubeconfig, root);
  const log = await shell.type(`kubectl logs -n ${namespace} job/${name}`);
  await shell.type(`kubectl delete -n ${namespace} job/${name}`);
  return { ended, exitCode: exitCodes[0], log };
}

interface PodStatus {
  readonly containerStatuses?: readonly { readonly state: { readonly terminated?: { readonly exitCode: number } } }[];
}

/** As it stands; where the lane's image is called otherwise, with that one. */
async function readSample({ address }: ScenarioWorld): Promise<readonly ApiObject[]> {
  const text = await readFile(path.join(root, 'config/samples/verify-job.yaml'), 'utf8');
  return parseManifests(address.image === undefined ? text : text.replace(/(?<=image: )\S+/, imageReference(address.image)));
}

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

const rightsOf = (sample: readonly ApiObject[]): readonly Rule[] => sample.flatMap((each) => (each.kind === 'Role' ? (each['rules'] as readonly Rule[]) : []));

/** @returns what the Job's ServiceAccount may do in its namespace, as the API server tells it, apart from asking who it is. */
async function rightsInside({ address }: ScenarioWorld): Promise<readonly Rule[]> {
  await using shell = await openCommandLine(address.kubeconfig, root);
  const review = JSON.stringify({ apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectRulesReview', spec: { namespace } });
  const answer = await shell.type(`echo '${review}' | kubectl create --raw /apis/authorization.k8s.io/v1/selfsubjectrulesreviews -f - --as=system:serviceaccount:${namespace}:${name}`);
  const { status } = JSON.parse(answer) as { readonly status: { readonly resourceRules: readonly Rule[] } };
  return status.resourceRules.filter(({ resources }) => !resources.some((each) => each.startsWith('selfsubject')));
}
