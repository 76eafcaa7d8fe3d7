// What Argo CD and Flux make of our issuers, by config/gitops and by the libraries that the two run it in.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseManifests, type ApiObject } from '../../hack/control-plane/api/objects.ts';
import { askProgram } from '../../hack/control-plane/ask-program.ts';
import { issuerSays } from '../harness/identities.ts';
import { ours, scenario, type Scenario } from '../harness/scenario.ts';

const folder = path.join(import.meta.dirname, '../../config/gitops');
const read = (file: string): ApiObject => parseManifests(readFileSync(path.join(folder, file), 'utf8'))[0] ?? assert.fail(file);

const scripts = read('argocd-health.yaml')['data'] as Readonly<Record<string, string>>;
const expressions = read('flux-health.yaml')['spec'].healthCheckExprs as readonly { readonly apiVersion: string; readonly kind: string; readonly current: string }[];

const kinds = ['AWSPCAClusterIssuer', 'AWSPCAIssuer'] as const;

async function verdictsOn(kind: string, objects: readonly ApiObject[]): Promise<readonly string[]> {
  const { apiVersion, kind: _, ...flux } = expressions.find((each) => each.kind === kind) ?? assert.fail(`Flux is told nothing of ${kind}`);
  assert.equal(apiVersion, ours);
  const script = scripts[`resource.customizations.health.awspca.cert-manager.io_${kind}`] ?? assert.fail(`Argo CD is told nothing of ${kind}`);
  const verdicts = (await askProgram('gitops', { script, expressions: flux, objects })) as readonly { readonly argo: string; readonly flux: string; readonly message: string }[];
  return verdicts.map((verdict) => `${verdict.argo} ${verdict.flux} ${verdict.message}`);
}

async function issuerOf(s: Scenario, kind: string): Promise<ApiObject> {
  const where = kind === 'AWSPCAIssuer' ? { namespace: s.namespace, name: 'issuer' } : { name: s.namespace };
  return (await s.api.get({ apiVersion: ours, kind, ...where })) ?? assert.fail(`the ${kind} is not there`);
}

scenario('Argo CD and Flux wait for an issuer, take it for healthy once Ready, and wait again after an edit', 'approving', async (s) => {
  const arn = await s.subordinate();
  const make = { AWSPCAClusterIssuer: (which: string) => s.clusterIssuer(which), AWSPCAIssuer: (which: string) => s.issuer(which, { role: 'arn:aws:iam::123456789012:role/none' }) };
  for (const kind of kinds) {
    await make[kind]('arn:aws:acm-pca:eu-central-1:no');
    await issuerSays(s, kind, 'False', 'Validation');
    const refused = await issuerOf(s, kind);
    const fresh = { ...refused, status: undefined };
    const [before, broken] = await verdictsOn(kind, [fresh, refused]);
    assert.equal(before, 'Progressing Unknown not checked yet', kind);
    assert.match(broken ?? '', /^Degraded InProgress Validation: /, kind);
  }
  await s.clusterIssuer(arn);
  await issuerSays(s, 'AWSPCAClusterIssuer', 'True', 'Verified');
  const ready = await issuerOf(s, 'AWSPCAClusterIssuer');
  const edited = { ...ready, metadata: { ...ready.metadata, generation: (ready.metadata.generation ?? 0) + 1 } };
  assert.deepEqual(await verdictsOn('AWSPCAClusterIssuer', [ready, edited]), ['Healthy Current Verified: Issuer verified', 'Progressing InProgress not checked yet']);
});
