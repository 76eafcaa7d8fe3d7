// What the chart renders: every values file of config/chart/cases gives objects that a real API server admits.
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, test } from 'node:test';
import type { Api } from '../../hack/control-plane/api.ts';
import { ApiError } from '../../hack/control-plane/api/api-error.ts';
import { readManifests, type ApiObject } from '../../hack/control-plane/api/objects.ts';
import { caseNames, casesFolder } from '../../hack/generate/chart-cases.ts';
import { makeRenderer } from '../../hack/generate/render-chart.ts';
import { leaveWorlds, worldOf } from '../harness/worlds.ts';

const root = path.join(import.meta.dirname, '../..');
const names = ['default', ...await caseNames(root)];
const renderer = await makeRenderer(root);
const valuesFileOf = (name: string) => (name === 'default' ? {} : { valuesFile: path.join(root, casesFolder, `${name}.yaml`) });

after(async () => {
  await renderer.close();
  await leaveWorlds();
});

/** The namespace with its ServiceAccount, without which no pod is admitted. */
async function makeNamespace(api: Api, name: string, labels: Readonly<Record<string, string>> = {}): Promise<void> {
  await api.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } });
  await api.waitFor({ apiVersion: 'v1', kind: 'ServiceAccount', namespace: name, name: 'default' }, () => true);
}

test('each rendering is admitted by the API server, to the last field', async (t) => {
  const { api } = await worldOf('approving');
  await api.apply(await readManifests(path.join(root, 'e2e/fixtures/prometheus-operator.yaml')));
  await makeNamespace(api, 'chart-cases');
  for (const name of names) {
    await t.test(name, async () => {
      const { objects } = await renderer.render({ ...valuesFileOf(name), namespace: 'chart-cases' });
      assert.ok(objects.length > 0);
      for (const namespace of new Set(objects.flatMap(({ metadata }) => metadata.namespace ?? []))) {
        if (namespace !== 'chart-cases') await api.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
      }
      await Promise.all(objects.map(async (object) => {
        const where = await api.pathOf({ ...object.metadata, apiVersion: object.apiVersion, kind: object.kind });
        await api.request({ method: 'PATCH', path: `${where}?dryRun=All&fieldManager=chart&force=true&fieldValidation=Strict`, body: object, contentType: 'application/apply-patch+yaml' });
      }));
    });
  }
});

test('its pods pass Pod Security "restricted", but for those whose values give that up', async () => {
  const { api } = await worldOf('approving');
  const namespace = 'chart-restricted';
  await makeNamespace(api, namespace, { 'pod-security.kubernetes.io/enforce': 'restricted' });
  const verdicts = await Promise.all(names.map(async (name) => {
    const { objects } = await renderer.render({ ...valuesFileOf(name), namespace });
    const pods = objects.flatMap((object) => podOf(object));
    const admitted = await Promise.all(pods.map((pod) => isAdmitted(api, namespace, pod)));
    return { name, isRestricted: admitted.every(Boolean) };
  }));
  // The network of the node; a helper without a security context; no security context at all.
  assert.deepEqual(verdicts.filter(({ isRestricted }) => !isRestricted).map(({ name }) => name), ['every-value', 'nulls', 'peer-every-key', 'pod-network']);
});

/** The pods that an object makes, under a ServiceAccount that exists. */
function podOf(object: ApiObject): readonly ApiObject[] {
  if (object.kind !== 'Pod' && object.kind !== 'Deployment') return [];
  const { metadata, spec } = object.kind === 'Pod' ? object : (object['spec'].template as ApiObject);
  return [{ apiVersion: 'v1', kind: 'Pod', metadata: { labels: metadata.labels ?? {}, generateName: 'case-' }, spec: { ...spec, serviceAccountName: 'default' } }];
}

async function isAdmitted(api: Api, namespace: string, pod: ApiObject): Promise<boolean> {
  try {
    await api.request({ method: 'POST', path: `/api/v1/namespaces/${namespace}/pods?dryRun=All&fieldValidation=Strict`, body: pod });
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.status === 403 && error.message.includes('violates PodSecurity')) return false;
    throw error;
  }
}

test('no value names a user, so that the one of the image or of the namespace counts', async () => {
  const { objects } = await renderer.render();
  assert.doesNotMatch(JSON.stringify(objects.flatMap(podOf)), /runAsUser|runAsGroup|fsGroup/);
});

test('a typo is refused by its name, however deep it stands', async () => {
  const typos = {
    replicaCounts: 'replicaCounts=3',
    tags: 'image.tags=1',
    anotations: 'serviceAccount.anotations.a=b',
    limit: 'resources.limit.memory=1Gi',
    runAsUsr: 'podSecurityContext.runAsUsr=1',
    dropp: 'securityContext.capabilities.dropp={ALL}',
    podAntiAfinity: 'affinity.podAntiAfinity.a=b',
    efect: 'tolerations[0].efect=NoSchedule',
    topologKey: 'topologySpreadConstraints[0].topologKey=zone',
    valuesFrom: 'env.A.valuesFrom.b=c',
    maxUnavailabe: 'podDisruptionBudget.maxUnavailabe=1',
    minReplica: 'autoscaling.minReplica=2',
    label: 'serviceMonitor.label.a=b',
    nam: 'issuers[0].nam=a',
    namespaces: 'serviceAccountTokens[0].namespaces=a',
    search: 'dnsConfig.search={a}',
    fom: 'networkPolicy.egress[0].fom=a',
    PcaIssuerNotReddy: 'prometheusRule.create=true,prometheusRule.disabled={PcaIssuerNotReddy}',
    'logLevel': 'logLevel=trace',
    digest: 'image.digest=sha1:1234',
    'watchNamespaces': 'watchNamespaces={Payments}',
  };
  for (const [name, value] of Object.entries(typos)) {
    await assert.rejects(renderer.render({ more: ['--set', value] }), (error: { stderr?: string }) => new RegExp(`\\b${name}\\b`).test(error.stderr ?? ''), value);
  }
});

test('the names of nothing outside the namespace of the release are fixed', async () => {
  const valuesFile = path.join(root, casesFolder, 'watch-namespaces.yaml');
  const namesIn = async (namespace: string) => {
    const { objects } = await renderer.render({ valuesFile, namespace, more: ['--set', 'crds.enabled=false,serviceAccountTokens[0].namespace=payments,serviceAccountTokens[0].name=a'] });
    return objects.filter(({ metadata }) => metadata.namespace !== namespace).map(({ kind, metadata }) => `${kind} ${metadata.namespace} ${metadata.name}`);
  };
  const [one, other] = [await namesIn('one'), new Set(await namesIn('other'))];
  assert.ok(one.length > 10);
  assert.deepEqual(one.filter((name) => other.has(name)), []);
});
