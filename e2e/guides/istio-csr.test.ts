// docs/guides/istio-csr.md, typed as it stands; e2e/scenarios/istio-csr.test.ts goes on asking while the issuer is changed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { account, region } from '../../hack/world/trust.ts';
import { runGuide } from './run-guide.ts';
import { openGuideStage } from './stage.ts';

const written = (first: string): string => `arn:aws:acm-pca:eu-central-1:111122223333:certificate-authority/${first.repeat(8)}-2222-3333-4444-555555555555`;

test('what istio-csr needs is there by the guide, and the ConfigMap names another issuer under the same root', { timeout: 600_000 }, async () => {
  await using stage = await openGuideStage('csr', 1);
  const key = { keyAlgorithm: 'EC_prime256v1' } as const;
  const { authorities } = await stage.emulator.createHierarchy({ name: 'company', account, region, tiers: [{ name: 'root', ...key }, { name: 'mesh', ...key }, { name: 'next', ...key }] });
  const seen: string[] = [];
  const issuerName = async () => (await stage.a.api.get({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'cert-manager', name: 'istio-issuer' }))?.['data']['issuer-name'] as string;
  const skipped = await runGuide({
    guide: 'istio-csr.md',
    environment: stage.environment,
    facts: { ...stage.facts, [written('1')]: authorities[1]?.arn ?? '', [written('2')]: authorities[2]?.arn ?? '' },
    after: async (command, output) => {
      if (command.includes('patch configmap')) seen.push(await issuerName());
      if (!command.includes('sha256sum')) return;
      const [taken, told, ...rest] = output.trim().split('\n');
      assert.match(taken ?? '', /^[0-9a-f]{64}$/);
      assert.deepEqual([told, rest], [taken, []]);
      seen.push('the root');
    },
  });
  assert.deepEqual([skipped.length, seen], [2, ['the root', 'mesh-next', 'mesh-root']]);
});
