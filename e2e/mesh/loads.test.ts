// Three Secrets that istiod takes without a word, and on which no mesh runs: only who issues them can keep them away (negatives.test.ts).
import assert from 'node:assert/strict';
import { tookSecret } from '../../hack/control-plane/istiod.ts';
import { shakeHands } from '../../hack/control-plane/mesh/handshake.ts';
import { makeCertificate, type TestCertificate } from '../../src/pki/test-certificates.ts';
import { meshScenario, type Party } from './stage.ts';

const root = makeCertificate({ subject: 'root', isCA: true });
const subordinate = (name: string, changes: Parameters<typeof makeCertificate>[0] = {}): TestCertificate => makeCertificate({ subject: name, isCA: true, issuer: root, ...changes });

/** Writes a cacerts as somebody without us could, with a new intermediate below the CA, and starts istiod on it. */
async function startOn(party: Party, issuer: TestCertificate, anchor: TestCertificate): Promise<void> {
  const intermediate = makeCertificate({ subject: `cluster-${party.name}.istio-ca`, isCA: true, pathLength: 0, issuer });
  const stringData = {
    'tls.crt': intermediate.pem + (anchor === issuer ? '' : issuer.pem),
    'tls.key': intermediate.key.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    'ca.crt': anchor.pem,
  };
  await party.api.apply({ apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/tls', metadata: { namespace: party.namespace, name: 'cacerts' }, stringData });
  const istiod = await party.startIstiod();
  await istiod.waitForLog(tookSecret);
}

meshScenario('an issuing CA of path length 0: istiod loads, and no workload accepts its certificate, so that none gets one of its own', async ({ a }) => {
  await startOn(a, subordinate('subordinate', { pathLength: 0 }), root);
  await assert.rejects(a.sidecar('checkout'), /path length constraint exceeded/);
});

meshScenario('an issuing CA whose name constraints leave the trust domain out: istiod loads and signs, and every peer refuses', async ({ a }) => {
  await startOn(a, subordinate('subordinate', { nameConstraints: { permittedUris: ['other.domain'] } }), root);
  const [checkout, cart] = [await a.sidecar('checkout'), await a.sidecar('cart')];
  assert.match((await shakeHands(checkout.credentials, cart.credentials)) ?? '', /permitted subtree violation|PERMITTED_VIOLATION/);
});

meshScenario('the subordinate as root: all is well within each cluster, and clusters of different subordinates refuse each other', async ({ a, b }) => {
  const [west, east] = [subordinate('west', { pathLength: 1 }), subordinate('east', { pathLength: 1 })];
  await Promise.all([startOn(a, west, west), startOn(b, east, east)]);
  const [checkout, cart, payments, ledger] = await Promise.all([a.sidecar('checkout'), a.sidecar('cart'), b.sidecar('payments'), b.sidecar('ledger')]);
  for (const [one, other] of [[checkout, cart], [payments, ledger]] as const) assert.equal(await shakeHands(one.credentials, other.credentials), undefined);
  for (const [one, other] of [[checkout, payments], [payments, checkout]] as const) assert.match((await shakeHands(one.credentials, other.credentials)) ?? '', /unable to (?:get|verify)|UNABLE_TO_/i);
});
