// helm install with default values, on a node that enforces what production does: is the main job done then, and how soon?
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { hasCondition } from '../../hack/control-plane/api.ts';
import type { ApiObject } from '../../hack/control-plane/api/objects.ts';
import { putKeys, secretRef } from '../harness/identities.ts';
import { allowedMs } from '../harness/replicas.ts';
import { assertOnce, cacertsSpec, ours, scenario, type Scenario } from '../harness/scenario.ts';
import { assertIstioCa, partsOf } from '../harness/verdict.ts';
import { worldOf, type ScenarioWorld } from '../harness/worlds.ts';
import { controllerOf, scenarioOfProcesses } from './measure.ts';
import { dispose, endpoints, helm, install, patience, podsOf, rolledOut, uninstall } from './release.ts';

const release = 'pca-issuer';

describe('install', { concurrency: 1 }, () => {
  let world: ScenarioWorld;
  before(async () => void (world = await worldOf('node')));
  after(() => dispose(world, release));

  scenario('the chart with its default values brings a cacerts that istiod takes, in a namespace that enforces restricted', 'node', async (s) => {
    const startMs = performance.now();
    await install(s.world, release, { env: endpoints(s.world) });
    const readyMs = performance.now() - startMs;
    const arn = await s.subordinate();
    await putKeys(s, 'aws');
    await s.certificate('cacerts', cacertsSpec(await s.clusterIssuer(arn, secretRef(s, 'aws'))));
    const secret = await s.secretOf('cacerts');
    const issuedMs = performance.now() - startMs;
    await assertIstioCa(secret);
    assert.equal(partsOf(secret).chainLength, 2);
    await assertOnce(s, arn);
    await assertNoWarnings(s);
    console.log(`helm install: Ready after ${(readyMs / 1000).toFixed(1)} s, the first certificate after ${(issuedMs / 1000).toFixed(1)} s`);
    assert.ok(issuedMs < allowedMs(40_000), `${issuedMs} ms`);
  });

  scenarioOfProcesses('a container is Ready within two seconds of its start', 'node', async (s) => {
    // The best of three: what else a machine does in such a second says nothing of us.
    const tookMs: number[] = [];
    while (tookMs.length < 3 && !(Math.min(...tookMs) < 2_000)) tookMs.push(await startToReady(s));
    console.log(`container start to Ready, as the API server tells it: ${tookMs.map(Math.round).join(', ')} ms`);
    assert.ok(Math.min(...tookMs) < allowedMs(2_000), `${tookMs.join()} ms`);
  });

  test('helm test finds a leader through the Service', async () => {
    assert.match(await helm(world, 'test', release, '--namespace', release, ...patience), /Phase:\s+Succeeded/);
  });

  scenario('an upgrade and its rollback leave issuers alone and serve in between', 'node', async (s) => {
    const arn = await s.subordinate();
    await putKeys(s, 'aws');
    const issuer = await s.clusterIssuer(arn, secretRef(s, 'aws'));
    await install(s.world, release, { env: endpoints(s.world), logLevel: 'debug' });
    assert.ok((await argumentsOf(s.world)).includes('--log-level=debug'));
    await s.certificate('between', { ...cacertsSpec(issuer), secretName: 'between' });
    await assertIstioCa(await s.secretOf('between'));
    await helm(s.world, 'rollback', release, '1', '--namespace', release, '--wait', ...patience);
    await rolledOut(s.world, release);
    assert.ok((await argumentsOf(s.world)).includes('--log-level=info'));
    await s.certificate('after', { ...cacertsSpec(issuer), secretName: 'after' });
    await assertIstioCa(await s.secretOf('after'));
    await assertOnce(s, arn);
  });

  scenario('uninstalling leaves issuers and CRDs', 'node', async (s) => {
    const arn = await s.subordinate();
    const { name } = await s.clusterIssuer(arn);
    await uninstall(s.world, release);
    assert.deepEqual(await podsOf(s.world, release), []);
    assert.equal((await s.api.get({ apiVersion: ours, kind: 'AWSPCAClusterIssuer', name }))?.['spec'].arn, arn);
    for (const crd of ['awspcaissuers', 'awspcaclusterissuers']) {
      assert.ok(await s.api.get({ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', name: `${crd}.awspca.cert-manager.io` }), crd);
    }
  });
});

/** Takes one pod away. @returns how long after its start the container of the next one is Ready, in milliseconds. */
async function startToReady({ api, world }: Scenario): Promise<number> {
  const former = await podsOf(world, release);
  await api.remove({ apiVersion: 'v1', kind: 'Pod', namespace: release, name: former[0]?.metadata.name });
  const isNew = ({ metadata }: ApiObject): boolean => former.every((each) => each.metadata.uid !== metadata.uid);
  const pod = await api.waitFor({ apiVersion: 'v1', kind: 'Pod', namespace: release }, (each) => isNew(each) && hasCondition(each, 'Ready'), { what: 'another pod to be Ready' });
  const tookMs = Date.now() - controllerOf(pod).startedAtMs;
  await rolledOut(world, release);
  return tookMs;
}

/** With which arguments the first of the pods runs. */
async function argumentsOf(world: ScenarioWorld): Promise<readonly string[]> {
  const [pod] = await podsOf(world, release);
  const { containers } = (pod?.['spec'] ?? { containers: [] }) as { readonly containers: readonly { readonly args: readonly string[] }[] };
  return containers[0]?.args ?? [];
}

/**
 * Nothing that somebody who has just installed us would have to look into: no Warning about our pods, or in the namespace of the Certificate. But
 * kubelet may ask for the first time in the 0.15 s before the port is open, and may mount before it has seen the namespace's own ConfigMap; on a
 * busy machine an answer may come late, and two writers may meet. They try again by themselves, and say so in an Event.
 */
const isOfKubernetes = /Startup probe failed:.*connection refused|Unhealthy: .*(context deadline exceeded|Client\.Timeout)|FailedMount: .*(kube-root-ca\.crt|timed out waiting)|FailedToUpdateEndpoint.*object has been modified/;

async function assertNoWarnings({ api, namespace }: Scenario): Promise<void> {
  const events = await Promise.all([release, namespace].map((each) => api.list({ apiVersion: 'v1', kind: 'Event', namespace: each }, { fieldSelector: 'type=Warning' })));
  const told = events.flat().map(({ involvedObject, reason, message }) => `${involvedObject.kind} ${involvedObject.name}: ${reason}: ${message}`);
  const early = told.filter((each) => isOfKubernetes.test(each));
  console.log(`Warnings after helm install and a certificate: ${told.length}, of a kubelet that came too soon and the like: ${early.length}`);
  assert.deepEqual(told.filter((each) => !early.includes(each)), []);
}
