// helm install with default values, on a node that enforces what production does: is the main job done then, and how soon?
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { hasCondition } from '../../hack/control-plane/api.ts';
import { putKeys, secretRef } from '../harness/identities.ts';
import { allowedMs } from '../harness/replicas.ts';
import { assertOnce, cacertsSpec, ours, scenario, type Scenario } from '../harness/scenario.ts';
import { assertIstioCa, partsOf } from '../harness/verdict.ts';
import { worldOf, type ScenarioWorld } from '../harness/worlds.ts';
import { controllerOf, scenarioOfProcesses } from './measure.ts';
import { dispose, endpoints, helm, install, podsOf, uninstall } from './release.ts';

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
    const secret = await s.secretOf('cacerts', 60_000);
    const issuedMs = performance.now() - startMs;
    await assertIstioCa(secret);
    assert.equal(partsOf(secret).chainLength, 2);
    await assertOnce(s, arn);
    await assertNoWarnings(s);
    console.log(`helm install: Ready after ${(readyMs / 1000).toFixed(1)} s, the first certificate after ${(issuedMs / 1000).toFixed(1)} s`);
    assert.ok(issuedMs < allowedMs(40_000), `${issuedMs} ms`);
  });

  scenarioOfProcesses('a container is Ready within two seconds of its start', 'node', async (s) => {
    const [old] = await podsOf(s.world, release);
    await s.api.remove({ apiVersion: 'v1', kind: 'Pod', namespace: release, name: old?.metadata.name });
    const pod = await s.api.waitFor(
      { apiVersion: 'v1', kind: 'Pod', namespace: release },
      (each) => hasCondition(each, 'Ready') && Date.parse(each.metadata['creationTimestamp'] as string) > Date.parse(old?.metadata['creationTimestamp'] as string),
      { what: 'another pod to be Ready' },
    );
    const tookMs = Date.now() - controllerOf(pod).startedAtMs;
    console.log(`container start to Ready, as the API server tells it: ${Math.round(tookMs)} ms`);
    assert.ok(tookMs < allowedMs(2_000), `${tookMs} ms`);
  });

  test('helm test finds a leader through the Service', async () => {
    assert.match(await helm(world, 'test', release, '--namespace', release, '--timeout', '60s'), /Phase:\s+Succeeded/);
  });

  scenario('an upgrade and its rollback leave issuers alone and serve in between', 'node', async (s) => {
    const arn = await s.subordinate();
    await putKeys(s, 'aws');
    const issuer = await s.clusterIssuer(arn, secretRef(s, 'aws'));
    await install(s.world, release, { env: endpoints(s.world), logLevel: 'debug' });
    assert.ok((await argumentsOf(s.world)).includes('--log-level=debug'));
    await s.certificate('between', { ...cacertsSpec(issuer), secretName: 'between' });
    await assertIstioCa(await s.secretOf('between', 60_000));
    await helm(s.world, 'rollback', release, '1', '--namespace', release, '--wait', '--timeout', '90s');
    assert.ok((await argumentsOf(s.world)).includes('--log-level=info'));
    await s.certificate('after', { ...cacertsSpec(issuer), secretName: 'after' });
    await assertIstioCa(await s.secretOf('after', 60_000));
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

/** With which arguments the first of the pods runs. */
async function argumentsOf(world: ScenarioWorld): Promise<readonly string[]> {
  const [pod] = await podsOf(world, release);
  const { containers } = (pod?.['spec'] ?? { containers: [] }) as { readonly containers: readonly { readonly args: readonly string[] }[] };
  return containers[0]?.args ?? [];
}

/**
 * Nothing that somebody who has just installed us would have to look into: no Warning about our pods, or in the namespace of the Certificate. But
 * kubelet may ask for the first time in the 0.15 s before the port is open, and may mount before it has seen the namespace's own ConfigMap; it tries
 * again by itself, and says so in an Event.
 */
async function assertNoWarnings({ api, namespace }: Scenario): Promise<void> {
  const events = await Promise.all([release, namespace].map((each) => api.list({ apiVersion: 'v1', kind: 'Event', namespace: each }, { fieldSelector: 'type=Warning' })));
  const told = events.flat().map(({ involvedObject, reason, message }) => `${involvedObject.kind} ${involvedObject.name}: ${reason}: ${message}`);
  const early = told.filter((each) => /Startup probe failed:.*connection refused|FailedMount:.*kube-root-ca\.crt/.test(each));
  console.log(`Warnings after helm install and a certificate: ${told.length}, of a kubelet that came too soon: ${early.length}`);
  assert.deepEqual(told.filter((each) => !early.includes(each)), []);
}
