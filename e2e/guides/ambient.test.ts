// docs/guides/ambient.md, typed as it stands; what ztunnel would do with istiod's answers is only looked at, not done.
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { hasCondition } from '../../hack/control-plane/api.ts';
import { tookSecret } from '../../hack/control-plane/istiod.ts';
import { cacertsSpec, certManager, group, ours } from '../harness/scenario.ts';
import { assertIstioCa } from '../harness/verdict.ts';
import { cacertsOf } from './mesh-before.ts';
import { runGuide } from './run-guide.ts';
import { openGuideStage } from './stage.ts';

test('istiod hands out chains that ztunnel can read, with the profile and the guide of ambient', { timeout: 600_000 }, async () => {
  await using stage = await openGuideStage('ambient', 1);
  const { a } = stage;
  const { mesh } = await stage.hierarchy('company');
  await a.api.apply([
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'istio-system' } },
    { apiVersion: ours, kind: 'AWSPCAClusterIssuer', metadata: { name: 'mesh-root' }, spec: { arn: mesh } },
    { apiVersion: certManager, kind: 'Certificate', metadata: { name: 'cacerts', namespace: 'istio-system' }, spec: cacertsSpec({ group, kind: 'AWSPCAClusterIssuer', name: 'mesh-root' }) },
  ]);
  await a.api.waitFor({ apiVersion: certManager, kind: 'Certificate', namespace: 'istio-system', name: 'cacerts' }, (object) => hasCondition(object, 'Ready'), { what: 'cacerts to be Ready' });
  let chain: readonly string[] = [];
  const skipped = await runGuide({
    guide: 'ambient.md',
    environment: stage.environment,
    facts: stage.facts,
    after: async (command) => {
      if (!command.includes('profile=ambient')) return;
      const istiod = a.deployment().istiod();
      await istiod.waitForLog(tookSecret);
      ({ chain } = await istiod.signWorkload({ namespace: 'default', serviceAccount: 'default' }));
    },
  });
  assert.equal(skipped.length, 2);
  // ztunnel reads one certificate out of each element, and takes the last one for its root.
  for (const element of chain) assert.equal(element.split('-----BEGIN CERTIFICATE-----').length, 2);
  const certificates = chain.map((element) => new X509Certificate(element));
  const root = certificates.at(-1) ?? assert.fail('there is no chain');
  assert.ok(root.checkIssued(root));
  const [leaf, intermediate, subordinate] = certificates;
  assert.ok(leaf?.checkIssued(intermediate ?? root) === true && intermediate?.checkIssued(subordinate ?? root) === true && subordinate?.checkIssued(root) === true);
  await assertIstioCa(await cacertsOf(a));
  assert.equal(a.deployment().starts, 2);
});
