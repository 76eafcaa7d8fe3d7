// CRDs that are older than the controller, as where aws-privateca-issuer's stand still: nothing is signed on what they may have dropped.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { readManifests, type ApiObject } from '../../hack/control-plane/api/objects.ts';
import { encodedCsr } from '../harness/csr.ts';
import { group, ours, readyOf, scenario, type IssuerRef, type Scenario } from '../harness/scenario.ts';
import { assertRequestLeaf } from '../harness/verdict.ts';

type Schema = { readonly properties: Record<string, Schema> };

const crds = await readManifests(join(import.meta.dirname, '../../config/crd'));

/** The CRDs as they were before these fields, the CA's facts in status among them. */
function agedCrds(): readonly ApiObject[] {
  const aged = structuredClone(crds);
  for (const crd of aged) {
    const { properties } = crd['spec'].versions[0].schema.openAPIV3Schema as Schema;
    for (const field of ['requestPolicy', 'serviceAccountRef']) delete properties['spec']?.properties[field];
    delete properties['status']?.properties['certificateAuthority'];
    crd['spec'].versions[0].additionalPrinterColumns = [];
  }
  return aged;
}

/** Applies CRDs and waits until the API server's document tells of them. The controller reads it as its chart's ServiceAccount. */
async function serve({ api }: Scenario, wanted: readonly ApiObject[], hasPolicy: boolean): Promise<void> {
  await api.apply(wanted);
  const deadline = performance.now() + 120_000;
  for (;;) {
    const { components } = await api.request<{ components: { schemas: Record<string, Schema> } }>({ path: `/openapi/v3/apis/${ours}` });
    const served = ['AWSPCAIssuer', 'AWSPCAClusterIssuer'].map((kind) => components.schemas[`io.cert-manager.awspca.v1beta1.${kind}`]?.properties['spec']?.properties['requestPolicy'] !== undefined);
    if (served.every((each) => each === hasPolicy)) return;
    if (performance.now() > deadline) throw new Error('the API server still publishes the schema of the former CRDs');
    await delay(50);
  }
}

/** As people's tools do that validate nothing: what the schema lacks is dropped, and nobody is told. */
async function createIssuers(s: Scenario, arn: string): Promise<readonly IssuerRef[]> {
  const made = await Promise.all<ApiObject>([
    s.api.create({ apiVersion: ours, kind: 'AWSPCAClusterIssuer', metadata: { name: s.namespace }, spec: { arn, requestPolicy: { namespaces: ['secret-tenant'] } } }),
    s.api.create({ apiVersion: ours, kind: 'AWSPCAIssuer', metadata: { name: 'issuer', namespace: s.namespace }, spec: { arn, role: 'arn:aws:iam::123456789012:role/mesh', serviceAccountRef: { name: 'mesh' } } }),
  ]);
  assert.deepEqual(made.map((issuer) => [issuer['spec'].requestPolicy, issuer['spec'].serviceAccountRef]), [[undefined, undefined], [undefined, undefined]]);
  return made.map(({ kind, metadata }) => ({ group, kind, name: metadata.name ?? '' }));
}

function issuerThat({ api, namespace }: Scenario, { kind, name }: IssuerRef, reason: string): Promise<ApiObject> {
  const where = { apiVersion: ours, kind, name, namespace: kind === 'AWSPCAIssuer' ? namespace : undefined };
  const says = (issuer: ApiObject): boolean => readyOf(issuer)?.reason === reason && readyOf(issuer)?.observedGeneration === issuer.metadata.generation;
  return api.waitFor(where, says, { what: `${kind} ${name} to say ${reason}` });
}

scenario('an issuer whose CRD may have dropped fields signs nothing, says which and what to do, and heals when the CRDs are ours', 'aged', async (s) => {
  const arn = await s.subordinate();
  await serve(s, agedCrds(), false);
  const [clusterWide, namespaced] = await createIssuers(s, arn);
  assert.ok(clusterWide !== undefined && namespaced !== undefined);
  await s.request('leaf', { request: encodedCsr(), issuerRef: clusterWide, duration: '24h', usages: ['server auth'] });
  for (const each of [clusterWide, namespaced]) {
    const told = readyOf(await issuerThat(s, each, 'StaleCRD'));
    assert.equal(told?.status, 'False');
    assert.match(told.message ?? '', new RegExp(`^the CRD ${each.kind.toLowerCase()}s\\.${group} is older than this version and lacks spec\\.serviceAccountRef, spec\\.requestPolicy: .*crds\\.enabled=true`));
  }
  await s.api.waitFor({ apiVersion: 'cert-manager.io/v1', kind: 'CertificateRequest', namespace: s.namespace, name: 'leaf' }, (request) => /lacks spec\.serviceAccountRef/.test(readyOf(request)?.message ?? ''));
  assert.equal(await s.issuedBy(arn), 0);
  await serve(s, crds, true);
  const ready = await issuerThat(s, clusterWide, 'Verified');
  assert.equal(ready['status'].certificateAuthority.type, 'SUBORDINATE');
  await assertRequestLeaf(await s.requestWith('leaf', 'Issued'));
  await issuerThat(s, namespaced, 'Error');
  assert.equal(await s.issuedBy(arn), 1);
});

scenario('CRDs that are replaced by older ones are noticed with the next issuer that is written, for all issuers of the kind', 'aged', async (s) => {
  const arn = await s.subordinate();
  await serve(s, crds, true);
  const clusterWide = await s.clusterIssuer(arn, { requestPolicy: { namespaces: [s.namespace] } });
  await issuerThat(s, clusterWide, 'Verified');
  await serve(s, agedCrds(), false);
  const namespaced = await s.issuer(arn);
  await issuerThat(s, namespaced, 'StaleCRD');
  const stale = await issuerThat(s, clusterWide, 'StaleCRD');
  assert.equal(stale['status'].certificateAuthority, undefined);
  await serve(s, crds, true);
  await issuerThat(s, clusterWide, 'Verified');
});
