// docs/guides/compromised-cluster.md, typed as it stands by the person on call: what holds at each step, and whom it touches.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tookRenewal, tookSecret } from '../../hack/control-plane/istiod.ts';
import { shakeHands } from '../../hack/control-plane/mesh/handshake.ts';
import { checking } from '../../hack/control-plane/mesh/revocation-lists.ts';
import { keepTalking } from '../../hack/control-plane/mesh/traffic.ts';
import type { Sidecar } from '../../hack/control-plane/mesh/sidecar.ts';
import { account, region, secondRoleArn } from '../../hack/world/trust.ts';
import { certManager, readyOf } from '../harness/scenario.ts';
import { assertIstioCa } from '../harness/verdict.ts';
import { cacertsOf, restartIstiod } from './mesh-before.ts';
import { readersArn, startMesh, startWorkload } from './mesh.ts';
import { runGuide } from './run-guide.ts';
import { openGuideStage, type Cluster } from './stage.ts';

/** A Certificate for another intermediate, as whoever rules the cluster would order it. */
async function orderAnother({ api }: Cluster): Promise<string> {
  const { spec } = (await api.get({ apiVersion: certManager, kind: 'Certificate', namespace: 'istio-system', name: 'cacerts' })) ?? assert.fail('there is no Certificate');
  const metadata = { namespace: 'istio-system', name: 'another' };
  await api.create({ apiVersion: certManager, kind: 'Certificate', metadata, spec: { ...(spec as object), secretName: 'another' } });
  const where = { apiVersion: certManager, kind: 'CertificateRequest', namespace: 'istio-system', name: 'another-1' };
  const request = await api.waitFor(where, (object) => readyOf(object)?.reason === 'Pending', { what: 'the request to wait' });
  await api.remove({ apiVersion: certManager, kind: 'Certificate', ...metadata });
  await api.waitForGone(where); // left to the garbage collector it might still be there when b may ask again, and be signed
  return readyOf(request)?.message ?? '';
}

const talk = async (...sidecars: readonly Sidecar[]) => assert.deepEqual((await keepTalking(sidecars).stop()).failures, []);

test('a compromised cluster is frozen, revoked and given another key by the guide, and lists refuse what the stolen key signed', { timeout: 600_000 }, async () => {
  await using stage = await openGuideStage('theft');
  const { a, b, emulator } = stage;
  const key = { keyAlgorithm: 'EC_prime256v1', revocationConfiguration: { CrlConfiguration: { Enabled: true, ExpirationInDays: 7, CustomCname: new URL(emulator.url).host } } } as const;
  const { authorities } = await emulator.createHierarchy({ name: 'company', account, region, tiers: [{ name: 'root', ...key }, { name: 'mesh', ...key }] });
  const mesh = authorities[1]?.arn ?? '';
  await startMesh(stage, mesh);
  for (const name of ['istio-remote-secret-b', 'istio-reader-service-account-istio-remote-secret-token']) await a.api.create({ apiVersion: 'v1', kind: 'Secret', metadata: { namespace: 'istio-system', name } });
  const [checkout, cart, payments] = await Promise.all([startWorkload(a, 'a/checkout'), startWorkload(a, 'a/cart'), startWorkload(b, 'b/payments')]);
  const [stolen, untouched, former] = [payments.credentials, await cacertsOf(a), await cacertsOf(b)];
  const { accessKeyId, secretAccessKey } = await emulator.createAccessKey({ account, user: 'on-call' });
  const issued = async () => (await emulator.journal({ ca: mesh })).counters.certificatesIssued;
  const seen: string[] = [];

  const after: Record<string, () => Promise<void>> = {
    '"caNamespaces":[]': async () => {
      const message = await orderAnother(b);
      assert.match(message, /caNamespaces|explicit deny|not Ready/);
      assert.equal(await issued(), 2);
    },
    '--yes | tee': async () => {
      const { entries } = await emulator.journal({ ca: mesh });
      assert.deepEqual(entries.filter(({ operation }) => operation === 'RevokeCertificate').map(({ outcome, caller }) => [outcome, caller]), [['ok', `arn:aws:iam::${account}:user/on-call`]]);
      await restartIstiod(stage, 'b');
      await payments.refresh(); // its istiod goes on signing, and starts with what is revoked
      await talk(checkout, cart, payments);
    },
    '--renew --yes': async () => {
      await b.deployment().istiod().waitForLog(tookRenewal);
      await assertIstioCa(await cacertsOf(b), { renewedFrom: former });
      await payments.refresh();
      await talk(checkout, cart, payments);
      assert.equal(b.deployment().starts, 2, 'it has taken the new one without a restart');
      assert.deepEqual((await cacertsOf(a))['data'], untouched['data'], 'the other cluster has not changed');
      assert.equal(await shakeHands(checkout.credentials, stolen), undefined, 'without lists the thief is let in');
    },
    'configmap istio-ca-crl': async () => {
      assert.equal(a.deployment().starts, 1);
      const { data } = await a.api.waitFor({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', name: 'istio-ca-crl' }, () => true);
      const lists = ((data as Record<string, string>)['ca-crl.pem'] ?? '').match(/-----BEGIN X509 CRL-----[\s\S]+?-----END X509 CRL-----\n/g) ?? [];
      await checkout.refresh();
      const [first, second] = [checking(checkout, lists), checking(cart, lists)];
      await talk(first, second, payments);
      assert.match((await shakeHands(first.credentials, stolen)) ?? '', /^server: CERT_REVOKED/);
      assert.match((await shakeHands(stolen, first.credentials)) ?? '', /revoked/i);
    },
    'delete secret mesh-ca': async () => {
      await a.api.waitFor({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', name: 'istio-ca-crl' }, ({ data }) => (data as Record<string, string>)['ca-crl.pem'] === '', { what: 'the lists to go' });
      await a.deployment().istiod().waitForLog(tookSecret);
      await assertIstioCa(await cacertsOf(a), { renewedFrom: untouched });
      await checkout.refresh();
      await talk(checkout, payments);
    },
  };
  const role = { id: 'frozen', effect: 'deny', principal: secondRoleArn } as const;
  const skipped = await runGuide({
    guide: 'compromised-cluster.md',
    environment: { ...stage.environment, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_ENDPOINT_URL: emulator.url, AWS_REGION: region },
    facts: { ...stage.facts, [readersArn]: mesh },
    after: async (command) => {
      for (const [words, check] of Object.entries(after)) {
        if (!command.includes(words)) continue;
        await check();
        seen.push(words);
      }
    },
    instead: async (_need, command) => {
      if (command.includes('put-role-policy')) await emulator.addPermission(role);
      if (command.includes('delete-role-policy')) await emulator.clearPermissions(role.id);
    },
  });
  assert.deepEqual([skipped.length, seen], [6, Object.keys(after)]);
  assert.equal(await issued(), 5, 'two at first, one for b, and two in a for the lists and back');
});
