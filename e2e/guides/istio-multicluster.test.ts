// docs/guides/istio-multicluster.md, typed as it stands.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tookSecret } from '../../hack/control-plane/istiod.ts';
import { shakeHands } from '../../hack/control-plane/mesh/handshake.ts';
import { assertIstioCa } from '../harness/verdict.ts';
import { cacertsOf } from './mesh-before.ts';
import { readersArn, startWorkload } from './mesh.ts';
import { runGuide } from './run-guide.ts';
import { openGuideStage } from './stage.ts';

test('two clusters without Istio become one mesh by the guide, also for the workloads of a canary', { timeout: 600_000 }, async () => {
  await using stage = await openGuideStage('multi');
  const { a, b } = stage;
  const { mesh } = await stage.hierarchy('company');
  a.deployment('istiod-canary');
  let shaken = 0;
  const skipped = await runGuide({
    guide: 'istio-multicluster.md',
    environment: stage.environment,
    facts: { ...stage.facts, [readersArn]: mesh },
    after: async (command) => {
      if (!command.includes(' install istiod-canary')) return;
      await a.deployment('istiod-canary').istiod().waitForLog(tookSecret);
      const [checkout, search, payments] = await Promise.all([startWorkload(a, 'a/checkout'), startWorkload(a, 'a/search', 'istiod-canary'), startWorkload(b, 'b/payments')]);
      assert.equal(checkout.signer, search.signer);
      for (const [server, client] of [[checkout, payments], [payments, checkout], [search, payments], [payments, search], [search, checkout]] as const) {
        assert.equal(await shakeHands(server.credentials, client.credentials), undefined, `${client.name} -> ${server.name}`);
        shaken += 1;
      }
    },
  });
  assert.deepEqual([skipped.length, shaken], [2, 5]);
  for (const cluster of [a, b]) {
    await assertIstioCa(await cacertsOf(cluster));
    await cluster.deployment().istiod().waitForLog(tookSecret);
    assert.equal(cluster.deployment().starts, 1);
  }
  const external = await a.api.get({ apiVersion: 'v1', kind: 'Secret', namespace: 'external-istiod', name: 'cacerts' });
  await assertIstioCa(external ?? assert.fail('there is no cacerts beside the external istiod'));
});
