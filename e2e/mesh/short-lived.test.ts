// A CA that signs for seven days at most: an intermediate of a week, as the sample has it, its renewal, and what happens to one that asks for more.
import assert from 'node:assert/strict';
import path from 'node:path';
import { hasCondition } from '../../hack/control-plane/api.ts';
import { readManifests, type ApiObject, type Condition } from '../../hack/control-plane/api/objects.ts';
import { keepTalking } from '../../hack/control-plane/mesh/traffic.ts';
import { assertOnce, certManager, readyOf } from '../harness/scenario.ts';
import { assertIstioCa } from '../harness/verdict.ts';
import { assertUnbroken, meshScenario } from './stage.ts';

const sample = path.join(import.meta.dirname, '../../config/samples/short-lived-ca/certificate-cacerts.yaml');
const weekMs = 7 * 86_400_000;

meshScenario('a mesh on intermediates of a week: renewed without a failed handshake, and one of more than 168 h fails with its sentence and loses nothing', async ({ a, b }) => {
  const key = { keyAlgorithm: 'EC_prime256v1' } as const;
  const [, arn = ''] = await a.hierarchy([{ name: 'root', ...key }, { name: 'short-lived', ...key, usageMode: 'SHORT_LIVED_CERTIFICATE' }]);
  const [certificate] = await readManifests(sample);
  assert.ok(certificate !== undefined);
  const orderedMs = Math.floor(Date.now() / 1_000) * 1_000; // its request says the second
  await Promise.all([a, b].map(async (party) => {
    await party.clusterIssuer(arn);
    await party.orderCacerts({ ...certificate['spec'], commonName: `cluster-${party.name}.istio-ca`, issuerRef: party.issuerRef });
    const { leaf } = await assertIstioCa(await party.cacerts());
    const baseMs = Date.parse(leaf.notAfter) - weekMs;
    assert.ok(baseMs >= orderedMs && baseMs <= Date.now(), leaf.notAfter);
    await party.startIstiod();
  }));
  const workloads = await Promise.all([a.sidecar('checkout'), b.sidecar('payments')]);
  const [checkout] = workloads;
  await using traffic = keepTalking(workloads);

  const former = await a.cacerts();
  const renewed = await a.renew();
  await assertIstioCa(renewed, { renewedFrom: former });
  await traffic.round();
  const oldSigner = checkout?.signer;
  await checkout?.refresh();
  assert.notEqual(checkout?.signer, oldSigner);

  const where = { apiVersion: certManager, kind: 'Certificate', namespace: a.namespace, name: 'cacerts' };
  await a.api.patch(where, { spec: { duration: '169h' } });
  const requests = { apiVersion: certManager, kind: 'CertificateRequest', namespace: a.namespace };
  const failed = await a.api.waitFor(requests, (request) => readyOf(request)?.reason === 'Failed', { what: 'the request to fail' });
  assert.match(readyOf(failed)?.message ?? '', /spec\.duration is 169h, but .* is a short-lived CA, which signs for 7 days at most; ask for 168h or less/);
  const told = await a.api.waitFor(where, (object) => conditionOf(object, 'Issuing')?.reason === 'Failed', { what: 'the Certificate to say that it failed' });
  assert.match(conditionOf(told, 'Issuing')?.message ?? '', /168h or less/);
  assert.equal(failed['status'].certificate, undefined);
  const kept = await a.api.get({ apiVersion: 'v1', kind: 'Secret', namespace: a.namespace, name: 'cacerts' });
  assert.ok(kept !== undefined);
  await assertIstioCa(kept, { renewedFrom: former });
  await checkout?.refresh(); // istiod goes on with what it has
  await traffic.round();

  await a.api.patch(where, { spec: { duration: '168h' } });
  const isReadyAsItStands = (object: ApiObject) => hasCondition(object, 'Ready') && object.metadata.generation === conditionOf(object, 'Ready')?.observedGeneration;
  await a.api.waitFor(where, isReadyAsItStands, { what: 'the Certificate to be Ready again' });
  await assertIstioCa(await a.cacerts(), { renewedFrom: former });
  await assertUnbroken(traffic);
  await assertOnce(a, arn);
});

function conditionOf(object: ApiObject, type: string): Condition | undefined {
  return ((object['status']?.conditions ?? []) as readonly Condition[]).find((each) => each.type === type);
}
