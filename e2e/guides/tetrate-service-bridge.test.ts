// docs/guides/tetrate-service-bridge.md, typed as it stands: where TSB would install istiod, Istio's own chart does.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tookSecret } from '../../hack/control-plane/istiod.ts';
import { shakeHands } from '../../hack/control-plane/mesh/handshake.ts';
import { keepTalking } from '../../hack/control-plane/mesh/traffic.ts';
import { assertIstioCa } from '../harness/verdict.ts';
import { startWorkload } from './mesh.ts';
import { cacertsOf, handedOut, installIstio } from './mesh-before.ts';
import { runGuide } from './run-guide.ts';
import { openGuideStage } from './stage.ts';

test('a new cluster and one with Istio on its own root become one mesh by the guide of Tetrate Service Bridge, and one goes back', { timeout: 600_000 }, async () => {
  await using stage = await openGuideStage('tsb');
  const { mesh } = await stage.hierarchy('company');
  await installIstio(stage, 'b');
  const b = await startWorkload(stage.b, 'b/default');
  const [ownSigner, former] = [b.signer, b.credentials];
  const seen: string[] = [];
  const skipped = await runGuide({
    guide: 'tetrate-service-bridge.md',
    environment: stage.environment,
    facts: { ...stage.facts, 'arn:aws:acm-pca:eu-central-1:111122223333:certificate-authority/11111111-2222-3333-4444-555555555555': mesh },
    instead: async (_need, command) => {
      if (!command.includes('--context a ')) return;
      await installIstio(stage, 'a');
      await stage.a.deployment().istiod().waitForLog(tookSecret);
      await handedOut(stage.a);
      await b.refresh();
      assert.equal(b.signer, ownSigner, 'an istiod that started without cacerts does not see it');
      seen.push('onboarded');
    },
    after: async (command) => {
      if (command.includes('delete certificate/cacerts')) {
        await handedOut(stage.b, former.rootsPem);
        await b.refresh();
        assert.equal(b.signer, ownSigner);
        seen.push('rollback');
      } else if (command.includes('rollout restart')) {
        await stage.b.deployment().istiod().waitForLog(tookSecret);
        await handedOut(stage.b);
        await b.refresh();
        const a = await startWorkload(stage.a, 'a/default');
        assert.deepEqual((await keepTalking([a, b]).stop()).failures, []);
        assert.notEqual(await shakeHands(a.credentials, former), undefined, 'which is why workloads are restarted');
        for (const each of [stage.a, stage.b]) await assertIstioCa(await cacertsOf(each));
        seen.push('restart');
      }
    },
  });
  assert.deepEqual([skipped.length, seen], [4, ['onboarded', 'restart', 'rollback']]);
  assert.equal((await stage.emulator.journal({ ca: mesh })).counters.certificatesIssued, 2);
});
