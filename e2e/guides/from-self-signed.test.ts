// docs/guides/from-self-signed.md, typed as it stands, there and all the way back, while workloads talk.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { textOf } from '../../hack/control-plane/api/secret-data.ts';
import { tookSecret } from '../../hack/control-plane/istiod.ts';
import { shakeHands } from '../../hack/control-plane/mesh/handshake.ts';
import type { Sidecar } from '../../hack/control-plane/mesh/sidecar.ts';
import { assertIstioCa } from '../harness/verdict.ts';
import { cacertsOf, handedOut, installIstio } from './mesh-before.ts';
import { followRenewals, readersArn, startWorkload, talk } from './mesh.ts';
import { runGuide } from './run-guide.ts';
import { openGuideStage, type Cluster } from './stage.ts';

test('two meshes on roots of their own come under one of AWS by the guide, and back, and no handshake fails', { timeout: 600_000 }, async () => {
  await using stage = await openGuideStage('own-root');
  const { a, b } = stage;
  const { mesh } = await stage.hierarchy('company');
  await Promise.all((['a', 'b'] as const).map((name) => installIstio(stage, name)));
  for (const each of [a, b]) await each.deployment().istiod().waitForLog('Use self-signed certificate as the CA certificate');
  const [checkout, cart, payments] = [await startWorkload(a, 'a/checkout'), await startWorkload(a, 'a/cart'), await startWorkload(b, 'b/payments')];
  const ownSigners = [checkout.signer, payments.signer];
  assert.notEqual(await shakeHands(payments.credentials, checkout.credentials), undefined, 'they are strangers');
  await using inside = talk([checkout, cart]);
  await using ends = new AsyncDisposableStack();
  let between: ReturnType<typeof talk> | undefined;
  const renewals = followRenewals([a, b]);
  const states: string[] = [];
  /** As Pods that are started again, one after the other. */
  const restarted = async () => {
    for (const each of [checkout, cart, payments]) {
      await each.refresh();
      await inside.round();
      await between?.round();
    }
    states.push(`${ownSigners.includes(checkout.signer) && ownSigners.includes(payments.signer) ? 'own' : 'AWS'} ${rootsOf(checkout)} ${rootsOf(payments)}`);
  };
  const skipped = await runGuide({
    guide: 'from-self-signed.md',
    environment: stage.environment,
    facts: { ...stage.facts, [readersArn]: mesh, 'ISTIO_VERSION=1.31.0': 'ISTIO_VERSION=1.0.0' },
    instead: async (_need, command) => {
      if (!command.includes('-n shop rollout restart')) return;
      await restarted();
      between ??= ends.use(talk([checkout, payments]));
    },
    after: async (command) => {
      const has = (text: string) => command.includes(text);
      if (has('helm repo add')) for (const each of [a, b]) await each.deployment().istiod().waitForLog(tookSecret);
      if (has('ManuallyTriggered') || has('"secretName"')) await renewals.taken();
      if (has('ManuallyTriggered') || has('"secretName": "cacerts"}')) for (const each of [a, b]) await assertIstioCa(await cacertsOf(each));
      if (has("'{.status.revision}'=3")) await restarted(); // the page leaves this one to time
      if (has('delete certificate/cacerts')) await onTheirOwn();
    },
  });

  /** The way back has been gone to its end. */
  async function onTheirOwn(): Promise<void> {
    assert.deepEqual((await between?.stop())?.failures, []);
    between = undefined;
    for (const each of [a, b]) await handedOut(each, await ownRoot(each));
    await restarted();
    assert.notEqual(await shakeHands(payments.credentials, checkout.credentials), undefined, 'they are strangers again');
  }
  assert.equal(skipped.length, 6);
  assert.deepEqual(states, ['own 3 3', 'AWS 3 3', 'AWS 1 1', 'AWS 3 3', 'own 3 3', 'own 1 1']);
  const { failures, handshakes } = await inside.stop();
  assert.deepEqual(failures, []);
  assert.ok(handshakes > 50);
});

const rootsOf = ({ credentials }: Sidecar): number => credentials.rootsPem.split('-----BEGIN CERTIFICATE-----').length - 1;

async function ownRoot({ api }: Cluster): Promise<string> {
  const secret = (await api.get({ apiVersion: 'v1', kind: 'Secret', namespace: 'istio-system', name: 'istio-ca-secret' })) ?? assert.fail('istiod has no root of its own');
  return textOf(secret, 'ca-cert.pem');
}
