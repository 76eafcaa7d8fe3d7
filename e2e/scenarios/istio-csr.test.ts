// istio-csr, as a double of it asks: it starts on an issuer of ours, changes it at run time, and hears at once of what cannot be signed.
// Its load is in istio-csr-rate.test.ts.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { decode } from '../../hack/control-plane/api/secret-data.ts';
import { shakeHands } from '../../hack/control-plane/mesh/handshake.ts';
import { putKeys, secretRef } from '../harness/identities.ts';
import { runtimeConfiguration, startIstioCsr } from '../harness/istio-csr.ts';
import { allowedMs } from '../harness/replicas.ts';
import { certManager, readyOf, scenario, type IssuerRef, type Scenario } from '../harness/scenario.ts';
import { startTraffic } from '../harness/traffic.ts';
import { assertRequestLeaf } from '../harness/verdict.ts';

const key = { keyAlgorithm: 'EC_prime256v1' } as const;
const identity = 'spiffe://cluster.local/ns/payments/sa/checkout';

const configMapOf = ({ namespace }: Scenario) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: runtimeConfiguration, namespace } });

/** What `kubectl apply` of the guide's ConfigMap does. */
async function choose(s: Scenario, { name, kind, group }: IssuerRef): Promise<void> {
  await s.api.apply({ ...configMapOf(s), data: { 'issuer-name': name, 'issuer-kind': kind, 'issuer-group': group } });
}

describe('istio-csr', { concurrency: 2 }, () => {
  scenario('its issuer is changed while workloads ask without a pause: none is refused, and the next leaf comes from the other CA', 'approving', async (s) => {
    const [, regional = '', issuing = ''] = await s.hierarchy([{ name: 'root', ...key }, { name: 'regional', ...key }, { name: 'issuing', ...key }]);
    await putKeys(s, 'keys');
    const first = await s.clusterIssuer(regional);
    const second = await s.issuer(issuing, secretRef(s, 'keys'));
    await using istioCsr = await startIstioCsr(s, first);
    const before = await istioCsr.sign({ identity });
    // Certificate, root and condition arrive in one write: istio-csr looks only once.
    assert.equal(readyOf(before.request)?.reason, 'Issued');
    assert.equal(decode(before.request['status'].ca as string), istioCsr.roots);
    await assertRequestLeaf(before.request, { names: [identity], extendedKeyUsages: ['client auth', 'server auth'] });

    await using traffic = startTraffic(3, async () => (await istioCsr.sign({ identity })).chain[1]?.subject ?? '');
    await traffic.allMeet(before.chain[1]?.subject ?? '');
    await choose(s, second);
    await istioCsr.follows(second);
    const after = await istioCsr.sign({ identity });
    await assertRequestLeaf(after.request, { names: [identity], extendedKeyUsages: ['client auth', 'server auth'] });
    // The other CA stands below the first one, and the root stays.
    assert.deepEqual([before.chain.length, after.chain.length], [2, 3]);
    assert.equal(after.chain[2]?.fingerprint256, before.chain[1]?.fingerprint256);
    assert.equal(await shakeHands(before.credentials, after.credentials), undefined);
    assert.equal(await shakeHands(after.credentials, before.credentials), undefined);
    await traffic.allMeet(after.chain[1]?.subject ?? '');
    const { times, failures } = await traffic.stop();
    assert.deepEqual(failures, []);
    console.log(`istio-csr: ${times} leaves while its issuer was changed, none refused`);

    await s.api.remove({ ...configMapOf(s).metadata, apiVersion: 'v1', kind: 'ConfigMap' });
    await istioCsr.follows(first);
    assert.equal((await istioCsr.sign({ identity })).chain.length, 2);
  });

  scenario('what AWS can never sign is refused at once, in words that name the cause, and leaves nothing behind', 'approving', async (s) => {
    const issuerRef = await s.clusterIssuer(await s.subordinate());
    await using istioCsr = await startIstioCsr(s, issuerRef);
    const sinceMs = performance.now();
    await assert.rejects(istioCsr.sign({ identity, isSanCritical: false }), /critical/);
    const seconds = (performance.now() - sinceMs) / 1_000;
    assert.ok(seconds < allowedMs(10_000) / 1_000, `it took ${seconds.toFixed(1)} s`);
    await s.api.waitForGone({ apiVersion: certManager, kind: 'CertificateRequest', namespace: s.namespace });
  });
});
