// docs/guides/tetrate-service-express.md, typed as it stands, where a management plane has handed out intermediates of its own.
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { textOf } from '../../hack/control-plane/api/secret-data.ts';
import { tookRenewal, tookSecret } from '../../hack/control-plane/istiod.ts';
import { shakeHands } from '../../hack/control-plane/mesh/handshake.ts';
import { keepTalking } from '../../hack/control-plane/mesh/traffic.ts';
import { assertIstioCa } from '../harness/verdict.ts';
import { startWorkload } from './mesh.ts';
import { cacertsOf, classicSecrets, handedOut, installIstio } from './mesh-before.ts';
import { runGuide } from './run-guide.ts';
import { openGuideStage } from './stage.ts';

test('two clusters of Tetrate Service Express get their intermediates from AWS by the guide, and one of them goes back', { timeout: 600_000 }, async () => {
  await using stage = await openGuideStage('tse');
  const { mesh } = await stage.hierarchy('company');
  const clusters = [stage.a, stage.b];
  const planted = await classicSecrets(['a', 'b'], 'TSE');
  await Promise.all((['a', 'b'] as const).map(async (name, index) => {
    const secret = planted[index] ?? assert.fail('one for each');
    await stage[name].api.apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'istio-system' } }, secret]);
    await installIstio(stage, name);
    await handedOut(stage[name]);
  }));
  const [a, b] = await Promise.all([startWorkload(stage.a, 'a/default'), startWorkload(stage.b, 'b/default')]);
  const signers = async () => {
    await Promise.all([a.refresh(), b.refresh()]);
    return [a.signer.split(' ')[0], b.signer.split(' ')[0]];
  };
  await using oldTraffic = keepTalking([a, b]);
  const seen: string[] = [];
  const skipped = await runGuide({
    guide: 'tetrate-service-express.md',
    environment: stage.environment,
    facts: { ...stage.facts, 'arn:aws:acm-pca:eu-central-1:111122223333:certificate-authority/11111111-2222-3333-4444-555555555555': mesh },
    after: async (command, output) => {
      if (command.includes('rootSHA256')) assert.equal(new Set(output.match(/^[0-9a-f]{64}$/gm)).size, 1);
      if (command.includes('delete secret cacerts')) {
        assert.deepEqual(await signers(), ['CN=TSE', 'CN=TSE'], 'a running istiod takes no other root');
        assert.deepEqual((await oldTraffic.stop()).failures, []);
        for (const each of clusters) await assertIstioCa(await cacertsOf(each));
        seen.push('secrets');
      }
      if (command.startsWith('for cluster in a b; do kubectl --context $cluster -n istio-system rollout restart')) {
        for (const each of clusters) {
          await each.deployment().istiod().waitForLog(tookSecret);
          await handedOut(each);
        }
        const former = a.credentials;
        assert.deepEqual(await signers(), ['CN=cluster-a.istio-ca', 'CN=cluster-b.istio-ca']);
        assert.deepEqual((await keepTalking([a, b]).stop()).failures, []);
        assert.notEqual(await shakeHands(b.credentials, former), undefined, 'which is why workloads are restarted');
        seen.push('restart');
      }
      if (command.includes('168h')) {
        const starts = stage.b.deployment().starts;
        await stage.b.deployment().istiod().waitForLog(tookRenewal);
        assert.equal(stage.b.deployment().starts, starts);
        const renewed = await cacertsOf(stage.b);
        await assertIstioCa(renewed);
        const { validToDate } = new X509Certificate(textOf(renewed, 'tls.crt'));
        assert.ok(validToDate.getTime() < Date.now() + 168 * 3_600_000);
        assert.deepEqual((await keepTalking([a, b]).stop()).failures, []);
        seen.push('short-lived');
      }
      if (command.includes('cacerts-b-before.yaml')) {
        await handedOut(stage.b);
        assert.deepEqual(await signers(), ['CN=cluster-a.istio-ca', 'CN=TSE']);
        seen.push('rollback');
      }
    },
  });
  assert.deepEqual([skipped.length, seen], [4, ['secrets', 'restart', 'short-lived', 'rollback']]);
  assert.equal((await stage.emulator.journal({ ca: mesh })).counters.certificatesIssued, 3, 'two at first, and one renewal');
});
